import type { Rollout, RolloutStatus } from '#api/argoproj/rollout.js';
import type { StoryWorld } from '../stories/world.js';

const virtualServices = {
  group: 'networking.istio.io',
  version: 'v1alpha3',
  kind: 'VirtualService',
  plural: 'virtualservices',
  namespaced: true,
};

/** What must not depend on any trouble: everything but moments and counters of the API server. */
export async function endState(world: StoryWorld): Promise<unknown> {
  // A Rollout that went left no status.
  const status: RolloutStatus = (await world.findRollout())?.status ?? {};
  const { phase, message, stableRS, currentPodHash, currentStepIndex, abort, canary, conditions } = status;
  const sets = await world.replicaSets();
  const services = await world.services();
  return {
    status: { phase, message, stableRS, currentPodHash, currentStepIndex, abort, weights: canary?.weights },
    conditions: (conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is} ${reason}`).sort(),
    sets: sets.map((rs) => `${rs.metadata.name} ${rs.spec.replicas}`).sort(),
    services: services
      .map(({ metadata, spec }) => `${metadata.name} ${JSON.stringify(spec.selector)}`)
      .sort(),
    route: (await world.get(virtualServices, 'web'))?.['spec'],
  };
}

/** Every change of the step or of its revision that was stored, in order: `hash@2`. */
export function followSteps(world: StoryWorld): () => readonly string[] {
  const seen: string[] = [];
  world.sandbox.store.onChange(({ after }) => {
    if (after?.kind !== 'Rollout') return;
    const { status } = after as unknown as Rollout;
    const at = `${status?.currentPodHash ?? ''}@${status?.currentStepIndex ?? '-'}`;
    if (seen.at(-1) !== at) seen.push(at);
  });
  return () => seen;
}

/** The revisions that ReplicaSets carry. */
export async function revisionsOf(world: StoryWorld): Promise<readonly string[]> {
  const sets = await world.replicaSets();
  return sets.map(({ metadata }) => metadata.annotations?.['rollout.argoproj.io/revision'] ?? '').sort();
}
