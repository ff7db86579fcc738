import { rolloutDefaults } from '#api/argoproj/rollout-defaults.js';
import type { AntiAffinity, BlueGreenStrategy, Rollout, RolloutStrategy } from '#api/argoproj/rollout.js';
import { validateCanary } from './canary.js';
import { invalid, firstError, required, type SpecError } from './field-error.js';
import type { KnownRouter } from './router-facts.js';

const path = 'spec.strategy';

/** Rules of the strategy: exactly one, and its own. */
export function validateStrategy(rollout: Rollout, routers: readonly KnownRouter[]): SpecError | undefined {
  const { blueGreen, canary }: RolloutStrategy = rollout.spec.strategy ?? {};
  if (blueGreen !== undefined && canary !== undefined) {
    return invalid(
      `${path}.strategy`,
      'blueGreen: true canary: true',
      'Multiple Strategies can not be listed',
    );
  }
  if (blueGreen !== undefined) {
    return firstError([
      () =>
        validateBlueGreen(
          blueGreen,
          rollout.spec.revisionHistoryLimit ?? rolloutDefaults.revisionHistoryLimit,
        ),
      () => validateAntiAffinity(blueGreen.antiAffinity),
    ]);
  }
  if (canary !== undefined) {
    return firstError([
      () => validateCanary(canary, rollout.metadata, routers),
      () => validateAntiAffinity(canary.antiAffinity),
    ]);
  }
  return required(
    `${path}.strategy`,
    "Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'",
  );
}

function validateBlueGreen(strategy: BlueGreenStrategy, revisionHistoryLimit: number): SpecError | undefined {
  const { activeService, previewService = '', scaleDownDelayRevisionLimit: limit } = strategy;
  if (activeService === previewService) {
    return invalid(
      `${path}.activeService`,
      activeService,
      'This rollout uses the same service for the active and preview services, but two different services are required.',
    );
  }
  return limit === undefined || revisionHistoryLimit >= limit
    ? undefined
    : invalid(
        `${path}.scaleDownDelayRevisionLimit`,
        limit,
        "This rollout's revision history limit can not be smaller than the rollout's scale down limit",
      );
}

function validateAntiAffinity(antiAffinity: AntiAffinity | undefined): SpecError | undefined {
  if (antiAffinity === undefined) return undefined;
  const preferred = antiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
  const isRequired = antiAffinity.requiredDuringSchedulingIgnoredDuringExecution !== undefined;
  if ((preferred !== undefined) === isRequired) {
    const value =
      `antiAffinity.PreferredDuringSchedulingIgnoredDuringExecution: ${preferred !== undefined} ` +
      `antiAffinity.RequiredDuringSchedulingIgnoredDuringExecution: ${isRequired}`;
    return invalid(`${path}.antiAffinity`, value, 'AntiAffinity must have exactly one strategy listed');
  }
  const weight = preferred?.weight ?? 1;
  return weight >= 1 && weight <= 100
    ? undefined
    : invalid(`${path}.antiAffinity.weight`, weight, 'AntiAffinity weight must be between 1-100');
}
