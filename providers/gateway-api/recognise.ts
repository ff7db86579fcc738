import type { UnknownObject } from '#api/k8s/meta.js';
import type { JsonObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { TrafficRequest } from '#core/traffic/request.js';
import { refTo } from './backends.js';

/** Names of the managed routes that stand in a route, with commas between them: by it rules that lost their name are known. */
export const managedAnnotation = 'sluice.dev/managed-rules';

/** The rules of a route, sorted by whose they are. */
export interface SortedRules {
  /** The user's, in their order. */
  readonly own: readonly JsonObject[];
  /** Names of the managed routes that are there. */
  readonly managed: readonly string[];
  /** There are managed rules whose names the API server dropped, as definitions before 1.4 do. */
  readonly hasLostNames: boolean;
}

/**
 * Tells the user's rules from managed ones: by the names `beta`, `beta-1`, `beta-2`, …, and where the route is marked
 * also by what a rule without a name does: send headers to the canary alone, or copy to it.
 */
export function sortRules(live: UnknownObject, request: TrafficRequest): SortedRules {
  const marked = (live.metadata.annotations?.[managedAnnotation] ?? '')
    .split(',')
    .filter((name) => name !== '');
  const isLost = (rule: JsonObject) =>
    marked.length > 0 && textAt(rule, 'name') === undefined && looksManaged(request, rule);
  const rules = objectsAt(objectAt(live, 'spec'), 'rules');
  const names = new Set(rules.map((rule) => managedName(request, rule)));
  const hasLostNames = rules.some(isLost);
  return {
    own: rules.filter((rule) => managedName(request, rule) === undefined && !isLost(rule)),
    managed: request.managedRoutes.filter(
      (name) => names.has(name) || (hasLostNames && marked.includes(name)),
    ),
    hasLostNames,
  };
}

function managedName(request: TrafficRequest, rule: JsonObject): string | undefined {
  const name = textAt(rule, 'name') ?? '';
  return request.managedRoutes.find((managed) => {
    if (name === managed) return true;
    return name.startsWith(`${managed}-`) && /^[1-9]\d*$/.test(name.slice(managed.length + 1));
  });
}

function looksManaged(request: TrafficRequest, rule: JsonObject): boolean {
  const { service } = request.canary;
  const matches = objectsAt(rule, 'matches');
  const asksForHeaders = matches.length > 0 && matches.every((one) => objectsAt(one, 'headers').length > 0);
  const isCanaryAlone = objectsAt(rule, 'backendRefs').length === 1 && refTo(rule, service) !== undefined;
  const mirrors = objectsAt(rule, 'filters').map((filter) =>
    textAt(objectAt(objectAt(filter, 'requestMirror'), 'backendRef'), 'name'),
  );
  return (isCanaryAlone && asksForHeaders) || mirrors.includes(service);
}
