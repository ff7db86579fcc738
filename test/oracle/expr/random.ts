/** Numbers in [0, 1). */
export type Random = () => number;

/** A small generator that gives the same numbers for the same seed. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** One of several. */
export function pick<T>(from: readonly T[], random: Random): T {
  const index = Math.floor(random() * from.length);
  if (index >= from.length) throw new Error('nothing to pick from');
  return from[index] as T;
}
