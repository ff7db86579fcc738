import type { RolloutAction } from './actions.js';
import type { Facts } from './facts.js';

/** Services and routes that the spec names no more are given back as the user had them. */
export function release(facts: Facts): readonly RolloutAction[] {
  const services = facts.snapshot.releasedServices.map(({ metadata }) => ({
    kind: 'setSelector' as const,
    target: { name: metadata.name, uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' },
    hash: null,
    managedBy: null,
  }));
  const routes = facts.snapshot.releasedTraffic.map((released) => ({
    kind: 'setTraffic' as const,
    ...released,
  }));
  return [...services, ...routes];
}
