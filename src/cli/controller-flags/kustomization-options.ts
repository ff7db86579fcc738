import type { ControllerProcessOptions } from '../../main.js';
import { durationFlag, numberFlag } from '../flags.js';
import { UsageError } from '../command.js';

/** Flags of Kustomizations, and of whatever waits for another object. */
export interface KustomizationFlags {
  readonly requeueDependency: string;
  readonly concurrent?: string;
  readonly customApplyStageKinds?: string;
  readonly overrideManager?: string;
  readonly featureGates?: string;
  readonly sopsAgeSecret?: string;
  readonly defaultDecryptionServiceAccount?: string;
  readonly defaultKubeconfigServiceAccount?: string;
}

/** Gates that change something here, by the setting that each is. */
const settingsOfGates = {
  StrictPostBuildSubstitutions: 'isStrict',
  AdditiveCELDependencyCheck: 'isReadyExprAdded',
  DisableFailFastBehavior: 'isPatient',
} as const;

/** Gates of the peer whose matter is settled here, whatever they say. */
const settledGates = new Set([
  'CacheSecretsAndConfigMaps',
  'DisableStatusPollerCache',
  'GroupChangeLog',
  'ExternalArtifact',
  'CancelHealthCheckOnNewRevision',
  'DisableConfigWatchers',
  'DirectSourceFetch',
  'MigrateAPIVersion',
]);

/** Controllers that `--concurrent` is about. */
const ofGit = ['git-repository', 'oci-repository', 'bucket', 'kustomization'];

/** What Kustomizations are started with; wrong usage for what cannot be read. */
export function kustomizationOptionsOf(flags: KustomizationFlags): Partial<ControllerProcessOptions> {
  const { sopsAgeSecret, concurrent, customApplyStageKinds, overrideManager } = flags;
  const dependencyMs = durationFlag('--requeue-dependency', flags.requeueDependency);
  return {
    dependencyMs,
    kustomizations: {
      customStageKinds: listOf(customApplyStageKinds),
      overrideManagers: listOf(overrideManager),
      ...given('defaultDecryptionAccount', flags.defaultDecryptionServiceAccount),
      ...given('defaultKubeconfigAccount', flags.defaultKubeconfigServiceAccount),
      ...gatesOf(flags.featureGates),
    },
    ...(sopsAgeSecret === undefined ? {} : { sopsAgeSecret }),
    ...(concurrent === undefined ? {} : { gitWorkers: workersOf(concurrent) }),
  };
}

function given(
  setting: 'defaultDecryptionAccount' | 'defaultKubeconfigAccount',
  name: string | undefined,
): NonNullable<ControllerProcessOptions['kustomizations']> {
  return name === undefined ? {} : { [setting]: name };
}

function workersOf(text: string): Readonly<Record<string, number>> {
  const count = numberFlag('--concurrent', text);
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`--concurrent ${text}: expected a whole number from 1 on`);
  return Object.fromEntries(ofGit.map((name) => [name, count]));
}

function gatesOf(text: string | undefined): NonNullable<ControllerProcessOptions['kustomizations']> {
  return Object.fromEntries(
    listOf(text).flatMap((entry) => {
      const [gate = '', value = ''] = entry.split('=');
      if (value !== 'true' && value !== 'false')
        throw new UsageError(`--feature-gates ${entry}: expected <gate>=true or <gate>=false`);
      if (isSetting(gate)) return [[settingsOfGates[gate], value === 'true']];
      if (settledGates.has(gate) || value === 'false') return [];
      throw new UsageError(`--feature-gates ${entry}: there is no such gate here; leave it out`);
    }),
  );
}

function isSetting(gate: string): gate is keyof typeof settingsOfGates {
  return Object.hasOwn(settingsOfGates, gate);
}

function listOf(text = ''): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
