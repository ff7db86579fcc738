import type { JsonObject } from '#core/json/json.js';
import { objectsAt, textAt } from '#core/json/read.js';
import type { ManagedRoute, RouteMatch, StringMatch, TrafficRequest } from '#core/traffic/request.js';
import { refTo } from './backends.js';
import type { FoundRoute } from './find-routes.js';

/** The managed route that a rule belongs to, by its name `beta`, `beta-1`, `beta-2`, …; `undefined` for the user's own. */
export function managedName(request: TrafficRequest, rule: JsonObject): string | undefined {
  const name = textAt(rule, 'name') ?? '';
  return request.managedRoutes.find((managed) => {
    if (name === managed) return true;
    return name.startsWith(`${managed}-`) && /^[1-9]\d*$/.test(name.slice(managed.length + 1));
  });
}

/** The rules that a header or mirror route stands for: one for each rule that is split, when this kind of route can. */
export function buildManaged(
  { of, useHeaderRoutes }: FoundRoute,
  request: TrafficRequest,
  managed: ManagedRoute,
  splits: readonly JsonObject[],
): readonly JsonObject[] {
  if (!useHeaderRoutes) return [];
  const isPossible = managed.kind === 'header' ? of.hasHeaders : of.hasMirrors;
  if (!isPossible) return [];
  return splits.map((split, i) => ({
    name: i === 0 ? managed.name : `${managed.name}-${i}`,
    ...(managed.kind === 'header'
      ? headerRule(request, managed, split)
      : mirrorRule(request, managed, split)),
  }));
}

type HeaderRoute = Extract<ManagedRoute, { readonly kind: 'header' }>;
type MirrorRoute = Extract<ManagedRoute, { readonly kind: 'mirror' }>;

function headerRule(request: TrafficRequest, { match }: HeaderRoute, split: JsonObject): JsonObject {
  const headers = match.map(({ headerName, headerValue }) => headerMatch(headerName, headerValue));
  const { name: _name, matches: _matches, backendRefs: _refs, ...rest } = split;
  return {
    ...rest,
    matches: matchesOf(split).map((one) => ({ ...one, headers: [...objectsAt(one, 'headers'), ...headers] })),
    backendRefs: [withoutWeight(refTo(split, request.canary.service) ?? {})],
  };
}

function mirrorRule(
  request: TrafficRequest,
  { match, percentage }: MirrorRoute,
  split: JsonObject,
): JsonObject {
  const { name: _name, matches: _matches, ...rest } = split;
  const { name, port } = refTo(split, request.canary.service) ?? {};
  const requestMirror = {
    backendRef: { name, ...(port === undefined ? {} : { port }) },
    ...(percentage === undefined ? {} : { percent: percentage }),
  };
  const matches = match.length === 0 ? matchesOf(split) : match.map(routeMatch);
  return {
    ...rest,
    matches,
    filters: [...objectsAt(split, 'filters'), { type: 'RequestMirror', requestMirror }],
  };
}

/** Without matches a rule takes everything. */
function matchesOf(rule: JsonObject): readonly JsonObject[] {
  const matches = objectsAt(rule, 'matches');
  return matches.length === 0 ? [{}] : matches;
}

function routeMatch({ method, path, headers = {} }: RouteMatch): JsonObject {
  const list = Object.entries(headers).map(([name, value]) => headerMatch(name, value));
  return {
    ...(method?.exact === undefined ? {} : { method: method.exact }),
    ...(path === undefined ? {} : { path: pathMatch(path) }),
    ...(list.length === 0 ? {} : { headers: list }),
  };
}

function pathMatch({ exact, prefix, regex }: StringMatch): JsonObject {
  if (exact !== undefined) return { type: 'Exact', value: exact };
  return prefix === undefined
    ? { type: 'RegularExpression', value: regex ?? '' }
    : { type: 'PathPrefix', value: prefix };
}

function headerMatch(name: string, { exact, prefix, regex }: StringMatch): JsonObject {
  if (exact !== undefined) return { name, type: 'Exact', value: exact };
  return { name, type: 'RegularExpression', value: prefix === undefined ? (regex ?? '') : `${prefix}.*` };
}

function withoutWeight({ weight: _weight, ...ref }: JsonObject): JsonObject {
  return ref;
}
