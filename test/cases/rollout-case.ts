import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout, RolloutStatus } from '#api/argoproj/rollout.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { observeRollout } from '#controllers/rollout/observe.js';
import { controllerOf, groupOf } from '#core/kube/object.js';
import { hasLabels } from '#core/kube/selector.js';
import { decideRollout, type RolloutDecision } from '#core/rollout/decide.js';
import { podTemplateHash, stepsHash } from '#core/template-hash/template-hash.js';
import { formatInstant, instantOf } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import { trafficProviders } from '#providers/index.js';
import { shopObjects, templateOf, type ShopOptions } from '../stories/shop.js';

/** A golden case in short words; images stand for the revisions, and `<web:2>` for the hash of an image's template. */
export interface RolloutCase {
  readonly name: string;
  readonly now: string;
  readonly given: ShopOptions & {
    /** By image. `deadline` is the scale-down deadline. */
    readonly replicaSets?: Readonly<Record<string, GivenSet>>;
    /** By Service: the image it selects and the ready endpoints behind it by image. Absent: not adopted. */
    readonly services?: Readonly<Record<string, { readonly selects: string; readonly ready?: Readonly<Record<string, number>> }>>;
    /** Canary weight that the route says. */
    readonly weight?: number;
    readonly status?: Readonly<Record<string, unknown>>;
    readonly runs?: readonly { readonly name: string; readonly type: string; readonly phase?: string; readonly step?: number }[];
    readonly without?: readonly string[];
  };
  readonly expect?: unknown;
}

interface GivenSet {
  readonly replicas: number;
  readonly available?: number;
  readonly revision: number;
  readonly deadline?: string;
}

/** What a case has to say about a decision, with images instead of hashes. */
export function runCase(given: RolloutCase): unknown {
  const text = JSON.stringify(given.given);
  const images = [...new Set([given.given.image ?? 'web:1', ...Object.keys(given.given.replicaSets ?? {})])];
  const hashes = new Map(images.map((image) => [image, podTemplateHash(templateOf(image))]));
  const filled: RolloutCase['given'] = JSON.parse(fill(text, hashes, given.given));
  const objects = objectsOf(filled, hashes);
  const rollout = objects.find((object) => object.kind === 'Rollout') as unknown as Rollout;
  const now = instantOf(Date.parse(given.now));
  const snapshot = observeRollout(cacheOf(objects), rollout, now, {
    providers: trafficProviders,
    propagationMs: {},
    endpointPropagationMs: 1000,
  });
  const said = describe(decideRollout(snapshot), rollout.status ?? {});
  return JSON.parse(blank(JSON.stringify(said), hashes, given.given));
}

function stepsOf(given: RolloutCase['given']): string {
  const strategy = given.strategy as { canary?: { steps?: Parameters<typeof stepsHash>[0] } };
  return stepsHash(strategy.canary?.steps);
}

function fill(text: string, hashes: ReadonlyMap<string, string>, given: RolloutCase['given']): string {
  const withSteps = text.replaceAll('<steps>', stepsOf(given));
  return [...hashes].reduce((all, [image, hash]) => all.replaceAll(`<${image}>`, hash), withSteps);
}

function blank(text: string, hashes: ReadonlyMap<string, string>, given: RolloutCase['given']): string {
  const withoutHashes = [...hashes].reduce((all, [image, hash]) => all.replaceAll(hash, `<${image}>`), text);
  return withoutHashes.replaceAll(stepsOf(given), '<steps>');
}

/** Only what changes of the status is shown; the rest stays as it was given. */
function describe(decision: RolloutDecision, before: RolloutStatus): object {
  const fields = new Set([...Object.keys(before), ...Object.keys(decision.status)]);
  const changed: Record<string, unknown> = {};
  // Told by test/stories/why.test.ts: it follows from the rest.
  fields.delete('why');
  for (const field of fields) {
    const from = (before as Record<string, unknown>)[field];
    const to = (decision.status as Record<string, unknown>)[field];
    if (JSON.stringify(from) !== JSON.stringify(to)) changed[field] = to ?? 'gone';
  }
  const ours = ['Ready', 'Reconciling', 'Stalled'];
  const conditions = (decision.status.conditions ?? []).filter(({ type }) => !ours.includes(type));
  if ('conditions' in changed) {
    changed['conditions'] = conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
  }
  return {
    because: decision.because,
    actions: decision.actions.map(shorten),
    status: changed,
    events: decision.events.map(({ type, reason, message }) => `${type} ${reason}: ${message}`),
    waitingFor: decision.waitingFor.map(({ what, unblockedBy }) => `${what} (${unblockedBy})`),
    requeueAt: decision.requeueAt === undefined ? 'never' : formatInstant(decision.requeueAt),
  };
}

function shorten(action: RolloutDecision['actions'][number]): unknown {
  const { target, ...rest } = 'target' in action ? action : { ...action, target: undefined };
  const short = target === undefined ? rest : { ...rest, name: target.name };
  if (short.kind !== 'setTraffic') return short;
  const changes = short.changes.map(({ change, object }) => ({
    change,
    object: `${object.kind}/${object.metadata.name}`,
    spec: (object as UnknownObject)['spec'],
  }));
  return { ...short, changes };
}

function objectsOf(given: RolloutCase['given'], hashes: ReadonlyMap<string, string>): readonly UnknownObject[] {
  const plain = shopObjects(given).map((object, i) => stamped(object, i)) as unknown as UnknownObject[];
  const adopted = plain
    .filter((object) => !(given.without ?? []).includes(`${object.kind}/${object.metadata.name}`))
    .map((object) => completed(object, given, hashes));
  return [
    ...adopted,
    ...Object.entries(given.replicaSets ?? {}).map(([image, set]) => replicaSet(image, hashes.get(image) ?? '', set)),
    ...Object.entries(given.services ?? {}).flatMap(([name, { ready }]) => endpoints(name, ready ?? {}, hashes)),
    ...(given.runs ?? []).map(runOf),
  ] as unknown as UnknownObject[];
}

function stamped(object: KubeObject, i: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, uid: `uid-${i}`, resourceVersion: String(100 + i), generation: 1 } };
}

function completed(object: UnknownObject, given: RolloutCase['given'], hashes: ReadonlyMap<string, string>): UnknownObject {
  const { metadata } = object;
  if (object.kind === 'Rollout') {
    const revision = Math.max(1, ...Object.values(given.replicaSets ?? {}).map((set) => set.revision));
    const annotations = { 'rollout.argoproj.io/revision': String(revision) };
    return { ...object, metadata: { ...metadata, annotations }, status: given.status ?? {} };
  }
  const service = object.kind === 'Service' ? given.services?.[metadata.name] : undefined;
  if (service !== undefined) {
    return {
      ...object,
      metadata: { ...metadata, annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' } },
      spec: {
        ...(object['spec'] as object),
        selector: { app: 'web', 'rollouts-pod-template-hash': hashes.get(service.selects) ?? '' },
      },
    };
  }
  if (object.kind !== 'VirtualService' || given.weight === undefined) return object;
  const route = [
    { destination: { host: 'web' }, weight: 100 - given.weight },
    { destination: { host: 'web-canary' }, weight: given.weight },
  ];
  return { ...object, spec: { hosts: ['web'], http: [{ name: 'primary', route }] } };
}

const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'uid-0', controller: true };

function replicaSet(image: string, hash: string, set: GivenSet): object {
  const labels = { app: 'web', 'rollouts-pod-template-hash': hash };
  const available = set.available ?? set.replicas;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `web-${hash}`,
      namespace: 'shop',
      uid: `rs-${image}`,
      resourceVersion: '200',
      generation: 1,
      creationTimestamp: `2026-01-01T00:0${set.revision}:00Z`,
      labels,
      annotations: {
        'rollout.argoproj.io/revision': String(set.revision),
        'rollout.argoproj.io/desired-replicas': '4',
        ...(set.deadline === undefined ? {} : { 'scale-down-deadline': set.deadline }),
      },
      ownerReferences: [owner],
    },
    spec: { replicas: set.replicas, selector: { matchLabels: labels }, template: { ...templateOf(image), metadata: { labels } } },
    status: { replicas: set.replicas, readyReplicas: available, availableReplicas: available, observedGeneration: 1 },
  };
}

function endpoints(service: string, ready: Readonly<Record<string, number>>, hashes: ReadonlyMap<string, string>): readonly object[] {
  const pods = Object.entries(ready).flatMap(([image, count]) =>
    Array.from({ length: count }, (_, i) => ({ name: `${service}-${image}-${i}`.replace(':', '-'), hash: hashes.get(image) ?? '' })),
  );
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-x`, namespace: 'shop', labels: { 'kubernetes.io/service-name': service } },
    endpoints: pods.map(({ name }, i) => ({ addresses: [`10.0.0.${i}`], conditions: { ready: true }, targetRef: { kind: 'Pod', name } })),
  };
  const objects = pods.map(({ name, hash }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels: { 'rollouts-pod-template-hash': hash } },
  }));
  return [slice, ...objects];
}

function runOf(run: NonNullable<RolloutCase['given']['runs']>[number]): AnalysisRun {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name: run.name,
      namespace: 'shop',
      uid: run.name,
      resourceVersion: '300',
      ownerReferences: [owner],
      labels: { 'rollout-type': run.type, ...(run.step === undefined ? {} : { 'step-index': String(run.step) }) },
    },
    spec: { metrics: [] },
    ...(run.phase === undefined ? {} : { status: { phase: run.phase as 'Failed', message: 'metric "success" assessed' } }),
  };
}

function cacheOf(objects: readonly UnknownObject[]): Cache {
  const of = (kind: { readonly group: string; readonly kind: string }) =>
    objects.filter((object) => object.kind === kind.kind && groupOf(object.apiVersion) === kind.group);
  return {
    get: (kind, namespace, name) =>
      of(kind).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace) as never,
    list: (kind, query = {}) =>
      of(kind).filter(
        (object) =>
          (query.namespace === undefined || object.metadata.namespace === query.namespace) &&
          (query.ownerUid === undefined || controllerOf(object)?.uid === query.ownerUid) &&
          (query.isOwnerless === undefined || controllerOf(object) === undefined) &&
          (query.namePrefix === undefined || object.metadata.name.startsWith(query.namePrefix)) &&
          hasLabels(object.metadata.labels, query.labels),
      ) as never,
  };
}
