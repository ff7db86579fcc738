import { rolloutDefaults } from '#api/argoproj/rollout-defaults.js';
import type {
  CanaryStep,
  ExperimentStep,
  RolloutAnalysisArg,
  RolloutPause,
  TrafficRouting,
} from '#api/argoproj/rollout.js';
import type { ObjectMeta } from '#api/k8s/meta.js';
import { readMetadataField } from '#core/analysis/arguments/caller-args.js';
import { parseGoDuration } from '#core/time/duration.js';
import { firstError, invalid, required, type SpecError } from './field-error.js';
import { qualifiedNameProblem } from './names.js';
import { canSome, type KnownRouter } from './router-facts.js';
import { validateHeaderRoute, validateMirrorRoute } from './step-routes.js';

/** What the rules of a step look at beside the step. */
export interface StepContext {
  readonly metadata: ObjectMeta;
  readonly routing: TrafficRouting | undefined;
  readonly routers: readonly KnownRouter[];
  /** `spec.strategy.steps[i]`. */
  readonly path: string;
}

/** Rules of one canary step. */
export function validateStep(step: CanaryStep, context: StepContext): SpecError | undefined {
  const { path, routing, routers } = context;
  const { setHeaderRoute, setMirrorRoute } = step;
  return firstError([
    () => validateMembers(step, path),
    () =>
      validateWeight(
        step.setWeight,
        routing?.maxTrafficWeight ?? rolloutDefaults.maxTrafficWeight,
        `${path}.setWeight`,
      ),
    () => validatePause(step.pause, `${path}.pause.duration`),
    () =>
      step.setCanaryScale === undefined || routing !== undefined
        ? undefined
        : required('spec.strategy.trafficRouting', 'SetCanaryScale requires TrafficRouting to be set'),
    () =>
      setHeaderRoute &&
      validateHeaderRoute(setHeaderRoute, { routing, routers, path: `${path}.setHeaderRoute` }),
    () =>
      setMirrorRoute &&
      validateMirrorRoute(setMirrorRoute, { routing, routers, path: `${path}.setMirrorRoute` }),
    () => validateExperiment(step.experiment, context),
    () => validateArgs(step, context),
  ]);
}

function validateMembers(step: CanaryStep, path: string): SpecError | undefined {
  const exclusive = {
    Experiment: step.experiment,
    Pause: step.pause,
    SetWeight: step.setWeight,
    Analysis: step.analysis,
  };
  const others = {
    SetCanaryScale: step.setCanaryScale,
    SetHeaderRoute: step.setHeaderRoute,
    SetMirrorRoute: step.setMirrorRoute,
    Plugin: step.plugin,
  };
  const isSet = (member: unknown) => member !== undefined;
  const count = Object.values(exclusive).filter(isSet).length;
  if (count === 1 || (count === 0 && Object.values(others).some(isSet))) return undefined;
  // For an empty step the peer prints which members are absent, else which of the exclusive ones are set.
  const print = (members: object, isTrue: (member: unknown) => boolean) =>
    Object.entries(members)
      .map(([name, member]) => `step.${name}: ${isTrue(member)}`)
      .join(' ');
  return invalid(
    path,
    count === 0
      ? print({ ...exclusive, ...others }, (member) => member === undefined)
      : print(exclusive, isSet),
    'Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause',
  );
}

function validateWeight(weight: number | undefined, max: number, path: string): SpecError | undefined {
  if (weight === undefined || (weight >= 0 && weight <= max)) return undefined;
  return invalid(path, weight, `SetWeight needs to be between 0 and ${max}`);
}

function validatePause(pause: RolloutPause | undefined, path: string): SpecError | undefined {
  const seconds = pauseSeconds(pause);
  return seconds < 0 ? invalid(path, seconds, 'Duration needs to be greater than 0') : undefined;
}

const most = 2_147_483_647;

/** Whole seconds of a pause; 0 without a duration, -1 when it cannot be read, the peer's overflow when it is too long. */
function pauseSeconds(pause: RolloutPause | undefined): number {
  const duration = pause?.duration ?? 0;
  if (typeof duration === 'number') return duration;
  if (/^[+-]?\d+$/.test(duration)) return Math.abs(Number(duration)) <= most ? Number(duration) : -1;
  const ms = parseGoDuration(duration);
  if (ms === undefined) return -1;
  const seconds = Math.trunc(ms / 1000);
  return seconds > most ? -most - 1 : seconds;
}

function validateExperiment(
  experiment: ExperimentStep | undefined,
  context: StepContext,
): SpecError | undefined {
  const weighted = (experiment?.templates ?? []).findIndex((template) => template.weight !== undefined);
  const weight = experiment?.templates[weighted]?.weight;
  if (weight === undefined) return undefined;
  const path = `${context.path}.experiment.templates[${weighted}].weight`;
  if (context.routing === undefined) {
    return invalid(path, weight, 'Experiment template weight cannot be set unless TrafficRouting is enabled');
  }
  return canSome(context.routing, context.routers, 'additionalDestinations')
    ? undefined
    : invalid(
        path,
        weight,
        'Experiment template weight is only available for TrafficRouting with SMI, ALB, Istio and Plugins at this time',
      );
}

function validateArgs(step: CanaryStep, context: StepContext): SpecError | undefined {
  const args: readonly RolloutAnalysisArg[] = [
    ...(step.experiment?.analyses ?? []).flatMap((analysis) => analysis.args ?? []),
    ...(step.analysis?.args ?? []),
  ];
  const isUnknown = (arg: RolloutAnalysisArg) => {
    const field = arg.valueFrom?.fieldRef?.fieldPath ?? '';
    const key = /^metadata\.(?:labels|annotations)\['(.*)'\]$/.exec(field)?.[1];
    const isNoKey = key !== undefined && qualifiedNameProblem(key) !== undefined;
    return field.startsWith('metadata') && (isNoKey || !readMetadataField(context.metadata, field).ok);
  };
  return args.some(isUnknown)
    ? invalid(
        `${context.path}.analyses`,
        args,
        'Analyses arguments must refer to valid object metadata supported by downwardAPI',
      )
    : undefined;
}
