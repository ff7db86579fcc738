import type { JsonObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import type { ManagedRoute, RouteMatch, StringMatch } from '#core/traffic/request.js';
import { canaryDestination, type Sides } from './destinations.js';

/**
 * The http section with exactly the wanted managed routes, in front and in the order of `managedRoutes`; the user's
 * routes follow in their order. A managed route that is there already keeps nothing of its own: it is ours.
 */
export function placeManagedRoutes(
  sides: Sides,
  http: readonly JsonObject[],
  primary: JsonObject,
  routes: readonly ManagedRoute[],
  managedNames: readonly string[],
): readonly JsonObject[] {
  const names = new Set([...managedNames, ...routes.map((route) => route.name)]);
  const rank = (route: ManagedRoute): number => {
    const i = managedNames.indexOf(route.name);
    return i < 0 ? managedNames.length : i;
  };
  const ours = [...routes]
    .sort((a, b) => rank(a) - rank(b))
    .map((route) => buildManagedRoute(sides, primary, route));
  return [...ours, ...http.filter((route) => !names.has(textAt(route, 'name') ?? ''))];
}

function buildManagedRoute(sides: Sides, primary: JsonObject, route: ManagedRoute): JsonObject {
  const canary = canaryDestination(sides, primary);
  if (route.kind === 'header') {
    // One match element a header, so that several headers are alternatives, as Argo Rollouts writes them.
    const match = route.match.map(({ headerName, headerValue }) => ({
      headers: { [headerName]: stringMatch(headerValue) },
    }));
    return { name: route.name, match, route: [{ destination: canary, weight: 100 }] };
  }
  return {
    name: route.name,
    match: route.match.map(routeMatch),
    route: primary['route'],
    mirror: canary,
    mirrorPercentage: { value: route.percentage ?? 100 },
  };
}

function routeMatch(match: RouteMatch): JsonObject {
  const headers = Object.entries(match.headers ?? {}).map(([name, value]) => [name, stringMatch(value)]);
  return {
    ...(match.method === undefined ? {} : { method: stringMatch(match.method) }),
    ...(match.path === undefined ? {} : { uri: stringMatch(match.path) }),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
  };
}

function stringMatch(value: StringMatch): JsonObject {
  if (value.exact !== undefined && value.exact !== '') return { exact: value.exact };
  return value.prefix !== undefined && value.prefix !== ''
    ? { prefix: value.prefix }
    : { regex: value.regex ?? '' };
}
