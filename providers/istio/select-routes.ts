import type { JsonObject } from '#core/json/json.js';
import { numberAt, objectsAt, textAt, textsAt } from '#core/json/read.js';
import type { VirtualServiceConfig } from './schema.js';

export type Protocol = 'http' | 'tls' | 'tcp';

export const protocols: readonly Protocol[] = ['http', 'tls', 'tcp'];

/** Which entries of the sections carry the split, by index, or why that cannot be said. */
export type Selection =
  | { readonly ok: true; readonly indexes: Readonly<Record<Protocol, readonly number[]>> }
  | { readonly ok: false; readonly protocol?: Protocol; readonly message: string };

/** Picks the routes that the configuration means. Sections that the virtual service lacks are left alone. */
export function selectRoutes(
  config: VirtualServiceConfig,
  spec: JsonObject,
  managedRoutes: readonly string[],
): Selection {
  const sections = {
    http: objectsAt(spec, 'http'),
    tls: objectsAt(spec, 'tls'),
    tcp: objectsAt(spec, 'tcp'),
  };
  if (sections.http.length + sections.tls.length + sections.tcp.length === 0) {
    return { ok: false, message: 'Unable to get any of the HTTP, TCP or TLS routes' };
  }
  const picked = {
    http: selectHttp(config, sections.http, managedRoutes),
    tls: selectTls(config, sections.tls),
    tcp: selectTcp(config, sections.tcp),
  };
  for (const protocol of protocols) {
    const outcome = picked[protocol];
    if (typeof outcome === 'string') return { ok: false, protocol, message: outcome };
  }
  return {
    ok: true,
    indexes: { http: indexes(picked.http), tls: indexes(picked.tls), tcp: indexes(picked.tcp) },
  };
}

type Picked = readonly number[] | string;

function indexes(picked: Picked): readonly number[] {
  return typeof picked === 'string' ? [] : picked;
}

function selectHttp(
  config: VirtualServiceConfig,
  routes: readonly JsonObject[],
  managed: readonly string[],
): Picked {
  const wanted = config.routes ?? [];
  if (wanted.length > 0) {
    const found = wanted.map((name) => routes.findIndex((route) => textAt(route, 'name') === name));
    const missing = wanted[found.indexOf(-1)];
    return missing === undefined
      ? found
      : `HTTP Route '${missing}' is not found in the defined Virtual Service.`;
  }
  const own = routes.flatMap((route, i) => (managed.includes(textAt(route, 'name') ?? '') ? [] : [i]));
  return own.length <= 1 ? own : onlyOne('http', config.name, 'routes');
}

function selectTls(config: VirtualServiceConfig, routes: readonly JsonObject[]): Picked {
  const wanted = config.tlsRoutes ?? [];
  if (wanted.length === 0)
    return routes.length <= 1 ? routes.map((_, i) => i) : onlyOne('tls', config.name, 'tlsRoutes');
  const picked: number[] = [];
  for (const entry of wanted) {
    const i = routes.findIndex((route) => matchesTls(route, entry.port, entry.sniHosts));
    if (i < 0)
      return `No matching TLS routes found in the defined Virtual Service for port ${entry.port ?? 'any'} and SNI hosts [${(entry.sniHosts ?? []).join(', ')}].`;
    picked.push(i);
  }
  return picked;
}

function matchesTls(
  route: JsonObject,
  port: number | undefined,
  sniHosts: readonly string[] | undefined,
): boolean {
  const matches = objectsAt(route, 'match');
  const ports = new Set(matches.map((match) => numberAt(match, 'port')).filter((p) => p !== undefined));
  const hosts = new Set(matches.flatMap((match) => textsAt(match, 'sniHosts')));
  const hasPort = port === undefined || port === 0 || (ports.size === 1 && ports.has(port));
  const hasHosts =
    sniHosts === undefined ||
    sniHosts.length === 0 ||
    (hosts.size === new Set(sniHosts).size && sniHosts.every((h) => hosts.has(h)));
  return hasPort && hasHosts;
}

function selectTcp(config: VirtualServiceConfig, routes: readonly JsonObject[]): Picked {
  const wanted = config.tcpRoutes ?? [];
  if (wanted.length === 0)
    return routes.length <= 1 ? routes.map((_, i) => i) : onlyOne('tcp', config.name, 'tcpRoutes');
  const picked: number[] = [];
  for (const entry of wanted) {
    const i = routes.findIndex((route) =>
      objectsAt(route, 'match').some((match) => numberAt(match, 'port') === entry.port),
    );
    if (i < 0)
      return `No matching TCP routes found in the defined Virtual Service for port ${entry.port ?? 'any'}.`;
    picked.push(i);
  }
  return picked;
}

function onlyOne(section: Protocol, name: string, field: string): string {
  return `VirtualService '${name}' spec.${section}[] must have exactly one route when omitting spec.strategy.canary.trafficRouting.istio.virtualService.${field}`;
}
