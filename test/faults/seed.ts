/** The seed of this run: a new one each time, or that of `GANDER_TEST_SEED`. It stands in the names of the tests that use it. */
export const seed = Number(process.env["GANDER_TEST_SEED"] ?? Date.now() % 1_000_000);

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function createRandom(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
