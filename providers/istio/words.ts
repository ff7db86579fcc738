import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual, type JsonObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { TrafficRequest } from '#core/traffic/request.js';
import type { IstioConfig } from './schema.js';

/** What was done to a virtual service, in the words of the peer: a managed route that is set by itself, else the weight. */
export function tellVirtualService(
  request: TrafficRequest,
  live: UnknownObject,
  next: UnknownObject,
): string {
  const about = `VirtualService \`${live.metadata.name}\` set`;
  const [before, after] = [httpOf(live), httpOf(next)];
  const [mine, theirs] = [before, after].map((http) =>
    http.filter((route) => !request.managedRoutes.includes(nameOf(route))),
  );
  const fresh = request.routes.find(({ name }) => {
    const [was, is] = [before, after].map((http) => http.find((route) => nameOf(route) === name));
    return is !== undefined && !isEqual(was, is);
  });
  if (fresh === undefined || !isEqual(mine, theirs)) {
    return `${about} to desiredWeight '${request.canaryWeight}'`;
  }
  return `${about} ${fresh.kind === 'header' ? 'headerRoute' : 'mirrorRoute'} '${fresh.name}'`;
}

/** What was done to a destination rule, in the words of the peer. */
export function tellDestinationRule(
  { name, canarySubsetName, stableSubsetName }: NonNullable<IstioConfig['destinationRule']>,
  { canary, stable }: TrafficRequest,
): string {
  const hashes = `${canarySubsetName}: ${canary.podTemplateHash}, ${stableSubsetName}: ${stable.podTemplateHash}`;
  return `DestinationRule ${name} subset updated (${hashes})`;
}

function httpOf(object: UnknownObject): readonly JsonObject[] {
  return objectsAt(objectAt(object, 'spec'), 'http');
}

function nameOf(route: JsonObject): string {
  return textAt(route, 'name') ?? '';
}
