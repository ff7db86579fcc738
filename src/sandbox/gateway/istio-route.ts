import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { numberAt, objectAt, objectsAt, textAt, textsAt } from '#core/json/read.js';
import { subjectOf } from '#core/kube/object.js';
import { matchesRoute } from './istio-match.js';
import type { DropReason, Random, RouteDecision, RoutedRequest, Target } from './routing.js';
import { pickTarget, type ServiceTable } from './services.js';

/** What a mesh proxy knows: routes, subsets, endpoints. */
export interface IstioTables {
  readonly virtualServices: readonly UnknownObject[];
  readonly destinationRules: readonly UnknownObject[];
  readonly services: ServiceTable;
}

/** The answer of the VirtualService that names the host; `undefined` when none does. */
export function routeByIstio(
  request: RoutedRequest,
  tables: IstioTables,
  random: Random,
): RouteDecision | undefined {
  const [host = '', port] = request.host.split(':');
  const virtualService = findVirtualService(tables.virtualServices, host);
  if (virtualService === undefined) return undefined;
  const routes = objectsAt(virtualService.spec, 'http');
  const index = routes.findIndex((route) =>
    matchesRoute(route, { ...request, host }, port === undefined ? undefined : Number(port)),
  );
  const chosen = routes[index];
  const name = `${subjectOf(virtualService)}:${textAt(chosen, 'name') ?? index}`;
  if (chosen === undefined)
    return { kind: 'drop', reason: 'NR', route: subjectOf(virtualService), service: '' };
  const destination = pickWeighted(objectsAt(chosen, 'route'), random);
  if (destination === undefined) return { kind: 'drop', reason: 'NR', route: name, service: '' };
  const namespace = virtualService.metadata.namespace ?? '';
  const found = resolve(objectAt(destination, 'destination'), namespace, tables, random);
  if ('reason' in found) return { kind: 'drop', route: name, ...found };
  const mirror = pickMirror(chosen, namespace, tables, random);
  return { kind: 'forward', route: name, ...found, ...(mirror === undefined ? {} : { mirror }) };
}

function findVirtualService(all: readonly UnknownObject[], host: string): UnknownObject | undefined {
  const ranked = all.flatMap((object) =>
    textsAt(object.spec, 'hosts').map((pattern) => ({
      object,
      rank: rankOfHost(pattern, object.metadata.namespace ?? '', host),
    })),
  );
  return ranked.filter(({ rank }) => rank > 0).sort((a, b) => b.rank - a.rank)[0]?.object;
}

/** How exactly a host of a VirtualService names the host: 0 not at all; a literal name before the longest wildcard. */
function rankOfHost(pattern: string, namespace: string, host: string): number {
  if (pattern === '*') return 1;
  if (pattern.startsWith('*.')) return host.endsWith(pattern.slice(1)) ? 1 + pattern.length : 0;
  const forms = pattern.includes('.')
    ? [pattern]
    : ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map(
        (tail) => pattern + tail,
      );
  return forms.includes(host) ? Number.MAX_SAFE_INTEGER : 0;
}

/** One destination alone takes everything; of several those with weight 0 do not exist for the proxy. */
function pickWeighted(destinations: readonly JsonObject[], random: Random): JsonObject | undefined {
  if (destinations.length < 2) return destinations[0];
  const weights = destinations.map((destination) => numberAt(destination, 'weight') ?? 0);
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  return destinations.find((_, index) => {
    const weight = weights[index] ?? 0;
    left -= weight;
    return weight > 0 && left < 0;
  });
}

type Resolved =
  | { readonly service: string; readonly target: Target }
  | { readonly service: string; readonly reason: DropReason };

function resolve(destination: JsonObject, namespace: string, tables: IstioTables, random: Random): Resolved {
  const host = textAt(destination, 'host') ?? '';
  const service = tables.services.find(host, namespace);
  if (service === undefined) return { service: host, reason: 'NC' };
  const subset = textAt(destination, 'subset');
  const labels = subset === undefined ? {} : subsetLabels(subset, service, tables);
  const port = numberAt(objectAt(destination, 'port'), 'number');
  const targets = labels === undefined ? undefined : tables.services.targets(service, port, labels);
  if (targets === undefined) return { service, reason: 'NC' };
  const target = pickTarget(targets, random);
  return target === undefined ? { service, reason: 'UH' } : { service, target };
}

/** `undefined` when no rule for the Service knows the subset. */
function subsetLabels(
  name: string,
  service: string,
  tables: IstioTables,
): Readonly<Record<string, string>> | undefined {
  for (const rule of tables.destinationRules) {
    const host = textAt(rule.spec, 'host') ?? '';
    if (tables.services.find(host, rule.metadata.namespace) !== service) continue;
    const subset = objectsAt(rule.spec, 'subsets').find((candidate) => candidate.name === name);
    if (subset !== undefined) return textsOf(objectAt(subset, 'labels'));
  }
  return undefined;
}

function pickMirror(
  route: JsonObject,
  namespace: string,
  tables: IstioTables,
  random: Random,
): { readonly service: string; readonly target: Target } | undefined {
  const single = route.mirror;
  const mirrors = [
    ...(isObject(single) ? [{ destination: single, percentage: route.mirrorPercentage }] : []),
    ...objectsAt(route, 'mirrors').map(({ destination, percentage }) => ({ destination, percentage })),
  ];
  const [mirror] = mirrors;
  if (mirror === undefined) return undefined;
  const percent = numberAt(mirror.percentage, 'value') ?? 100;
  if (random() * 100 >= percent || !isObject(mirror.destination)) return undefined;
  const found = resolve(mirror.destination, namespace, tables, random);
  return 'target' in found ? found : undefined;
}

function textsOf(labels: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}
