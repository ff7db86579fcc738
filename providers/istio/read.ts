import type { ObservedTraffic, TrafficReading, TrafficRequest } from '#core/traffic/request.js';
import { readSubsets } from './destination-rule.js';
import { istioGroup } from './plan.js';
import { locate, virtualServicesOf, type IstioConfig } from './schema.js';
import { readVirtualService } from './virtual-service.js';

/** What all configured virtual services (and the destination rule) say; unknown when one is missing or they disagree. */
export function readIstio(
  config: IstioConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): TrafficReading {
  const { namespace: home } = request.rollout;
  const readings: { canary: number; stable: number; routes?: readonly string[] }[] = [];
  for (const entry of virtualServicesOf(config)) {
    const { namespace, name } = locate(entry.name, home);
    const live = observed.get(istioGroup, 'VirtualService', namespace, name);
    if (live === undefined) return unknown(`VirtualService/${namespace}/${name} not found`);
    const reading = readVirtualService(config, entry, request, live);
    if (typeof reading === 'string') return unknown(`VirtualService/${namespace}/${name}: ${reading}`);
    readings.push(reading);
  }
  const [first, ...others] = readings;
  if (first === undefined) return unknown('no VirtualService configured');
  if (others.some((other) => other.canary !== first.canary || other.stable !== first.stable))
    return unknown('the VirtualServices disagree on the weight');
  const listed = readings.flatMap((reading) => (reading.routes === undefined ? [] : [reading.routes]));
  const routes = (listed[0] ?? []).filter((name) => listed.every((names) => names.includes(name)));
  const rule = config.destinationRule;
  if (rule === undefined) return { kind: 'weights', canary: first.canary, stable: first.stable, routes };
  const live = observed.get(istioGroup, 'DestinationRule', home, rule.name);
  if (live === undefined) return unknown(`DestinationRule/${home}/${rule.name} not found`);
  const subsets = readSubsets(rule, live);
  if (typeof subsets === 'string') return unknown(subsets);
  return { kind: 'weights', canary: first.canary, stable: first.stable, routes, subsets };
}

function unknown(why: string): TrafficReading {
  return { kind: 'unknown', why };
}
