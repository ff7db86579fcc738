/** What every language has and JSON too, and ints. */
export type Scalar = null | boolean | number | bigint | string;

/** Scalars stay, lists and maps are made of what `next` says of their parts; what no language has a word for becomes nil. */
export function readPlain<T>(
  outside: unknown,
  next: (part: unknown) => T,
): Scalar | readonly T[] | { readonly [key: string]: T } {
  if (Array.isArray(outside)) return outside.map(next);
  switch (typeof outside) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return outside;
    case 'object':
      return outside === null
        ? null
        : makeMap(Object.entries(outside).map(([key, value]) => [key, next(value)]));
    default:
      return null;
  }
}

/** A map without a prototype, so that no key has a meaning of its own. */
export function makeMap<T>(entries: Iterable<readonly [string, T]>): { readonly [key: string]: T } {
  const map: Record<string, T> = Object.assign(Object.create(null), {});
  for (const [key, value] of entries) map[key] = value;
  return map;
}
