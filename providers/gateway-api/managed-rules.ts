import type { JsonObject } from '#core/json/json.js';
import { objectsAt, textAt } from '#core/json/read.js';
import type { ManagedRoute, RouteMatch, StringMatch, TrafficRequest } from '#core/traffic/request.js';
import { refTo, toService } from './backends.js';
import type { FoundRoute } from './find-routes.js';
import type { RouteKind } from './schema.js';

/** A route with what it needs to be told its managed rules. */
export interface ManagedBy extends Pick<FoundRoute, 'of' | 'useHeaderRoutes'> {
  /** Older definitions drop the names of rules: then none are written, so that what is written is what is read. */
  readonly isNamed: boolean;
}

/** The rules that a header or mirror route stands for: one for each rule that is split, when this kind of route can. */
export function buildManaged(
  { of, useHeaderRoutes, isNamed }: ManagedBy,
  request: TrafficRequest,
  managed: ManagedRoute,
  splits: readonly JsonObject[],
): readonly JsonObject[] {
  if (!useHeaderRoutes) return [];
  const isPossible = managed.kind === 'header' ? of.hasHeaders : of.hasMirrors;
  if (!isPossible) return [];
  return splits.map((split, i) => ({
    ...(isNamed ? { name: i === 0 ? managed.name : `${managed.name}-${i}` } : {}),
    ...(managed.kind === 'header'
      ? headerRule(of, request, managed, split)
      : mirrorRule(of, request, managed, split)),
  }));
}

type HeaderRoute = Extract<ManagedRoute, { readonly kind: 'header' }>;
type MirrorRoute = Extract<ManagedRoute, { readonly kind: 'mirror' }>;

function headerRule(
  of: RouteKind,
  request: TrafficRequest,
  { match }: HeaderRoute,
  split: JsonObject,
): JsonObject {
  const headers = match.map(({ headerName, headerValue }) => headerMatch(headerName, headerValue));
  const { name: _name, matches: _matches, backendRefs: _refs, ...rest } = split;
  const canary = refTo(split, request.canary.service) ?? {};
  return {
    ...rest,
    matches: matchesOf(of, split).map((one) => ({
      ...one,
      headers: [...objectsAt(one, 'headers'), ...headers],
    })),
    backendRefs: [{ ...toService, ...canary, weight: 1 }],
  };
}

/** Whether a rule that was built here copies requests. */
export function isMirror(rule: JsonObject): boolean {
  return objectsAt(rule, 'filters').some((filter) => textAt(filter, 'type') === 'RequestMirror');
}

function mirrorRule(
  of: RouteKind,
  request: TrafficRequest,
  { match, percentage }: MirrorRoute,
  split: JsonObject,
): JsonObject {
  const { name: _name, matches: _matches, ...rest } = split;
  const { name, port } = refTo(split, request.canary.service) ?? {};
  const requestMirror = {
    backendRef: { ...toService, name, ...(port === undefined ? {} : { port }) },
    ...(percentage === undefined ? {} : { percent: percentage }),
  };
  const matches = match.length === 0 ? matchesOf(of, split) : match.map(routeMatch);
  return {
    ...rest,
    matches,
    filters: [...objectsAt(split, 'filters'), { type: 'RequestMirror', requestMirror }],
  };
}

/** What an API server writes where a rule, or a match of it, names no path. */
const everyPath = { path: { type: 'PathPrefix', value: '/' } };

/** Without matches a rule takes everything. */
function matchesOf({ hasPaths }: RouteKind, rule: JsonObject): readonly JsonObject[] {
  const matches = objectsAt(rule, 'matches');
  return (matches.length === 0 ? [{}] : matches).map((one) => (hasPaths ? { ...everyPath, ...one } : one));
}

function routeMatch({ method, path, headers = {} }: RouteMatch): JsonObject {
  const list = Object.entries(headers).map(([name, value]) => headerMatch(name, value));
  return {
    ...(method?.exact === undefined ? {} : { method: method.exact }),
    ...(path === undefined ? everyPath : { path: pathMatch(path) }),
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
