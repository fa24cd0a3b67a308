// Random choices, which a seed alone decides.

// mulberry32.
let state = Number(process.argv[3]) >>> 0;
export const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
export const chance = (probability) => random() < probability;
export const pick = (items) => items[Math.floor(random() * items.length)];
export const some = (items, most) => {
  const chosen = items.filter(() => chance(Math.min(1, most / items.length)));
  return chosen.length ? chosen : [pick(items)];
};

// Where in what is being made something goes wrong, once: how many places are left before it, of which some count more
// than others.
let before = Infinity;
export const slipWithin = (places) => {
  before = places * (1 - random());
};
export const slip = (weight = 1) => {
  before -= weight;
  if (before >= 0) return false;
  before = Infinity;
  return true;
};
