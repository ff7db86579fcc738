/** What one place of a glob takes: any text (`*`), or one character that the test takes. */
type Place = 'any' | ((character: string) => boolean);

/** A glob of a shell: `*`, `?`, `[..]`, `[!..]` and `\x`; `*` crosses everything. */
export type Glob = readonly Place[];

/** Reads a glob; `undefined` for one with a range that runs backwards, which matches nothing, in the peer too. */
export function parseGlob(pattern: string): Glob | undefined {
  const places: Place[] = [];
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
 * How many characters the shortest and the longest beginning that a glob matches have; `undefined` when it matches none.
 * Takes time in proportion to the text and to the glob, however many `*` there are.
 */
export function matchBeginning(
  glob: Glob,
  text: readonly string[],
): { readonly shortest: number; readonly longest: number } | undefined {
  let reached = spread(glob, new Set([0]));
  let found: { readonly shortest: number; readonly longest: number } | undefined;
  for (let length = 0; reached.size > 0; length++) {
    if (reached.has(glob.length)) found = { shortest: found?.shortest ?? length, longest: length };
    const character = text[length];
    if (character === undefined) break;
    reached = spread(glob, step(glob, reached, character));
  }
  return found;
}

/** Whether a glob matches the whole of a text. */
export function matchesGlob(glob: Glob, text: string): boolean {
  const characters = Array.from(text);
  return matchBeginning(glob, characters)?.longest === characters.length;
}

function step(glob: Glob, reached: ReadonlySet<number>, character: string): ReadonlySet<number> {
  const next = new Set<number>();
  for (const at of reached) {
    const place = glob[at];
    if (place === 'any') next.add(at);
    else if (place?.(character) === true) next.add(at + 1);
  }
  return next;
}

/** These places, and those behind a `*` that takes nothing. */
function spread(glob: Glob, reached: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(reached);
  // What is added in the middle is visited as well.
  for (const at of all) if (glob[at] === 'any') all.add(at + 1);
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
