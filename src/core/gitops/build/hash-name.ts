import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import { sha256Hex } from '#core/digest/sha256.js';

/** Letters that take the place of digits and vowels in the suffix, so that it never spells a word. */
const replacements: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/**
 * The suffix that kustomize gives to the name of a generated ConfigMap or Secret: ten letters made of its content. The
 * name is always empty in what is hashed: the peer means to put it in but looks it up in the wrong place.
 */
export function contentHash(object: UnknownObject): string {
  const { kind } = object;
  const binary = isObject(object['binaryData']) ? { binaryData: object['binaryData'] } : {};
  const type = kind === 'Secret' ? { type: textAt(object, 'type') ?? '' } : {};
  const encoded = goJson({ kind, name: '', data: object['data'] ?? '', ...binary, ...type });
  return Array.from(sha256Hex(encoded).slice(0, 10), (char) => replacements[char] ?? char).join('');
}

/** JSON as Go prints it: keys sorted, `<`, `>`, `&` and the line separators escaped. */
function goJson(value: unknown): string {
  if (isObject(value)) {
    const fields = Object.keys(value)
      .sort()
      .map((key) => `${goJson(key)}:${goJson(value[key])}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
