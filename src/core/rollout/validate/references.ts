import { rolloutDefaults } from '#api/argoproj/rollout-defaults.js';
import type { BlueGreenStrategy, CanaryStrategy, Rollout, RolloutAnalysis } from '#api/argoproj/rollout.js';
import { annotations, labels } from '#api/argoproj/words.js';
import type { Service } from '#api/k8s/core-kinds.js';
import type { TemplateTables } from '#core/analysis/run-model.js';
import { findAnalysisProblem } from '#core/analysis/templates/validate.js';
import type { TrafficRequest } from '#core/traffic/request.js';
import type { Router } from '#core/traffic/router.js';
import { firstError, internal, invalid, type SpecError } from './field-error.js';

/** The objects that a spec names, as far as they are there. */
export interface RolloutReferences {
  /** By name. */
  readonly services: Readonly<Record<string, Service | undefined>>;
  readonly templates: TemplateTables;
  /** The configured routers, bound to what was observed for them. */
  readonly routers: readonly Router[];
  /** Keys under `trafficRouting` that no provider of this build serves. */
  readonly unknownRouters?: readonly string[];
  /** Why the workload that `workloadRef` names could not be read. */
  readonly workloadProblem?: string;
}

const path = 'spec.strategy';

/** The first rule over what the spec names that it breaks; to be asked after the rules over the spec alone. */
export function validateRolloutReferences(rollout: Rollout, refs: RolloutReferences): SpecError | undefined {
  const { workloadRef, strategy } = rollout.spec;
  return firstError([
    () =>
      refs.workloadProblem === undefined
        ? undefined
        : invalid('spec.workloadRef', workloadRef, refs.workloadProblem),
    () => validateServices(rollout, refs),
    () => validateAnalyses(rollout, refs.templates),
    () => validateRouters(rollout, strategy?.canary, refs),
  ]);
}

interface NamedService {
  readonly name: string | undefined;
  readonly path: string;
  /** Labels that pods have while they have the role of this Service. */
  readonly roleLabels: Readonly<Record<string, string>>;
}

function validateServices(rollout: Rollout, refs: RolloutReferences): SpecError | undefined {
  const { blueGreen, canary } = rollout.spec.strategy ?? {};
  const named = [
    ...(blueGreen === undefined ? [] : servicesOfBlueGreen(blueGreen)),
    ...(canary === undefined ? [] : servicesOfCanary(canary)),
  ];
  return firstError(named.map((service) => () => validateService(rollout, service, refs.services)));
}

function servicesOfBlueGreen(strategy: BlueGreenStrategy): readonly NamedService[] {
  const { activeService, previewService, activeMetadata, previewMetadata } = strategy;
  return [
    { name: activeService, path: 'blueGreen.activeService', roleLabels: activeMetadata?.labels ?? {} },
    { name: previewService, path: 'blueGreen.previewService', roleLabels: previewMetadata?.labels ?? {} },
  ];
}

function servicesOfCanary(strategy: CanaryStrategy): readonly NamedService[] {
  const { stableService, canaryService, stableMetadata, canaryMetadata, pingPong } = strategy;
  return [
    { name: stableService, path: 'canary.stableService', roleLabels: stableMetadata?.labels ?? {} },
    { name: canaryService, path: 'canary.canaryService', roleLabels: canaryMetadata?.labels ?? {} },
    { name: pingPong?.pingService, path: 'canary.pingPong.pingService', roleLabels: {} },
    { name: pingPong?.pongService, path: 'canary.pingPong.pongService', roleLabels: {} },
  ];
}

function validateService(
  rollout: Rollout,
  named: NamedService,
  services: RolloutReferences['services'],
): SpecError | undefined {
  const { name = '', roleLabels } = named;
  if (name === '') return undefined;
  const at = `${path}.${named.path}`;
  const service = services[name];
  if (service === undefined) return invalid(at, name, `service ${JSON.stringify(name)} not found`);
  const podLabels = rollout.spec.template?.metadata?.labels ?? {};
  const unmatched = Object.entries(service.spec.selector ?? {})
    .filter(([key]) => key !== labels.podTemplateHash)
    .map(([key, value]) => ({ key, matches: podLabels[key] === value || roleLabels[key] === value }))
    .find(({ matches }) => !matches);
  if (unmatched !== undefined) {
    return invalid(
      at,
      name,
      `Service ${JSON.stringify(name)} has unmatch label ${JSON.stringify(unmatched.key)} in rollout`,
    );
  }
  const manager = service.metadata.annotations?.[annotations.managedByRollouts];
  return manager === undefined || manager === rollout.metadata.name
    ? undefined
    : invalid(at, name, `Service ${JSON.stringify(name)} is managed by another Rollout`);
}

interface NamedAnalysis {
  readonly path: string;
  readonly analysis: RolloutAnalysis | undefined;
  readonly background?: boolean;
}

function validateAnalyses(rollout: Rollout, templates: TemplateTables): SpecError | undefined {
  const { blueGreen, canary } = rollout.spec.strategy ?? {};
  const steps = canary?.steps ?? [];
  const named: readonly NamedAnalysis[] = [
    { path: 'blueGreen.prePromotionAnalysis', analysis: blueGreen?.prePromotionAnalysis },
    { path: 'blueGreen.postPromotionAnalysis', analysis: blueGreen?.postPromotionAnalysis },
    ...steps.map((step, i) => ({ path: `canary.steps[${i}].analysis`, analysis: step.analysis })),
    { path: 'canary.analysis', analysis: canary?.analysis, background: true },
  ];
  const stepAnalyses = steps.flatMap((step) => (step.analysis === undefined ? [] : [step.analysis]));
  return firstError(
    named.map(({ path: at, analysis, background = false }) => () => {
      if (analysis === undefined || (analysis.templates ?? []).length === 0) return undefined;
      const problem = findAnalysisProblem({ rollout, analysis, background, templates, stepAnalyses });
      return problem === undefined
        ? undefined
        : invalid(`${path}.${at}.templates`, problem.value, problem.message);
    }),
  );
}

function validateRouters(
  rollout: Rollout,
  canary: CanaryStrategy | undefined,
  refs: RolloutReferences,
): SpecError | undefined {
  if (canary?.trafficRouting === undefined) return undefined;
  const at = `${path}.canary.trafficRouting`;
  const unknown = refs.unknownRouters?.[0];
  if (unknown !== undefined) {
    return invalid(`${at}.${unknown}`, unknown, 'this build of Sluice has no such traffic router');
  }
  const request = emptyRequest(rollout, canary);
  return firstError(
    refs.routers.map((router) => () => {
      const problem = router.validate(request);
      if (problem === undefined) return undefined;
      const where = `${at}.${problem.path}`;
      return problem.isInternal === true
        ? internal(where, problem.message)
        : invalid(where, problem.value, problem.message);
    }),
  );
}

/** A request that moves nothing: it only tells the routers which Services are meant. */
function emptyRequest(rollout: Rollout, canary: CanaryStrategy): TrafficRequest {
  const { name, namespace = '', uid = '' } = rollout.metadata;
  const pingIsStable = rollout.status?.canary?.stablePingPong === 'ping';
  const { pingService, pongService } = canary.pingPong ?? {};
  const [stable, other] = pingIsStable ? [pingService, pongService] : [pongService, pingService];
  return {
    rollout: { name, namespace, uid },
    stable: { service: canary.stableService ?? stable ?? '', podTemplateHash: '' },
    canary: { service: canary.canaryService ?? other ?? '', podTemplateHash: '' },
    canaryWeight: 0,
    maxWeight: canary.trafficRouting?.maxTrafficWeight ?? rolloutDefaults.maxTrafficWeight,
    isMaxWeightSet: canary.trafficRouting?.maxTrafficWeight !== undefined,
    additional: [],
    routes: [],
    managedRoutes: (canary.trafficRouting?.managedRoutes ?? []).map((route) => route.name),
  };
}
