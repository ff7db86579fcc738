import { rolloutDefaults } from '#api/argoproj/rollout-defaults.js';
import type { Rollout, RolloutSpec } from '#api/argoproj/rollout.js';
import { rememberByObject } from '../../json/remember.js';
import { firstError, internal, invalid, required, type SpecError } from './field-error.js';
import { validatePodTemplate } from './pod-template.js';
import type { KnownRouter } from './router-facts.js';
import { validateSelector } from './selector.js';
import { validateStrategy } from './strategy.js';

/** What the rules of a spec need to know beside the Rollout. */
export interface SpecRuleSettings {
  /** The routers of this build; the peer's table stands in for those that are not here. */
  readonly routers?: readonly KnownRouter[];
  /** The template and perhaps the selector were taken from the workload that `workloadRef` names. */
  readonly isTemplateResolved?: boolean;
}

/** The first rule over the Rollout alone that it breaks, in the peer's order; none when the spec is valid. */
export function validateRolloutSpec(
  rollout: Rollout,
  settings: SpecRuleSettings = {},
): SpecError | undefined {
  const { spec } = rollout;
  const isResolved = settings.isTemplateResolved === true;
  const deadline = spec.progressDeadlineSeconds ?? rolloutDefaults.progressDeadlineSeconds;
  return firstError([
    () => validateNotNegative(spec.replicas, 'spec.replicas'),
    () => validateNotNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    () => validateNotNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    () => validateNotNegative(spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds'),
    () => (isResolved ? validateWhatIsSelected(spec, true) : validateOwnTemplate(spec)),
    () =>
      deadline > (spec.minReadySeconds ?? 0)
        ? undefined
        : invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'),
    () => validateStrategy(rollout, settings.routers ?? []),
  ]);
}

/** A template is long and rarely changes. */
const validateOwnTemplate = rememberByObject((spec: RolloutSpec) => validateWhatIsSelected(spec, false));

function validateNotNegative(value: number | undefined, path: string): SpecError | undefined {
  return (value ?? 0) < 0 ? invalid(path, value, 'must be greater than or equal to 0') : undefined;
}

function validateWhatIsSelected(spec: RolloutSpec, isResolved: boolean): SpecError | undefined {
  const { selector, template, workloadRef } = spec;
  if (workloadRef !== undefined && !isResolved) {
    const isEmpty = [template?.metadata?.labels, template?.metadata?.annotations].every(
      (map) => Object.keys(map ?? {}).length === 0,
    );
    return isEmpty
      ? undefined
      : internal('spec.template', 'template must be empty for workload reference rollout');
  }
  if (selector === undefined) {
    return required('spec.selector', "Rollout has missing field '.spec.selector'");
  }
  return (
    validateSelector(selector, 'spec.selector') ?? validatePodTemplate(template, selector, 'spec.template')
  );
}
