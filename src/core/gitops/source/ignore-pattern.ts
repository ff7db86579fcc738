import { matchesGlob, parseGlob } from '../glob.js';

/** Whether a pattern leaves out what has this path, or one of the directories that it is in. */
export type IgnorePattern = (names: readonly string[], isDirectory: boolean) => boolean;

/** What one place of a pattern takes: any directories (`**`), or one name that the test takes. */
type Place = 'any' | ((name: string) => boolean);

/**
 * A pattern of gitignore without its `!`, as go-git reads it. Takes time in proportion to the path and to the pattern:
 * libraries that make a regular expression of it go back and forth without end behind a few `**`.
 */
export function parseIgnorePattern(line: string): IgnorePattern {
  const text = line.endsWith('\\ ') ? line : line.replace(/ +$/, '');
  const isForDirectories = text.endsWith('/');
  const path = isForDirectories ? text.slice(0, -1) : text;
  const names = path.replace(/^\//, '').split('/');
  if (!path.includes('/')) {
    const test = nameTest(path);
    return (of, isDirectory) =>
      of.some((name, i) => test(name) && (!isForDirectories || isDirectory || i < of.length - 1));
  }
  const places = names.map((name): Place => (name === '**' ? 'any' : nameTest(name)));
  return (of, isDirectory) => matchesPath(places, of, isDirectory, isForDirectories);
}

function matchesPath(
  places: readonly Place[],
  names: readonly string[],
  isDirectory: boolean,
  isForDirectories: boolean,
): boolean {
  let reached = spread(places, new Set([0]));
  for (const [i, name] of names.entries()) {
    reached = spread(places, step(places, reached, name));
    if (reached.size === 0) return false;
    const isInside = isDirectory || i < names.length - 1;
    if (reached.has(places.length) && (!isForDirectories || isInside)) return true;
  }
  return false;
}

function step(places: readonly Place[], reached: ReadonlySet<number>, name: string): ReadonlySet<number> {
  const next = new Set<number>();
  for (const at of reached) {
    const place = places[at];
    if (place === 'any') next.add(at);
    // What stands behind the last slash is inside, so `dir/**` does not take `dir` itself.
    if (place === 'any' ? at === places.length - 1 : place?.(name) === true) next.add(at + 1);
  }
  return next;
}

/** These places, and those behind a `**` in front or in the middle, which may take no directory at all. */
function spread(places: readonly Place[], reached: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(reached);
  // What is added in the middle is visited as well.
  for (const at of all) if (places[at] === 'any' && at < places.length - 1) all.add(at + 1);
  return all;
}

/** Most patterns are a name or its end, and are asked about every file. */
function nameTest(pattern: string): (name: string) => boolean {
  if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern;
  const end = pattern.slice(1);
  if (pattern.startsWith('*') && !/[*?[\\]/.test(end)) return (name) => name.endsWith(end);
  const glob = parseGlob(pattern);
  return (name) => glob !== undefined && matchesGlob(glob, name);
}
