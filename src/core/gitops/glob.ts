/** What one place of a pattern takes: any number of items (`*`, `**`), or one that the test takes. */
export type Place<T> = 'any' | ((item: T) => boolean);

/** A glob of a shell: `*`, `?`, `[..]`, `[!..]` and `\x`; `*` crosses everything. */
export type Glob = readonly Place<string>[];

/** Reads a glob; `undefined` for one with a range that runs backwards, which matches nothing, in the peer too. */
export function parseGlob(pattern: string): Glob | undefined {
  const places: Place<string>[] = [];
  for (const [token, escaped, not, set] of pattern.matchAll(/\\(.)|\[([!^]?)([^\]]+)\]|[\s\S]/gu)) {
    if (token === '*') places.push('any');
    else if (token === '?') places.push(() => true);
    else if (set === undefined) places.push((character) => character === (escaped ?? token));
    else {
      const isIn = parseSet(set);
      if (isIn === undefined) return undefined;
      places.push((character) => isIn(character) !== (not !== ''));
    }
  }
  return places;
}

/**
 * The lengths of all beginnings that a pattern matches, shortest first. Takes time in proportion to the items and to the
 * pattern, however many places take any number.
 */
export function* matchedLengths<T>(places: readonly Place<T>[], items: readonly T[]): Generator<number> {
  let reached = spread(places, new Set([0]));
  for (let length = 0; reached.size > 0; length++) {
    if (reached.has(places.length)) yield length;
    const item = items[length];
    if (item === undefined) return;
    reached = spread(places, step(places, reached, item));
  }
}

/** Whether a glob matches the whole of a text. */
export function matchesGlob(glob: Glob, text: string): boolean {
  const characters = Array.from(text);
  return [...matchedLengths(glob, characters)].at(-1) === characters.length;
}

function step<T>(places: readonly Place<T>[], reached: ReadonlySet<number>, item: T): ReadonlySet<number> {
  const next = new Set<number>();
  for (const at of reached) {
    const place = places[at];
    if (place === 'any') next.add(at);
    else if (place?.(item) === true) next.add(at + 1);
  }
  return next;
}

/** These places, and those behind one that takes any number, which may be none. */
function spread<T>(places: readonly Place<T>[], reached: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(reached);
  // What is added in the middle is visited as well.
  for (const at of all) if (places[at] === 'any') all.add(at + 1);
  return all;
}

function parseSet(set: string): ((character: string) => boolean) | undefined {
  const characters = Array.from(set);
  const ranges: (readonly [low: string, high: string])[] = [];
  for (let i = 0; i < characters.length; i++) {
    const low = characters[i] ?? '';
    const high = characters[i + 1] === '-' ? characters[i + 2] : undefined;
    ranges.push([low, high ?? low]);
    if (high !== undefined) i += 2;
  }
  const code = (character: string) => character.codePointAt(0) ?? 0;
  if (ranges.some(([low, high]) => code(high) < code(low))) return undefined;
  return (character) =>
    ranges.some(([low, high]) => code(low) <= code(character) && code(character) <= code(high));
}
