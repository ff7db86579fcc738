import type { ObservedTraffic, TrafficRequest } from '#core/traffic/request.js';
import type { SpecProblem } from '../contract.js';
import { readSubsets } from './destination-rule.js';
import { istioGroup } from './plan.js';
import { locate, virtualServicesOf, type IstioConfig } from './schema.js';
import { weighVirtualService, type VirtualServiceOutcome } from './virtual-service.js';

/** Exactly one of `virtualService` and `virtualServices`. */
export function validateIstio(config: IstioConfig): SpecProblem | undefined {
  const hasOne = config.virtualService !== undefined;
  const hasMany = (config.virtualServices ?? []).length > 0;
  if (hasOne !== hasMany) return undefined;
  return {
    path: 'istio',
    isInternal: true,
    value: config.virtualService?.name ?? '',
    message: 'either VirtualService or VirtualServices must be configured',
  };
}

/** Everything named exists, and every virtual service has a route with both sides. */
export function validateIstioReferences(
  config: IstioConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): SpecProblem | undefined {
  const { namespace: home } = request.rollout;
  const isList = (config.virtualServices ?? []).length > 0;
  for (const entry of virtualServicesOf(config)) {
    const path = isList ? 'istio.virtualServices.name' : 'istio.virtualService.name';
    const { namespace, name } = locate(entry.name, home);
    const live = observed.get(istioGroup, 'VirtualService', namespace, name);
    if (live === undefined)
      return { path, value: name, message: `virtualservices.networking.istio.io "${name}" not found` };
    const outcome = weighVirtualService(config, entry, request, live);
    if (!outcome.ok) return { path, value: name, message: routesProblem(outcome) };
  }
  const rule = config.destinationRule;
  if (rule === undefined) return undefined;
  const path = 'istio.destinationRule.name';
  const live = observed.get(istioGroup, 'DestinationRule', home, rule.name);
  if (live === undefined)
    return {
      path,
      value: rule.name,
      message: `destinationrules.networking.istio.io "${rule.name}" not found`,
    };
  const subsets = readSubsets(rule, live);
  return typeof subsets === 'string' ? { path, value: rule.name, message: subsets } : undefined;
}

/** In the peer's words: which routes are wrong, and why. */
function routesProblem({ protocol, message }: VirtualServiceOutcome & { readonly ok: false }): string {
  if (protocol === undefined) return `${message} for the Istio VirtualService`;
  const section = protocol === 'http' ? 'HTTP' : protocol === 'tls' ? 'TLS' : 'TCP';
  return `Istio VirtualService has invalid ${section} routes. Error: ${message}`;
}
