import type { TrafficRequest } from '#core/traffic/request.js';
import type { Facts } from '../facts.js';
import type { WantedTraffic } from './ladder.js';
import type { TrafficView } from './view.js';

/** What a record stands for, in the words that every router understands. Routes keep the definitions of the goal. */
export function requestOf(
  facts: Facts,
  view: Pick<TrafficView, 'goal' | 'maxWeight' | 'stable' | 'canary'> & Partial<Pick<TrafficView, 'record'>>,
  record: WantedTraffic,
): TrafficRequest {
  const { rollout, canary } = facts;
  return {
    rollout: {
      name: rollout.metadata.name,
      namespace: rollout.metadata.namespace ?? '',
      uid: rollout.metadata.uid ?? '',
    },
    stable: { service: view.stable.name, podTemplateHash: record.stableHash },
    canary: { service: view.canary.name, podTemplateHash: record.canaryHash },
    canaryWeight: record.wanted,
    maxWeight: view.maxWeight,
    isMaxWeightSet: canary?.routing?.maxTrafficWeight !== undefined,
    additional: record.additional,
    routes: view.goal.routes.filter((route) => record.routes.includes(route.name)),
    managedRoutes: [...new Set([...managedRouteNames(facts), ...(view.record?.routes ?? [])])],
  };
}

/** Names that are ours to write: declared, used by a step, or written before the spec forgot them. */
function managedRouteNames({ canary }: Facts): readonly string[] {
  const declared = (canary?.routing?.managedRoutes ?? []).map((route) => route.name);
  const used = (canary?.steps ?? []).flatMap((step) => {
    const name = step.setHeaderRoute?.name ?? step.setMirrorRoute?.name;
    return name === undefined ? [] : [name];
  });
  return [...new Set([...declared, ...used])];
}
