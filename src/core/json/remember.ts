/**
 * The same pure function, which remembers its result for each frozen object as long as that object lives. An object that
 * may still change is looked at each time.
 */
export function rememberByObject<K extends object, R>(compute: (object: K) => R): (object: K) => R {
  const results = new WeakMap<K, { readonly result: R }>();
  return (object) => {
    if (!Object.isFrozen(object)) return compute(object);
    const known = results.get(object);
    if (known !== undefined) return known.result;
    const result = compute(object);
    results.set(object, { result });
    return result;
  };
}
