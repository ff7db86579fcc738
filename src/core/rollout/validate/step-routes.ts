import type {
  SetHeaderRoute,
  SetMirrorRoute,
  StepStringMatch,
  TrafficRouting,
} from '#api/argoproj/rollout.js';
import { firstError, invalid, required, type SpecError } from './field-error.js';
import { canSome, type KnownRouter } from './router-facts.js';

interface Context {
  readonly routing: TrafficRouting | undefined;
  readonly routers: readonly KnownRouter[];
  /** Path of the member of the step. */
  readonly path: string;
}

/** Rules of a header route step. */
export function validateHeaderRoute(route: SetHeaderRoute, context: Context): SpecError | undefined {
  const { routing, path } = context;
  if (!canSome(routing, context.routers, 'headerRoutes')) {
    return invalid(path, route, 'SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix');
  }
  const check = routing?.alb === undefined ? validateMatch : validateAlbMatch;
  return firstError([
    ...(route.match ?? []).map((match, i) => () => check(match.headerValue, `${path}.match[${i}]`)),
    () => validateManagedRoute(route.name ?? '', context),
  ]);
}

/** Rules of a mirror route step. */
export function validateMirrorRoute(route: SetMirrorRoute, context: Context): SpecError | undefined {
  const { path } = context;
  if (!canSome(context.routing, context.routers, 'mirrorRoutes')) {
    return invalid(path, route, 'SetMirrorRoute requires TrafficRouting, supports Istio and Plugins');
  }
  return firstError([
    ...(route.match ?? []).flatMap((match, i) =>
      [match.method, match.path, ...Object.values(match.headers ?? {})]
        .filter((value) => value !== undefined)
        .map((value) => () => validateMatch(value, `${path}.match[${i}]`)),
    ),
    () => validateManagedRoute(route.name, context),
  ]);
}

function validateMatch(match: StepStringMatch | undefined, path: string): SpecError | undefined {
  const set = [match?.exact, match?.regex, match?.prefix].filter((text) => (text ?? '') !== '');
  if (set.length === 1) return undefined;
  return set.length === 0
    ? invalid(
        path,
        match,
        'StringMatch value missed, match value must have one of the following: exact, regex, prefix',
      )
    : invalid(
        path,
        match,
        'StringMatch match value must have exactly one of the following: exact, regex, prefix',
      );
}

function validateAlbMatch(match: StepStringMatch | undefined, path: string): SpecError | undefined {
  if (match === undefined) return validateMatch(match, path);
  const isExact = (match.exact ?? '') !== '' && (match.regex ?? '') === '' && (match.prefix ?? '') === '';
  return isExact
    ? undefined
    : invalid(path, match, "SetHeaderRoute match value invalid. ALB supports 'exact' value only");
}

function validateManagedRoute(name: string, context: Context): SpecError | undefined {
  const managed = context.routing?.managedRoutes;
  if (managed === undefined) {
    return required(
      'spec.strategy.trafficRouting.managedRoutes',
      "Rollout has missing field 'spec.strategy.canary.trafficRouting.managedRoutes'",
    );
  }
  return managed.some((route) => route.name === name)
    ? undefined
    : invalid(
        context.path,
        name,
        'Steps define a route that does not exist in spec.strategy.canary.trafficRouting.managedRoutes',
      );
}
