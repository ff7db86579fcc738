import { maskSecrets } from '#core/analysis/arguments/mask.js';
import type { MetricOutcome } from '#ports/metric-source.js';

/** A word shorter than this is no credential, and to mask it would spoil every text. */
const shortestSecret = 4;

/** The outcome without the credentials of its source, which a backend may have sent back. */
export function maskOutcome(outcome: MetricOutcome, secrets: readonly string[]): MetricOutcome {
  const real = secrets.filter(({ length }) => length >= shortestSecret);
  const mask = (text: string): string => maskSecrets(text, real);
  const metadata =
    outcome.metadata === undefined
      ? {}
      : { metadata: Object.fromEntries(Object.entries(outcome.metadata).map(([k, v]) => [k, mask(v)])) };
  switch (outcome.kind) {
    case 'error':
      return { ...outcome, ...metadata, message: mask(outcome.message) };
    case 'value':
      return { ...outcome, ...metadata, value: mask(outcome.value) };
    case 'judged':
    case 'running':
      return { ...outcome, ...metadata };
  }
}
