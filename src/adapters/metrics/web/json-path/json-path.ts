import { QueryFailure } from '../../http/failure.js';
import { parseAction } from './parse-action.js';
import type { Path } from './steps.js';
import { walk } from './walk.js';

/** A template of JSONPath, ready to be applied. */
export type JsonPath = readonly Part[];

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'range'; readonly path: Path }
  | { readonly kind: 'end' };

type Matches = readonly (readonly unknown[])[];

/**
 * JSONPath in the dialect of client-go: text with `{…}` blocks. There are fields, `['field']`, indexes, slices, unions,
 * `*`, `..`, filters `[?(@.a==1)]`, texts `{"…"}` and `{range …}…{end}`. Throws QueryFailure for what is none.
 */
export function parseJsonPath(template: string): JsonPath {
  const parts: Part[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    if (open !== at) {
      const text = template.slice(at, open < 0 ? undefined : open);
      parts.push({ kind: 'text', text });
      at += text.length;
      continue;
    }
    const { path, end } = parseAction(template, at);
    parts.push(partOf(path));
    at = end;
  }
  return parts;
}

function partOf(path: Path): Part {
  const [first, ...rest] = path;
  if (first?.kind !== 'word') return { kind: 'path', path };
  if (first.name === 'range') return { kind: 'range', path: rest };
  return first.name === 'end' ? { kind: 'end' } : { kind: 'path', path };
}

/** Each block gives a list of matches. Throws QueryFailure for a field or index that is not there. */
export function findByJsonPath(template: JsonPath, data: unknown): Matches {
  return find(template, data, false).matches;
}

/** The matches up to the end, or up to the `{end}` of the range that the parts are in, and what comes after that. */
function find(
  template: JsonPath,
  data: unknown,
  isInRange: boolean,
): { readonly matches: Matches; readonly rest: JsonPath } {
  const matches: (readonly unknown[])[] = [];
  let rest = template;
  for (let [part] = rest; part !== undefined; [part] = rest) {
    rest = rest.slice(1);
    if (part.kind === 'text') matches.push([part.text]);
    else if (part.kind === 'path') matches.push(walk(part.path, [data]));
    else if (part.kind === 'range') {
      for (const item of walk(part.path, [data])) matches.push(...find(rest, item, true).matches);
      rest = afterRange(rest);
    } else if (isInRange) return { matches, rest };
    else throw new QueryFailure('not in range, nothing to end');
  }
  return { matches, rest };
}

/** What follows the `{end}` of a range; without one the parts are walked once more, outside of it. */
function afterRange(parts: JsonPath): JsonPath {
  let depth = 1;
  for (const [i, { kind }] of parts.entries()) {
    if (kind === 'range') depth += 1;
    if (kind === 'end') depth -= 1;
    if (depth === 0) return parts.slice(i + 1);
  }
  return parts;
}
