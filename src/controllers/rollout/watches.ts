import type { Rollout } from '#api/argoproj/rollout.js';
import { labels } from '#api/argoproj/words.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { isOrder } from '#core/rollout/order-change.js';
import { slimPod } from '#core/rollout/why/pod-trouble.js';
import type { TrafficProvider } from '#providers/contract.js';
import type { Watch } from '#runtime/controller/definition.js';
import type { PluginConfiguration } from '../plugin/configuration.js';
import {
  endpointSliceKeys,
  ownerKeys,
  ownKey,
  podKeys,
  routeKeys,
  serviceKeys,
  templateKeys,
} from './keys.js';
import { pluginStepKeys } from './step-plugins.js';
import { markedWorkloads } from './workloads.js';

/** All that is read of a cluster for Rollouts: what they own, what they name, and the routes of these providers. */
export function watchesOf(
  providers: readonly TrafficProvider[],
  plugins: PluginConfiguration | undefined,
): readonly Watch[] {
  return [
    ...ownWatches,
    ...[...judgedWatches, ...providerWatches(providers)].map((watch) => ({ ...watch, isJudgedByPass: true })),
    ...pluginWatches(plugins),
  ];
}

/** The watch holds Rollouts as its kind says. */
const isOrderOfPerson = (before: UnknownObject, after: UnknownObject) =>
  isOrder(before as unknown as Rollout, after as unknown as Rollout);

/** Healthy, and the newest spec is taken in. */
const isSettled = (object: UnknownObject) => {
  const { metadata, status } = object as unknown as Rollout;
  return status?.phase === 'Healthy' && status.observedGeneration === String(metadata.generation);
};

const ownWatches: readonly Watch[] = [
  { kind: kinds.rollout, keysOf: ownKey, isUrgent: isOrderOfPerson, isAtRest: isSettled },
  { kind: kinds.replicaSet, labelSelector: labels.podTemplateHash, keysOf: ownerKeys },
  {
    kind: kinds.pod,
    labelSelector: labels.podTemplateHash,
    project: slimPod,
    keysOf: podKeys,
  },
];

/** Not every Rollout needs these: `requireRights` says which does. */
const judgedWatches: readonly Watch[] = [
  { kind: kinds.service, keysOf: serviceKeys },
  { kind: kinds.endpointSlice, keysOf: endpointSliceKeys },
  { kind: kinds.analysisRun, keysOf: ownerKeys },
  { kind: kinds.experiment, keysOf: ownerKeys },
  { kind: kinds.analysisTemplate, keysOf: templateKeys },
  { kind: kinds.clusterAnalysisTemplate, keysOf: templateKeys },
  markedWorkloads,
];

function pluginWatches(plugins: PluginConfiguration | undefined): readonly Watch[] {
  return plugins === undefined ? [] : [{ kind: kinds.configMap, only: plugins.only, keysOf: pluginStepKeys }];
}

/** One watch a kind, however many providers read it. */
function providerWatches(providers: readonly TrafficProvider[]): readonly Watch[] {
  const watched = new Map<string, { readonly kind: Kind; readonly optional: boolean }>();
  for (const { kind, optional } of providers.flatMap((provider) => provider.watches)) {
    watched.set(`${kind.group}/${kind.kind}`, { kind, optional });
  }
  return [...watched.values()].map(({ kind, optional }) => ({
    kind,
    ...(optional ? { optional } : {}),
    keysOf: routeKeys(kind, providers),
  }));
}
