import type { ObservedTraffic, TrafficReading, TrafficRequest } from '#core/traffic/request.js';
import { canaryIngressName, stableIngressNames, weightKeys, type NginxConfig } from './schema.js';

/** The weight that the canary Ingresses carry; a canary Ingress that does not exist carries 0. */
export function readNginx(
  config: NginxConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): TrafficReading {
  const { namespace, name: rollout } = request.rollout;
  const key = weightKeys(config).weight;
  const weights = new Map<string, number>();
  for (const name of stableIngressNames(config)) {
    if (observed.get('networking.k8s.io', 'Ingress', namespace, name) === undefined) {
      return { kind: 'unknown', why: `Ingress/${namespace}/${name} not found` };
    }
    const canary = observed.get('networking.k8s.io', 'Ingress', namespace, canaryIngressName(rollout, name));
    const text = canary === undefined ? '0' : (canary.metadata.annotations?.[key] ?? '');
    if (!/^\d+$/.test(text))
      return {
        kind: 'unknown',
        why: `Ingress/${namespace}/${canaryIngressName(rollout, name)} has no readable ${key}`,
      };
    weights.set(name, Number(text));
  }
  const distinct = new Set(weights.values());
  const [weight] = distinct;
  if (weight === undefined || distinct.size > 1) {
    const list = [...weights].map(([name, value]) => `${name} ${value}`).join(', ');
    return {
      kind: 'unknown',
      why: weight === undefined ? 'no Ingress configured' : `canary Ingresses disagree: ${list}`,
    };
  }
  return { kind: 'weights', canary: weight, stable: Math.max(0, request.maxWeight - weight), routes: [] };
}
