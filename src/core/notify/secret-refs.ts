import { isObject } from '#core/json/json.js';
import type { ConfigSource } from './config-source.js';

type Resolved =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

const reference = /\$[\w-]+/g;

/**
 * Puts the keys of the Secret in for `$key` in every text. A text that is nothing but a reference to a missing key is a
 * problem; within a longer text it stays as it is, since passwords may hold a `$`.
 */
export function resolveSecrets(value: unknown, source: ConfigSource): Resolved {
  const missing: string[] = [];
  const resolved = resolve(value, source.secrets, missing);
  const [key] = missing;
  if (key === undefined) return { ok: true, value: resolved };
  return {
    ok: false,
    problem: `key '${key}' does not exist in Secret/${source.namespace}/${source.secretName}`,
  };
}

function resolve(value: unknown, secrets: Readonly<Record<string, string>>, missing: string[]): unknown {
  if (typeof value === 'string') {
    if (/^\$[\w-]+$/.test(value) && !Object.hasOwn(secrets, value.slice(1))) missing.push(value.slice(1));
    return value.replace(reference, (found) =>
      Object.hasOwn(secrets, found.slice(1)) ? (secrets[found.slice(1)] ?? found) : found,
    );
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, secrets, missing));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, resolve(inner, secrets, missing)]),
  );
}
