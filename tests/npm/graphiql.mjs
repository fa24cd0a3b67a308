// Uses the page of a server as a visitor would, in a browser that reaches nobody else, and prints what came of each
// step, a line of JSON each.
// Usage: node graphiql.mjs BROWSER URL FOLDER, where FOLDER gets the pictures
import { join } from "node:path";
import { chromium } from "playwright-core";

const [executablePath, url, folder] = process.argv.slice(2);
const { host, origin } = new URL(url);

const say = (step, result) => console.log(JSON.stringify({ [step]: result }));

// A sandbox in a sandbox, be it a container or root's, does not start; and names are found nowhere.
const browser = await chromium.launch({
  executablePath,
  chromiumSandbox: false,
  args: ["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
});
const context = await browser.newContext({ viewport: { width: 1400, height: 960 }, colorScheme: "light" });
const page = await context.newPage();
page.setDefaultTimeout(40_000);

/** What was asked of the server itself, and what of anybody else. */
const requests = { own: 0, outside: [] };
const count = (address) => {
  const { protocol, host: asked } = new URL(address);
  if (protocol !== "data:" && protocol !== "blob:") {
    asked === host ? (requests.own += 1) : requests.outside.push(address);
  }
};
context.on("request", (request) => count(request.url()));
page.on("websocket", (socket) => count(socket.url()));
await context.route((address) => address.origin !== origin, (route) => route.abort());

/** What the browser is not content with, violations of the page's policy among it. */
const complaints = [];
context.on("console", (message) => {
  if (["error", "warning", "assert"].includes(message.type())) {
    complaints.push(message.text());
  }
});
context.on("weberror", (error) => complaints.push(String(error.error())));

/** An editor's lines that can be seen, without the hard spaces that they are set with. */
const text = async (editor) => {
  const lines = await editor.locator(".view-line").allInnerTexts();
  return lines.join("\n").replaceAll("\u00a0", " ");
};
const operation = page.getByLabel("Operation Editor").locator(".monaco-editor");
const headers = page.locator('.monaco-editor[data-uri$="request-headers.json"]');
const result = page.locator(".result-window .monaco-editor");
const seen = (editor, part) => editor.locator(".view-line", { hasText: part }).first().waitFor();

/** Opens another tab, and waits until it is the one that would be run: that is when GraphiQL keeps it. */
const open = async (name) => {
  await page.getByRole("tab", { name }).locator("button", { hasText: name }).click();
  await page.waitForFunction((name) => localStorage.getItem("graphiql:query")?.includes(` ${name}`), name);
};
const run = () => page.locator(".graphiql-execute-button").click();

/** Writes over all that an editor has. */
const write = async (editor, what, how) => {
  await editor.click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard[how](what);
};
const picture = (name) => page.screenshot({ path: join(folder, `graphiql-${name}.png`) });

/** What another client without a token is answered. */
const ask = async (query) => {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(new URL("graphql", url), { method: "POST", headers, body: JSON.stringify({ query }) });
  return answer.json();
};

const steps = {
  async loads() {
    await page.goto(url);
    await seen(operation, "query Pairs");
    return { title: await page.title(), tabs: await page.getByRole("tab").allInnerTexts() };
  },

  async queries() {
    await run();
    await seen(result, '"totalCount"');
    await page.getByLabel("Hide editor tools").click();
    await seen(operation, "fragment Content");
    await page.mouse.move(0, 0); // Where no scrollbar shows for it.
    await page.waitForTimeout(1000);
    await picture("pair");
    await page.getByLabel("Show editor tools").click();
    return text(result);
  },

  // What another client changes is told in the tab that watches. Nobody says when it has begun to, so there are
  // changes until it tells of one.
  async subscribes() {
    await open("Watch");
    await run();
    const told = seen(result, '"Rehearsal"').then(() => true);
    const pause = () => new Promise((resolve) => setTimeout(() => resolve(false), 500));
    const query = 'mutation { createCampaign(content: { name: "Rehearsal" }) { changed } }';
    do {
      await ask(query);
    } while (!(await Promise.race([told, pause()])));
    await picture("watch");
    await run(); // The same button stops it.
    return text(result);
  },

  async completes() {
    await page.getByLabel("New tab").click();
    await operation.locator(".view-line", { hasText: "subscription" }).waitFor({ state: "detached" });
    await write(operation, "{ segments { totalC", "type");
    const suggestion = page.locator(".suggest-widget .monaco-list-row.focused");
    await suggestion.getByText("totalCount").waitFor();
    await picture("completion");
    await page.keyboard.press("Enter");
    await seen(operation, "totalCount");
    return text(operation);
  },

  // The first token closes the server to whoever shows none.
  async remembers() {
    const query = 'mutation { createToken(input: { name: "Me", role: ADMIN }) { secret } }';
    const { secret } = (await ask(query)).data.createToken;
    const token = `Bearer ${secret}`;
    for (const [before, name] of ["Watch", "Pairs"].entries()) {
      await open(name);
      await page.getByRole("button", { name: "Headers" }).click();
      await write(headers, JSON.stringify({ Authorization: token }), "insertText");
      // GraphiQL keeps what is in the editors, and what is in the tabs, each in its own time.
      const isKept = ([token, before]) => {
        const count = (part) => (localStorage.getItem(`graphiql:${part}`) ?? "").split(token).length - 1;
        return count("headers") === 1 && count("tabState") > before;
      };
      await page.waitForFunction(isKept, [token, before]);
    }
    await page.reload();
    await seen(operation, "query Pairs");
    await page.getByRole("button", { name: "Headers" }).click();
    await seen(headers, token);
    await picture("headers");
    const tabs = await page.getByRole("tab").allInnerTexts();
    const asked = page.waitForRequest((request) => request.postDataJSON()?.operationName === "Pairs");
    await run();
    const request = (await asked).headers().authorization === token;
    await seen(result, '"totalCount"');

    await open("Watch");
    const greeted = new Promise((resolve) => {
      page.once("websocket", (socket) => socket.once("framereceived", ({ payload }) => resolve(JSON.parse(payload))));
    });
    await run();
    const { type } = await greeted;
    await run();
    return { tabs, request, socket: type, nobody: (await ask("{ __typename }")).errors[0].extensions.code };
  },
};

try {
  for (const [name, step] of Object.entries(steps)) {
    say(name, await step());
  }
  say("requests", requests);
  say("complaints", complaints);
} catch (error) {
  await picture("failure");
  console.error(error, requests, complaints.slice(0, 10));
  process.exitCode = 1;
} finally {
  await browser.close();
}
