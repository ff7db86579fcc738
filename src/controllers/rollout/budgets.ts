import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { Budget } from '#core/rollout/why/budget-waits.js';
import { parseInstant } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import type { DynamicWatches } from '#ports/dynamic-watches.js';

/** The disruption budgets beside a Rollout that is being restarted; they are watched from the first restart on. */
export function budgetsBeside(
  { cache, clock }: { readonly cache: Cache; readonly clock: Clock },
  watches: DynamicWatches | undefined,
  rollout: Rollout,
): readonly Budget[] {
  const at = parseInstant(rollout.spec.restartAt);
  if (watches === undefined || at === undefined || at > clock.now() || !isRestarting(rollout)) return [];
  const view = watches.ensure({
    controller: 'rollout',
    kind: kinds.podDisruptionBudget,
    keysOf: ({ metadata: { namespace = '' } }) =>
      cache
        .list<Rollout>(kinds.rollout, { namespace })
        .filter(isRestarting)
        .map(({ metadata: { name } }) => ({ namespace, name })),
  });
  const { namespace = '' } = rollout.metadata;
  return view.hasSynced() ? cache.list<Budget>(kinds.podDisruptionBudget, { namespace }) : [];
}

function isRestarting({ spec, status }: Rollout): boolean {
  return spec.restartAt !== undefined && spec.restartAt !== status?.restartedAt;
}
