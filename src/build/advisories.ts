import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';

/** What a registry knows of the packages of a lockfile. */
export type Advisories =
  | { readonly isKnown: true; readonly found: readonly string[] }
  | { readonly isKnown: false; readonly why: string };

/** Reads the answer of `npm audit --json`, which also says that the registry could not be asked. */
export function advisoriesIn(text: string): Advisories {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return { isKnown: false, why: 'npm gave no answer' };
  }
  const found = isObject(answer) ? answer['vulnerabilities'] : undefined;
  if (!isObject(found)) {
    const why = textAt(answer, 'message') ?? 'the registry keeps no list of them';
    return { isKnown: false, why };
  }
  const lines = Object.entries(found).map(
    ([name, one]) =>
      `${name}: ${textAt(one, 'severity') ?? 'unknown severity'}, ${textAt(one, 'range') ?? ''}`,
  );
  return { isKnown: true, found: lines };
}
