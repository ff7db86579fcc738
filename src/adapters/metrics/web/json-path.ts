import { QueryFailure } from '../http/failure.js';
import { parsePath, type Step } from './json-path-steps.js';
import { walk } from './json-path-walk.js';

/** A template of JSONPath, ready to be applied. */
export type JsonPath = readonly Part[];

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly body: JsonPath };

/**
 * JSONPath in the dialect of client-go: text with `{…}` blocks. There are fields, `['field']`, indexes, slices, unions,
 * `*`, `..`, filters `[?(@.a==1)]`, texts `{"…"}` and `{range …}…{end}`. Throws QueryFailure for what is none.
 */
export function parseJsonPath(template: string): JsonPath {
  const { parts, rest } = readParts(template, false);
  if (rest !== '') throw new QueryFailure('not in range, nothing to end');
  return parts;
}

/** Each block gives a list of matches. Throws QueryFailure for a field or index that is not there. */
export function findByJsonPath(path: JsonPath, data: unknown): readonly (readonly unknown[])[] {
  return path.flatMap((part): readonly (readonly unknown[])[] => {
    switch (part.kind) {
      case 'text':
        return [[part.text]];
      case 'path':
        return [walk(part.steps, data)];
      case 'range':
        return walk(part.steps, data).flatMap((item) => findByJsonPath(part.body, item));
    }
  });
}

/** The parts up to the end, or up to the `{end}` of the range that they are in. */
function readParts(template: string, isInRange: boolean): { parts: JsonPath; rest: string } {
  const parts: Part[] = [];
  let rest = template;
  while (rest !== '') {
    const open = rest.indexOf('{');
    if (open !== 0) {
      parts.push({ kind: 'text', text: open < 0 ? rest : rest.slice(0, open) });
      rest = open < 0 ? '' : rest.slice(open);
      continue;
    }
    const close = endOfBlock(rest);
    const block = rest.slice(1, close).trim();
    const after = rest.slice(close + 1);
    if (block === 'end') {
      if (!isInRange) throw new QueryFailure('not in range, nothing to end');
      return { parts, rest: after };
    }
    const range = /^range\s+(.*)$/s.exec(block);
    if (range === null) {
      parts.push(readBlock(block));
      rest = after;
    } else {
      const inner = readParts(after, true);
      parts.push({ kind: 'range', steps: parsePath(range[1] ?? ''), body: inner.parts });
      rest = inner.rest;
    }
  }
  if (isInRange) throw new QueryFailure('unexpected end of input, missing end of range');
  return { parts, rest };
}

function readBlock(block: string): Part {
  const text = /^(?:"([^"]*)"|'([^']*)')$/.exec(block);
  if (text === null) return { kind: 'path', steps: parsePath(block) };
  return { kind: 'text', text: (text[1] ?? text[2] ?? '').replaceAll('\\n', '\n').replaceAll('\\t', '\t') };
}

function endOfBlock(text: string): number {
  let quote = '';
  for (let i = 1; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '}') return i;
  }
  throw new QueryFailure('unclosed action');
}
