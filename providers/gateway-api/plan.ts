import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual, type JsonObject } from '#core/json/json.js';
import { objectAt, textAt } from '#core/json/read.js';
import type { ObservedTraffic, TrafficChange, TrafficPlan, TrafficRequest } from '#core/traffic/request.js';
import { isSplit, weighRule } from './backends.js';
import { findRoutes, nameOfRoute, type FoundRoute, type RouteProblem } from './find-routes.js';
import { buildManaged, isMirror } from './managed-rules.js';
import { failsAtMirrors } from './mirroring.js';
import { managedAnnotation, sortRules } from './recognise.js';
import { progressLabel, type GatewayApiConfig } from './schema.js';

/** Names of the Services of experiments that were added to the rules, which alone may be taken away again. */
const addedAnnotation = 'sluice.dev/added-backends';

/** Rules in one route, by the Gateway API. */
const maxRules = 16;

/** Weights, managed rules and the label of each route. All can be planned or nothing is written. */
export function planGatewayApi(
  config: GatewayApiConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): TrafficPlan {
  const routes = findRoutes(config, request, observed);
  if ('message' in routes) return failed(routes);
  const changes: TrafficChange[] = [];
  for (const route of routes) {
    const problem = problemOf(route, request);
    if (problem !== undefined) return failed({ message: problem, object: nameOfRoute(route) });
    const object = planRoute(config, request, route);
    if (isEqual(route.live, object)) continue;
    const message = `${route.live.kind} \`${route.live.metadata.name}\` set to desiredWeight '${request.canaryWeight}'`;
    const event = { type: 'Normal', reason: `Updated${route.live.kind}`, message } as const;
    changes.push({ change: 'update', object, event });
  }
  return { ok: true, changes };
}

/** Why this route cannot be shifted; `undefined` when it can. */
export function problemOf(route: FoundRoute, request: TrafficRequest): string | undefined {
  const { own, hasLostNames } = sortRules(route.live, request);
  const splits = own.filter((rule) => isSplit(request, rule));
  if (splits.length === 0) {
    const { canary, stable } = request;
    return `backendRef was not found in ${route.of.one}: no rule names both Service ${stable.service} and Service ${canary.service}`;
  }
  const by = { ...route, isNamed: !hasLostNames };
  const managed = request.routes.flatMap((one) => buildManaged(by, request, one, splits));
  const failing = failsAtMirrors(route.live);
  if (failing !== undefined && managed.some(isMirror))
    return `${failing} answers 500 to all that a rule with a mirror matches: take the setMirrorRoute steps out`;
  return own.length + managed.length > maxRules
    ? `${own.length + managed.length} rules are more than the ${maxRules} that the Gateway API allows: split the route, or use fewer header routes`
    : undefined;
}

function planRoute(config: GatewayApiConfig, request: TrafficRequest, route: FoundRoute): UnknownObject {
  const { live } = route;
  const spec = objectAt(live, 'spec');
  const before = (live.metadata.annotations?.[addedAnnotation] ?? '')
    .split(',')
    .filter((name) => name !== '');
  const { own, hasLostNames } = sortRules(live, request);
  const by = { ...route, isNamed: !hasLostNames };
  const weighed = own.map((rule) => (isSplit(request, rule) ? weighRule(request, before, rule) : rule));
  const splits = weighed.filter((rule) => isSplit(request, rule));
  const [mirrors, headers] = (['mirror', 'header'] as const).map((kind) =>
    request.routes
      .filter((managed) => managed.kind === kind)
      .flatMap((managed) => buildManaged(by, request, managed, splits)),
  );
  // Of rules that match as exactly the first one wins; more headers win wherever they stand.
  const rules = [...(mirrors ?? []), ...weighed, ...(headers ?? [])];
  const managed = rules.length === own.length ? [] : request.routes.map(({ name }) => name);
  const added = request.additional.map(({ service }) => service);
  const marked = mark(mark(live, addedAnnotation, added), managedAnnotation, managed);
  return { ...labelProgress(config, request, marked), spec: { ...spec, rules } };
}

function mark(live: UnknownObject, annotation: string, names: readonly string[]): UnknownObject {
  return withEntry(live, 'annotations', annotation, names.length === 0 ? undefined : names.join(','));
}

function labelProgress(
  config: GatewayApiConfig,
  { canaryWeight }: TrafficRequest,
  live: UnknownObject,
): UnknownObject {
  const label = progressLabel(config);
  if (label === undefined) return live;
  const [key, value] = label;
  return withEntry(live, 'labels', key, canaryWeight === 0 ? undefined : value);
}

/** The object with one label or annotation more or less; the same object when nothing changes. */
function withEntry(
  live: UnknownObject,
  field: 'labels' | 'annotations',
  key: string,
  value: string | undefined,
): UnknownObject {
  const entries: JsonObject = objectAt(live.metadata, field);
  if (textAt(entries, key) === value) return live;
  const { [key]: _gone, ...others } = entries;
  const next = value === undefined ? others : { ...others, [key]: value };
  const { [field]: _entries, ...metadata } = live.metadata;
  const isEmpty = Object.keys(next).length === 0;
  return { ...live, metadata: isEmpty ? metadata : { ...metadata, [field]: next } };
}

function failed({ message, object }: RouteProblem): TrafficPlan {
  return {
    ok: false,
    problem: { reason: 'TrafficRoutingError', message, ...(object === undefined ? {} : { object }) },
  };
}
