// An identity provider. Writes its keys to a file, and prints tokens, a line of JSON each: what it is, whether it is to be
// believed, the token, and the role that it gives. Where it is told how many seconds they are to live, it prints such alone.
// Usage: node identities.mjs FILE [SECONDS]...
import { createHmac, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { SignJWT, base64url, exportJWK } from "jose";

const [file, ...lives] = process.argv.slice(2);
const now = Math.floor(Date.now() / 1000);
const claims = {
  iss: "https://id.example.com", aud: "understudy", sub: "ada@example.com", iat: now, exp: now + 600,
  workspace: "default", role: "editor",
};
const tell = (what, isBelieved, token, role = "EDITOR") => console.log(JSON.stringify({ what, isBelieved, token, role }));

const signing = { RS256: "rsa", RS384: "rsa", RS512: "rsa", PS256: "rsa", PS384: "rsa", PS512: "rsa", ES256: "p256", ES384: "p384", EdDSA: "ed" };
const rsa = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const pairs = {
  rsa: rsa(),
  p256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  p384: generateKeyPairSync("ec", { namedCurve: "P-384" }),
  ed: generateKeyPairSync("ed25519"),
};
const [only, foreign, encryption, wrapping] = [rsa(), rsa(), rsa(), rsa()];
const secret = new TextEncoder().encode("a secret that is shared, and long enough");
const keys = [];
for (const [kid, { publicKey }] of Object.entries(pairs)) keys.push({ ...(await exportJWK(publicKey)), kid, use: "sig" });
keys.push({ ...(await exportJWK(only.publicKey)), kid: "only", use: "sig", alg: "RS256" });
keys.push({ ...(await exportJWK(encryption.publicKey)), kid: "enc", use: "enc" });
keys.push({ ...(await exportJWK(wrapping.publicKey)), kid: "wrap", key_ops: ["wrapKey"] });
keys.push({ kty: "oct", kid: "oct", k: base64url.encode(secret), use: "sig", alg: "HS256" });
keys.push({ kty: "of the future", kid: "future" });
writeFileSync(file, JSON.stringify({ keys }));

// Those that are refused have one thing wrong with them.
const sign = (more = {}, header = {}, key = pairs.p256.privateKey) => new SignJWT({ ...claims, ...more })
  .setProtectedHeader({ alg: "ES256", kid: "p256", ...header })
  .sign(key);
const by = (key, alg) => sign({}, { alg, kid: key }, pairs[key].privateKey);

if (lives.length > 0) {
  for (const seconds of lives) tell(seconds, true, await sign({ exp: now + Number(seconds) }));
  process.exit();
}

for (const [alg, key] of Object.entries(signing)) tell(alg, true, await by(key, alg));
tell("by its algorithm", true, await sign({}, { alg: "ES384", kid: undefined }, pairs.p384.privateKey));
tell("one of the audiences", true, await sign({ aud: ["others", "understudy"] }));
tell("white space around its name", true, await sign({ sub: " ada@example.com\n" }));
tell("a clock that is ahead", true, await sign({ nbf: now + 30 }));
tell("a fraction of a second", true, await sign({ exp: now + 600.5 }));
for (const role of ["VIEWER", "Editor", "launcher", "ADMIN"]) tell(role, true, await sign({ role }), role.toUpperCase());
tell("several roles", true, await sign({ role: ["offline_access", "viewer", "launcher", 7] }), "LAUNCHER");

const good = await sign();
const [head, body, signature] = good.split(".");
const encode = (value) => base64url.encode(JSON.stringify(value));
const refuse = (what, token) => tell(what, false, token);
refuse("by a foreign key", await sign({}, { alg: "RS256", kid: "rsa" }, foreign.privateKey));
refuse("by a foreign key that it brings along", await sign({}, { alg: "RS256", kid: "rsa", jwk: await exportJWK(foreign.publicKey) }, foreign.privateKey));
refuse("by a key that it says where to find", await sign({}, { alg: "RS256", kid: "new", jku: "http://127.0.0.1:1/" }, foreign.privateKey));
refuse("by a key for something else", await sign({}, { alg: "RS256", kid: "enc" }, encryption.privateKey));
refuse("by a key for other operations", await sign({}, { alg: "RS256", kid: "wrap" }, wrapping.privateKey));
refuse("by a key that nobody knows", await sign({}, { kid: "nobody's" }));
refuse("without a key's name where several fit", await sign({}, { alg: "RS256", kid: undefined }, pairs.rsa.privateKey));
refuse("by another algorithm than the key is for", await sign({}, { alg: "PS256", kid: "only" }, only.privateKey));
refuse("of an algorithm of another key", `${encode({ alg: "ES384", kid: "p256" })}.${body}.${signature}`);
for (const alg of ["none", "None", "NONE", "nOnE", "", null]) {
  refuse(`signed by ${alg}`, `${encode({ alg, kid: "p256" })}.${body}.`);
  refuse(`signed by ${alg}, with something`, `${encode({ alg, kid: "p256" })}.${body}.${signature}`);
}
const hmac = (kid, key) => {
  const text = `${encode({ alg: "HS256", kid })}.${body}`;
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
};
refuse("with the public key for a secret", hmac("rsa", pairs.rsa.publicKey.export({ type: "spki", format: "pem" })));
refuse("with the modulus for a secret", hmac("rsa", Buffer.from((await exportJWK(pairs.rsa.publicKey)).n, "base64url")));
refuse("with a secret that is among the keys", hmac("oct", secret));
refuse("without a signature", `${head}.${body}.`);
refuse("with half a signature", `${head}.${body}.${signature.slice(0, 40)}`);
refuse("with zeros for a signature", `${head}.${body}.${base64url.encode(new Uint8Array(64))}`);
refuse("with another body", `${head}.${encode({ ...claims, role: "admin" })}.${signature}`);
refuse("with what must be understood", await new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "p256", crit: ["b64"], b64: true }).sign(pairs.p256.privateKey));
refuse("of another issuer", await sign({ iss: "https://id.example.com.evil.example" }));
refuse("of several issuers", await sign({ iss: ["https://evil.example", claims.iss] }));
refuse("of nobody", await sign({ iss: undefined }));
refuse("for somebody else", await sign({ aud: "others" }));
refuse("for nobody", await sign({ aud: undefined }));
refuse("of the past", await sign({ exp: now - 1 }));
refuse("for ever", await sign({ exp: undefined }));
refuse("until a text", await sign({ exp: `${now + 600}` }));
refuse("of the future", await sign({ nbf: now + 600 }));
refuse("of a workspace that is none", await sign({ workspace: "nowhere" }));
refuse("of a workspace that is no text", await sign({ workspace: 1 }));
refuse("of no workspace", await sign({ workspace: undefined }));
refuse("with a role that is none", await sign({ role: "owner" }));
refuse("with no role", await sign({ role: undefined }));
refuse("with an empty list of roles", await sign({ role: [] }));
for (const workspace of ["", " ", "default\0", "\0"]) refuse(`of the workspace ${JSON.stringify(workspace)}`, await sign({ workspace }));
refuse("with no name", await sign({ sub: undefined }));
for (const sub of ["", " ", "\u3000", "a\tb", "a\nb", "a\u200bb", "\u001b[2Ja", "a\0b", "a\u0085b", "a\u2028b", "a\u2029b", "a\u007fb", "a".repeat(201)]) {
  refuse(`with the name ${JSON.stringify(sub)}`, await sign({ sub }));
}
refuse("very long", await sign({ more: "x".repeat(20_000) }));
refuse("of two parts", `${head}.${body}`);
refuse("of four parts", `${good}.${signature}`);
refuse("of nothing", "..");
refuse("of a body that is no object", `${head}.${encode([claims])}.${signature}`);
