/** Headers of a metric as a record; of equal names the last one counts. */
export function headersOf(
  list: readonly { readonly key: string; readonly value: string }[] | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries((list ?? []).map(({ key, value }) => [key.toLowerCase(), value]));
}
