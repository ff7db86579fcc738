import type { Environment } from '@marcbachmann/cel-js';
import { isEqual } from '#core/json/json.js';

/** Longest text that an expression may make. */
const maxText = 1_000_000;

/** What the names `base64` and `sets` stand for in an expression; they have methods and nothing else. */
class Base64 {
  readonly name = 'base64';
}
class Sets {
  readonly name = 'sets';
}

/** The same language with the peer's extensions for strings, encodings and sets. */
export function withExtensions(environment: Environment): Environment {
  return withSets(withEncoders(withStrings(environment)));
}

function withStrings(environment: Environment): Environment {
  return environment
    .registerFunction('string.charAt(int): string', (text: string, at: bigint) => text.charAt(Number(at)))
    .registerFunction('string.reverse(): string', (text: string) => Array.from(text).reverse().join(''))
    .registerFunction('string.replace(string, string): string', (text: string, old: string, by: string) =>
      replaced(text, old, by, -1),
    )
    .registerFunction(
      'string.replace(string, string, int): string',
      (text: string, old: string, by: string, most: bigint) => replaced(text, old, by, Number(most)),
    );
}

function replaced(text: string, old: string, by: string, most: number): string {
  const parts = text.split(old);
  const cuts = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1);
  if (text.length + cuts * by.length > maxText) throw new RangeError('replace: the text becomes too long');
  return [parts.slice(0, cuts + 1).join(by), ...parts.slice(cuts + 1)].join(old);
}

function withEncoders(environment: Environment): Environment {
  return environment
    .registerType('Base64', Base64)
    .registerConstant('base64', 'Base64', new Base64())
    .registerFunction('Base64.encode(bytes): string', (_: Base64, bytes: Uint8Array) =>
      btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')),
    )
    .registerFunction('Base64.decode(string): bytes', (_: Base64, text: string) =>
      Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)),
    );
}

type Values = readonly unknown[];

function withSets(environment: Environment): Environment {
  const hasAll = (all: Values, some: Values) => some.every((value) => has(all, value));
  return environment
    .registerType('Sets', Sets)
    .registerConstant('sets', 'Sets', new Sets())
    .registerFunction('Sets.contains(list, list): bool', (_: Sets, all: Values, some: Values) =>
      hasAll(all, some),
    )
    .registerFunction(
      'Sets.equivalent(list, list): bool',
      (_: Sets, a: Values, b: Values) => hasAll(a, b) && hasAll(b, a),
    )
    .registerFunction('Sets.intersects(list, list): bool', (_: Sets, a: Values, b: Values) =>
      b.some((value) => has(a, value)),
    );
}

function has(values: Values, value: unknown): boolean {
  return values.some((each) => isEqual(each, value));
}
