import { matchedLengths, matchesGlob, parseGlob, type Place } from '../glob.js';

/** Whether a pattern leaves out what has this path, or one of the directories that it is in. */
export type IgnorePattern = (names: readonly string[], isDirectory: boolean) => boolean;

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
  const places = names.map((name): Place<string> => (name === '**' ? 'any' : nameTest(name)));
  // What stands behind the last slash is inside, so `dir/**` does not take `dir` itself.
  if (places.at(-1) === 'any') places.push(() => true);
  return (of, isDirectory) =>
    [...matchedLengths(places, of)].some((length) => !isForDirectories || isDirectory || length < of.length);
}

/** Most patterns are a name or its end, and are asked about every file. */
function nameTest(pattern: string): (name: string) => boolean {
  if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern;
  const end = pattern.slice(1);
  if (pattern.startsWith('*') && !/[*?[\\]/.test(end)) return (name) => name.endsWith(end);
  const glob = parseGlob(pattern);
  return (name) => glob !== undefined && matchesGlob(glob, name);
}
