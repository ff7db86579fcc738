import { isObject, type JsonObject } from '#core/json/json.js';
import { firstError, invalid, required, unsupported, type Rule, type SpecError } from '../field-error.js';
import { labelValueProblem, qualifiedNameProblem } from '../names.js';

/** A text that must be there and that a rule of names must accept. */
export function namedBy(
  value: string | undefined,
  path: string,
  problemOf: (text: string) => string | undefined,
): SpecError | undefined {
  if (value === undefined || value === '') return required(path);
  return optionallyNamedBy(value, path, problemOf);
}

/** As {@link namedBy}, but absent and empty are fine. */
export function optionallyNamedBy(
  value: string | undefined,
  path: string,
  problemOf: (text: string) => string | undefined,
): SpecError | undefined {
  if (value === undefined || value === '') return undefined;
  const problem = problemOf(value);
  return problem === undefined ? undefined : invalid(path, value, problem);
}

/** One of these words, or absent. */
export function oneOf(value: unknown, path: string, words: readonly string[]): SpecError | undefined {
  return value === undefined || words.some((word) => word === value)
    ? undefined
    : unsupported(path, value, words);
}

/** Refuses a number below 0; an absent one is 0. */
export function notNegative(value: number | undefined, path: string): SpecError | undefined {
  return (value ?? 0) < 0 ? invalid(path, value, 'must be greater than or equal to 0') : undefined;
}

/** Keys and values of a map of labels. */
export function validateLabelMap(map: unknown, path: string): SpecError | undefined {
  return firstError(
    Object.entries(isObject(map) ? map : {}).flatMap(([key, value]): readonly Rule[] => [
      () => keyError(key, path),
      () => (typeof value === 'string' ? optionallyNamedBy(value, path, labelValueProblem) : undefined),
    ]),
  );
}

/** The key of a label, of an annotation, of a topology. */
export function keyError(key: string, path: string): SpecError | undefined {
  const problem = qualifiedNameProblem(key);
  return problem === undefined ? undefined : invalid(path, key, problem);
}

/** A relative path that does not leave its directory. */
export function descendingPathError(target: string, path: string): SpecError | undefined {
  if (target.startsWith('/')) return invalid(path, target, 'must be a relative path');
  return target.split('/').includes('..') ? invalid(path, target, "must not contain '..'") : undefined;
}

/** Rules of each object of a list, with its path. */
export function eachOf(
  list: readonly JsonObject[],
  path: string,
  rule: (item: JsonObject, path: string, index: number) => SpecError | undefined,
): SpecError | undefined {
  return firstError(list.map((item, i) => () => rule(item, `${path}[${i}]`, i)));
}
