declare const instant: unique symbol;

/** A moment: whole or fractional milliseconds since 1970 in UTC. Made only by a Clock or by {@link parseInstant}. */
export type Instant = number & { readonly [instant]: true };

/** The instant of a number of milliseconds since 1970. */
export function instantOf(epochMs: number): Instant {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place that brands a number
  return epochMs as Instant;
}

/** The instant of an RFC 3339 text; `undefined` for absent or unreadable text. */
export function parseInstant(text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? undefined : instantOf(epochMs);
}

/** RFC 3339 in UTC with whole seconds, as Kubernetes stores times: `2026-01-02T03:04:05Z`. */
export function formatInstant(at: Instant): string {
  return `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 with six digits of a second, as leases store times. */
export function formatMicroInstant(at: Instant): string {
  const micros = String(Math.floor(at * 1000) % 1_000_000).padStart(6, '0');
  return `${new Date(at).toISOString().slice(0, 19)}.${micros}Z`;
}

export function addMs(at: Instant, ms: number): Instant {
  return instantOf(at + ms);
}

/** The earlier of two moments; `undefined` means never. */
export function earliest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a < b ? a : b;
}
