import { QueryFailure } from './failure.js';
import { jsonProblem } from './json-problem.js';

/** JSON of an answer. Throws QueryFailure, in Go's words, for text that is none and for a number that no float holds. */
export function readJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new QueryFailure(jsonProblem(text));
  }
  const tooLarge = mayOverflow.test(text) ? findTooLarge(text) : undefined;
  if (tooLarge === undefined) return value;
  throw new QueryFailure(`json: cannot unmarshal number ${tooLarge} into Go value of type float64`);
}

/** Cheap, and true for every text with a number beyond 1e308. */
const mayOverflow = /[eE]\+?\d{3}|\d{309}/;

/** The first number outside of strings that is read as an infinity. */
function findTooLarge(text: string): string | undefined {
  const withoutStrings = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const numbers = withoutStrings.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g) ?? [];
  return numbers.find((number) => !Number.isFinite(Number(number)));
}
