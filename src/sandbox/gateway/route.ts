import { type IstioTables, routeByIstio } from './istio-route.js';
import { type NginxTables, routeByNginx } from './nginx-route.js';
import type { Random, RouteDecision, RoutedRequest } from './routing.js';
import { pickTarget } from './services.js';

/** All that the gateway knows at one moment. */
export type RoutingTables = IstioTables & NginxTables;

/** Which rules a listener obeys. Services answer to their names in each. */
export type Listener = 'all' | 'istio' | 'nginx';

/** Where a request goes: by the VirtualService of its host, else by the Ingress of its host, else by the Service of that name. */
export function route(
  request: RoutedRequest,
  tables: RoutingTables,
  random: Random,
  listener: Listener = 'all',
): RouteDecision {
  const decision =
    (listener === 'nginx' ? undefined : routeByIstio(request, tables, random)) ??
    (listener === 'istio' ? undefined : routeByNginx(request, tables, random));
  return decision ?? routeByService(request, tables, random);
}

function routeByService(request: RoutedRequest, tables: RoutingTables, random: Random): RouteDecision {
  const [host = '', port] = request.host.split(':');
  const service = tables.services.find(host, undefined);
  if (service === undefined) return { kind: 'drop', reason: 'NR', route: '', service: '' };
  const name = `Service/${service}`;
  // The port of the Host header is the gateway's own unless the Service has such a port.
  const targets =
    tables.services.targets(service, port === undefined ? undefined : Number(port)) ??
    tables.services.targets(service, undefined);
  const target = pickTarget(targets ?? [], random);
  if (target === undefined) return { kind: 'drop', reason: 'UH', route: name, service };
  return { kind: 'forward', route: name, service, target };
}
