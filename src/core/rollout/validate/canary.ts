import { rolloutDefaults } from '#api/argoproj/rollout-defaults.js';
import type { CanaryStrategy } from '#api/argoproj/rollout.js';
import type { IntOrString, ObjectMeta } from '#api/k8s/meta.js';
import { textAt } from '#core/json/read.js';
import { firstError, invalid, type SpecError } from './field-error.js';
import { canSome, configuredRouters, type KnownRouter } from './router-facts.js';
import { validateStep } from './step.js';

const path = 'spec.strategy';
const needsBoth = 'Canary service and Stable service must to be set to use Traffic Routing';
const missingPingPong = 'Ping service and Pong service must to be set to use Ping-Pong feature';

/** Rules of the canary strategy; its anti-affinity is checked elsewhere. */
export function validateCanary(
  canary: CanaryStrategy,
  metadata: ObjectMeta,
  routers: readonly KnownRouter[],
): SpecError | undefined {
  const routing = canary.trafficRouting;
  return firstError([
    () => validateBounds(canary),
    () => validateServices(canary),
    () => validatePingPong(canary, routers),
    () => validateServicesOfRouters(canary),
    () => validateDelays(canary),
    () => validateMaxWeight(canary, routers),
    ...(canary.steps ?? []).map(
      (step, i) => () => validateStep(step, { metadata, routing, routers, path: `${path}.steps[${i}]` }),
    ),
  ]);
}

function validateBounds(canary: CanaryStrategy): SpecError | undefined {
  const { maxSurge = rolloutDefaults.maxSurge, maxUnavailable = rolloutDefaults.maxUnavailable } = canary;
  if (amountOf(maxSurge) !== 0 || amountOf(maxUnavailable) !== 0) return undefined;
  return invalid(`${path}.maxSurge`, maxSurge, 'MaxSurge and MaxUnavailable both can not be zero');
}

/** The number in `5`, `"5"` or `"5%"`; 0 for any other text, a negative percentage too. */
function amountOf(value: IntOrString): number {
  if (typeof value === 'number') return value;
  return /^(?:\d+%|[+-]?\d+)$/.test(value) ? Number.parseInt(value, 10) : 0;
}

function validateServices(canary: CanaryStrategy): SpecError | undefined {
  const { canaryService = '', stableService = '' } = canary;
  if (canaryService === '' || canaryService !== stableService) return undefined;
  return invalid(
    `${path}.stableService`,
    stableService,
    'This rollout uses the same service for the stable and canary services, but two different services are required.',
  );
}

function validatePingPong(canary: CanaryStrategy, routers: readonly KnownRouter[]): SpecError | undefined {
  const { pingPong, trafficRouting: routing } = canary;
  if (pingPong === undefined) return undefined;
  if (routing !== undefined && !canSome(routing, routers, 'pingPong')) {
    return invalid(
      `${path}.trafficRouting.alb`,
      routing.alb,
      'Ping-pong feature works with the ALB, Istio, and plugin-based traffic routers only',
    );
  }
  const pingService = textAt(pingPong, 'pingService') ?? '';
  const pongService = textAt(pingPong, 'pongService') ?? '';
  if (pingService === '') return invalid(`${path}.pingPong.pingService`, pingService, missingPingPong);
  if (pongService === '') return invalid(`${path}.pingPong.pongService`, pongService, missingPingPong);
  if (pingService === pongService) {
    return invalid(
      `${path}.pingPong.pingService`,
      pingService,
      'This rollout uses the same service for the ping and pong services, but two different services are required.',
    );
  }
  return routing?.alb === undefined || (routing.alb.rootService ?? '') !== ''
    ? undefined
    : invalid(
        `${path}.trafficRouting.alb.rootService`,
        '',
        'Root service field is required for the configuration with ALB and ping-pong feature enabled',
      );
}

function validateServicesOfRouters(canary: CanaryStrategy): SpecError | undefined {
  if (!needsBothServices(canary)) return undefined;
  if ((canary.stableService ?? '') === '') return invalid(`${path}.stableService`, '', needsBoth);
  if ((canary.canaryService ?? '') === '') return invalid(`${path}.canaryService`, '', needsBoth);
  return undefined;
}

function needsBothServices(canary: CanaryStrategy): boolean {
  const isPingPong = canary.pingPong !== undefined;
  return configuredRouters(canary.trafficRouting).some((id) => {
    if (id === 'plugins') return false;
    if (id === 'alb') return !isPingPong;
    if (id === 'istio') return !isPingPong && canary.trafficRouting?.istio?.destinationRule === undefined;
    return true;
  });
}

function validateDelays(canary: CanaryStrategy): SpecError | undefined {
  const { scaleDownDelaySeconds: delay, dynamicStableScale: isDynamic = false } = canary;
  if (canary.trafficRouting === undefined) {
    if (delay !== undefined) {
      const text = 'Canary scaleDownDelaySeconds can only be used with traffic routing';
      return invalid(`${path}.scaleDownDelaySeconds`, delay, text);
    }
    const text = 'Canary dynamicStableScale can only be used with traffic routing';
    return isDynamic ? invalid(`${path}.dynamicStableScale`, isDynamic, text) : undefined;
  }
  return delay !== undefined && isDynamic
    ? invalid(
        `${path}.dynamicStableScale`,
        isDynamic,
        'Canary dynamicStableScale cannot be used with scaleDownDelaySeconds',
      )
    : undefined;
}

function validateMaxWeight(canary: CanaryStrategy, routers: readonly KnownRouter[]): SpecError | undefined {
  const max = canary.trafficRouting?.maxTrafficWeight;
  if (max === undefined || canSome(canary.trafficRouting, routers, 'maxTrafficWeight')) return undefined;
  return invalid(
    `${path}.trafficRouting.maxTrafficWeight`,
    max,
    'Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins',
  );
}
