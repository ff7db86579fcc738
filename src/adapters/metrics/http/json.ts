import { QueryFailure } from './failure.js';

/** JSON of an answer. Throws QueryFailure, in Go's words where they are simple, for text that is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw new QueryFailure(problemOf(text, thrown));
  }
}

function problemOf(text: string, thrown: unknown): string {
  const first = text.trimStart().charAt(0);
  if (first === '') return 'unexpected end of JSON input';
  if (!/[[{"\d\-tfn]/.test(first)) return `invalid character '${first}' looking for beginning of value`;
  return `the answer is no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}
