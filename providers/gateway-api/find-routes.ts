import type { UnknownObject } from '#api/k8s/meta.js';
import { formatSelector } from '#core/kube/selector.js';
import type { ObservedTraffic, TrafficRequest } from '#core/traffic/request.js';
import { namedRoutes, routeKinds, type GatewayApiConfig, type RouteKind } from './schema.js';

/** A route of the configuration as it is in the cluster. */
export interface FoundRoute {
  readonly of: RouteKind;
  readonly live: UnknownObject;
  readonly useHeaderRoutes: boolean;
}

/** What is wrong, and with which object. */
export interface RouteProblem {
  readonly message: string;
  /** `Kind/namespace/name`; absent when the configuration itself is at fault. */
  readonly object?: string;
}

/** Every route by name and by label, each once. */
export function findRoutes(
  config: GatewayApiConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): readonly FoundRoute[] | RouteProblem {
  const namespace = namespaceOf(config, request.rollout.namespace);
  const found: FoundRoute[] = [];
  for (const { of, name, useHeaderRoutes } of namedRoutes(config)) {
    const { group, kind, plural } = of.kind;
    const live = observed.get(group, kind, namespace, name);
    if (live === undefined) {
      return { message: `${plural}.${group} "${name}" not found`, object: `${kind}/${namespace}/${name}` };
    }
    found.push({ of, live, useHeaderRoutes });
  }
  for (const of of routeKinds) {
    const selector = config[of.selector];
    if (selector === undefined) continue;
    const selected = observed.list(of.kind.group, of.kind.kind, namespace, selector);
    const fresh = selected.filter((live) => !found.some((route) => route.live === live));
    found.push(...fresh.map((live) => ({ of, live, useHeaderRoutes: false })));
  }
  return found.length > 0 ? found : nothingSelected(config, namespace);
}

function nothingSelected(config: GatewayApiConfig, namespace: string): RouteProblem {
  const asked = routeKinds.flatMap((of) => {
    const selector = config[of.selector];
    return selector === undefined ? [] : [{ kind: of.kind.kind, labels: formatSelector(selector) }];
  });
  const all = asked.map(({ kind, labels }) => `${kind} with ${labels}`).join(', ');
  const [first] = asked;
  return {
    message: `${all} not found in namespace ${namespace}`,
    ...(first === undefined ? {} : { object: `${first.kind}/${namespace}/${first.labels}` }),
  };
}

export function namespaceOf(config: GatewayApiConfig, ofRollout: string): string {
  return (config.namespace ?? '') === '' ? ofRollout : (config.namespace ?? '');
}

/** `Kind/namespace/name`. */
export function nameOfRoute({ live }: FoundRoute): string {
  return `${live.kind}/${live.metadata.namespace ?? ''}/${live.metadata.name}`;
}
