import type { Condition } from '#api/k8s/meta.js';
import { fluxConditions as types, fluxReasons as reasons } from '#api/flux/words.js';
import type { Instant } from '#core/time/instant.js';
import { withCondition } from './flux-conditions.js';

/** Any object of the Git side. */
interface Conditioned<S> {
  readonly metadata: { readonly generation?: number };
  readonly status?: S;
}

/**
 * The status of an object whose pass the cluster did not let through, in the API server's words; it is tried again, and
 * the next run that ends says what is then.
 */
export function withRefusal<S extends { readonly conditions?: readonly Condition[] }>(
  { metadata, status }: Conditioned<S>,
  why: string,
  now: Instant,
): S & { readonly conditions: readonly Condition[] } {
  const context = { now, generation: metadata.generation ?? 0 };
  const retrying = { type: types.reconciling, status: 'True', reason: reasons.progressingWithRetry } as const;
  const notReady = { type: types.ready, status: 'False', reason: 'Refused' } as const;
  const before = status?.conditions ?? [];
  const conditions = [retrying, notReady].reduce(
    (list, words) => withCondition(list, { ...words, message: why }, context),
    before,
  );
  return Object.assign({}, status, { conditions });
}
