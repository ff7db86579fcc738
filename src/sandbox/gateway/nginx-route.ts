import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { numberAt, objectAt, objectsAt, textAt } from '#core/json/read.js';
import { subjectOf } from '#core/kube/object.js';
import { takesCanary } from './nginx-canary.js';
import type { Random, RouteDecision, RoutedRequest, Target } from './routing.js';
import { pickTarget, type ServiceTable } from './services.js';

/** What an ingress controller of class nginx knows. */
export interface NginxTables {
  readonly ingresses: readonly UnknownObject[];
  readonly services: ServiceTable;
}

const annotationPrefix = 'nginx.ingress.kubernetes.io/';

/** One path of one Ingress. */
interface Location {
  readonly ingress: UnknownObject;
  readonly host: string;
  readonly path: string;
  readonly pathType: string;
  readonly backend: JsonObject;
}

/** The answer of the Ingress rules for the host; `undefined` when no rule names it. */
export function routeByNginx(
  request: RoutedRequest,
  tables: NginxTables,
  random: Random,
): RouteDecision | undefined {
  const host = request.host.split(':')[0] ?? '';
  const locations = tables.ingresses.filter(isOfClassNginx).flatMap(locationsOf);
  const hosts = locations.filter((location) => matchesHost(location.host, host) && location.host !== '');
  const candidates = hosts.length > 0 ? hosts : locations.filter((location) => location.host === '');
  const primaries = candidates.filter(({ ingress }) => !isCanary(ingress));
  if (primaries.length === 0) return undefined;
  const path = request.path.split('?')[0] ?? '/';
  const primary = primaries.filter((location) => matchesPath(location, path)).sort(byPrecedence)[0];
  if (primary === undefined)
    return { kind: 'drop', reason: 'NR', route: subjectOf(primaries[0]?.ingress ?? missing), service: '' };
  return chooseBackend(primary, candidates, request, tables, random);
}

const missing = { kind: 'Ingress', metadata: { name: '' } };

/** nginx asks the primary's endpoints first: without one nobody is served, whatever the canary has. */
function chooseBackend(
  primary: Location,
  candidates: readonly Location[],
  request: RoutedRequest,
  tables: NginxTables,
  random: Random,
): RouteDecision {
  const route = subjectOf(primary.ingress);
  const main = targetsOf(primary, tables.services);
  if (main.targets.length === 0) return { kind: 'drop', reason: 'UH', route, service: main.service };
  const canary = candidates.find(
    ({ ingress, ...location }) => isCanary(ingress) && isSameLocation(location, primary),
  );
  if (canary !== undefined) {
    const other = targetsOf(canary, tables.services);
    const isUsable = other.targets.length > 0 && other.service !== main.service;
    if (isUsable && takesCanary(settingsOf(canary.ingress), request.headers, random)) {
      const chosen = pickTarget(other.targets, random);
      if (chosen !== undefined) {
        const name = canary.ingress.metadata.name;
        return { kind: 'forward', route, service: other.service, target: chosen, canary: name };
      }
    }
  }
  const target = pickTarget(main.targets, random);
  if (target === undefined) return { kind: 'drop', reason: 'UH', route, service: main.service };
  return { kind: 'forward', route, service: main.service, target };
}

function targetsOf(
  location: Location,
  services: ServiceTable,
): { readonly service: string; readonly targets: readonly Target[] } {
  const backend = objectAt(location.backend, 'service');
  const service = `${location.ingress.metadata.namespace ?? ''}/${textAt(backend, 'name') ?? ''}`;
  const port = objectAt(backend, 'port');
  const choice = numberAt(port, 'number') ?? textAt(port, 'name');
  return { service, targets: services.targets(service, choice) ?? [] };
}

function isOfClassNginx(ingress: UnknownObject): boolean {
  const named = textAt(ingress.spec, 'ingressClassName');
  return (named ?? ingress.metadata.annotations?.['kubernetes.io/ingress.class']) === 'nginx';
}

function isCanary(ingress: UnknownObject): boolean {
  return ingress.metadata.annotations?.[`${annotationPrefix}canary`] === 'true';
}

/** The annotations of nginx without their prefix. */
function settingsOf(ingress: UnknownObject): Readonly<Record<string, string>> {
  const own = Object.entries(ingress.metadata.annotations ?? {}).filter(([key]) =>
    key.startsWith(annotationPrefix),
  );
  return Object.fromEntries(own.map(([key, value]) => [key.slice(annotationPrefix.length), value]));
}

function locationsOf(ingress: UnknownObject): readonly Location[] {
  const ofRules = objectsAt(ingress.spec, 'rules').flatMap((rule) =>
    objectsAt(objectAt(rule, 'http'), 'paths').map((path) => ({
      ingress,
      host: textAt(rule, 'host') ?? '',
      path: textAt(path, 'path') ?? '/',
      pathType: textAt(path, 'pathType') ?? 'ImplementationSpecific',
      backend: objectAt(path, 'backend'),
    })),
  );
  const fallback = isObject(ingress.spec) ? ingress.spec.defaultBackend : undefined;
  if (!isObject(fallback)) return ofRules;
  return [...ofRules, { ingress, host: '', path: '/', pathType: 'Prefix', backend: fallback }];
}

function matchesHost(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === host;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot) === pattern.slice(1);
}

function matchesPath(location: Location, path: string): boolean {
  if (location.pathType === 'Exact') return path === location.path;
  const prefix = location.path.replace(/\/+$/, '');
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** Exact paths first, then the longest; a named host before a wildcard. */
function byPrecedence(a: Location, b: Location): number {
  const exact = Number(b.pathType === 'Exact') - Number(a.pathType === 'Exact');
  const wildcard = Number(a.host.startsWith('*')) - Number(b.host.startsWith('*'));
  return wildcard || exact || b.path.length - a.path.length;
}

function isSameLocation(a: Omit<Location, 'ingress'>, b: Location): boolean {
  return a.host === b.host && a.path === b.path && a.pathType === b.pathType;
}
