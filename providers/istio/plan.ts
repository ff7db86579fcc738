import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual } from '#core/json/json.js';
import type { ObservedTraffic, TrafficChange, TrafficPlan, TrafficRequest } from '#core/traffic/request.js';
import { labelSubsets, managedByAnnotation, readSubsets, unlabelSubsets } from './destination-rule.js';
import { locate, virtualServicesOf, type IstioConfig } from './schema.js';
import { weighVirtualService } from './virtual-service.js';
import { tellDestinationRule, tellVirtualService } from './words.js';

export const istioGroup = 'networking.istio.io';

/** Subset labels first, then weights: a route never names a subset that is not there yet. */
export function planIstio(
  config: IstioConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): TrafficPlan {
  const rule = planDestinationRule(config, request, observed);
  if (!rule.ok) return rule;
  const changes = [...rule.changes];
  for (const entry of virtualServicesOf(config)) {
    const { namespace, name } = locate(entry.name, request.rollout.namespace);
    const live = observed.get(istioGroup, 'VirtualService', namespace, name);
    if (live === undefined) return missing('VirtualService', namespace, name);
    const outcome = weighVirtualService(config, entry, request, live);
    if (!outcome.ok) return failed('VirtualService', namespace, name, outcome.message);
    const message = tellVirtualService(request, live, outcome.object);
    changes.push(...changeOf(live, outcome.object, 'Updated VirtualService', message));
  }
  return { ok: true, changes };
}

/** Takes hashes and mark off destination rules that are no longer configured. Virtual services carry no mark. */
export function releaseIstio(
  rollout: TrafficRequest['rollout'],
  leftovers: readonly UnknownObject[],
): readonly TrafficChange[] {
  return leftovers
    .filter((rule) => rule.metadata.annotations?.[managedByAnnotation] === rollout.name)
    .flatMap((rule) => {
      const message = `DestinationRule \`${rule.metadata.name}\` is no longer managed`;
      return changeOf(rule, unlabelSubsets(rule), 'UpdatedDestinationRule', message);
    });
}

function planDestinationRule(
  config: IstioConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): TrafficPlan {
  const rule = config.destinationRule;
  if (rule === undefined) return { ok: true, changes: [] };
  const { namespace } = request.rollout;
  const live = observed.get(istioGroup, 'DestinationRule', namespace, rule.name);
  if (live === undefined) return missing('DestinationRule', namespace, rule.name);
  const subsets = readSubsets(rule, live);
  if (typeof subsets === 'string') return failed('DestinationRule', namespace, rule.name, subsets);
  const message = tellDestinationRule(rule, request);
  return {
    ok: true,
    changes: changeOf(live, labelSubsets(rule, request, live), 'UpdatedDestinationRule', message),
  };
}

function changeOf(
  live: UnknownObject,
  object: UnknownObject,
  reason: string,
  message: string,
): readonly TrafficChange[] {
  return isEqual(live, object)
    ? []
    : [{ change: 'update', object, event: { type: 'Normal', reason, message } }];
}

function missing(kind: 'VirtualService' | 'DestinationRule', namespace: string, name: string): TrafficPlan {
  const message = `${kind} \`${name}\` not found in namespace \`${namespace}\``;
  return {
    ok: false,
    problem: { reason: `${kind}NotFound`, message, object: `${kind}/${namespace}/${name}` },
  };
}

function failed(kind: string, namespace: string, name: string, message: string): TrafficPlan {
  return {
    ok: false,
    problem: { reason: 'TrafficRoutingError', message, object: `${kind}/${namespace}/${name}` },
  };
}
