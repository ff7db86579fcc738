import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import { objectAt, textAt } from '#core/json/read.js';
import type { RunningLease } from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import { subjectOf } from '#core/kube/object.js';
import { isReleasing, ownedFields } from '#core/rollout/owned-fields.js';
import type { OwnedField } from '#core/traffic/owned-field.js';
import type { Cache } from '#ports/cache.js';
import { trafficProviders } from '#providers/index.js';

/** The fields that running releases own. An autoscaler owns the replicas of whatever it targets, release or not. */
export function observeLeases(cache: Pick<Cache, 'list'>): readonly OwnedField[] {
  const targets = targetsOf(cache);
  const scaled = targets
    .filter(({ kind }) => kind !== kinds.rollout.kind)
    .map(({ apiVersion, kind, name, namespace, holder }): OwnedField => {
      const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
      return { group, kind, name, namespace, paths: ['/spec/replicas'], holder };
    });
  const released = cache.list<Rollout>(kinds.rollout).flatMap((rollout) => fieldsOf(targets, rollout));
  return [...scaled, ...released];
}

/** What of it belongs to releases that run now. */
export function observeRunning(cache: Pick<Cache, 'list'>): readonly RunningLease[] {
  const targets = targetsOf(cache);
  return cache
    .list<Rollout>(kinds.rollout)
    .filter(isReleasing)
    .flatMap((rollout) => fieldsOf(targets, rollout));
}

function fieldsOf(targets: readonly Target[], rollout: Rollout): readonly RunningLease[] {
  const { name, namespace = '' } = rollout.metadata;
  const isAutoscaled = targets.some(
    (target) => target.kind === 'Rollout' && target.name === name && target.namespace === namespace,
  );
  const fields = ownedFields(rollout, { providers: trafficProviders, isAutoscaled });
  const holder = subjectOf(rollout);
  return [...fields, ...workloadFields(rollout)].map((field) => ({ ...field, holder }));
}

/** A Deployment that a Rollout took its template from is scaled by the Rollout, where that says so. */
function workloadFields({ spec, metadata }: Rollout): readonly OwnedField[] {
  const { workloadRef } = spec;
  if (workloadRef?.kind !== 'Deployment' || workloadRef.name === undefined) return [];
  const { scaleDown = 'never' } = workloadRef;
  if (scaleDown === 'never') return [];
  const { namespace = '' } = metadata;
  return [
    { group: 'apps', kind: 'Deployment', namespace, name: workloadRef.name, paths: ['/spec/replicas'] },
  ];
}

interface Target {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly holder: string;
}

/** What autoscalers scale. */
function targetsOf(cache: Pick<Cache, 'list'>): readonly Target[] {
  return cache.list(kinds.horizontalPodAutoscaler).map((autoscaler) => {
    const target = objectAt(objectAt(autoscaler, 'spec'), 'scaleTargetRef');
    return {
      apiVersion: textAt(target, 'apiVersion') ?? '',
      kind: textAt(target, 'kind') ?? '',
      name: textAt(target, 'name') ?? '',
      namespace: autoscaler.metadata.namespace ?? '',
      holder: subjectOf(autoscaler),
    };
  });
}
