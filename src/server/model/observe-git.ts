import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxKeys } from '#api/flux/words.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { type Kind, kinds } from '#api/kinds.js';
import { parseInventoryEntry } from '#core/gitops/apply/inventory.js';
import { objectAt, textAt } from '#core/json/read.js';
import type { Instant } from '#core/time/instant.js';
import { gitKinds } from '#core/view/git/git-detail.js';
import type { GitInput, GitObject, ManagedObject } from '#core/view/git/git-input.js';
import { refOf, sourceRefOf } from '#core/view/git/git-row.js';
import type { KubeEvent } from '#core/view/view-input.js';
import type { GitRef } from '#core/view/wire/git.js';
import type { Cache } from '#ports/cache.js';
import type { LiveObjects } from './live-objects.js';
import type { RolloutKey } from './observe.js';

/** The kind of a reference; `undefined` when it is none of the view. */
export function gitKindOf({ kind }: Pick<GitRef, 'kind'>): Kind | undefined {
  return gitKinds.find((one) => one.kind === kind);
}

/** `Kind/namespace/name`, the key of maps. */
export function refText({ kind, namespace, name }: GitRef): string {
  return `${kind}/${namespace}/${name}`;
}

/** One source or Kustomization as the cache holds it. */
export function findGit(cache: Cache, ref: GitRef): GitObject | undefined {
  const kind = gitKindOf(ref);
  return kind === undefined ? undefined : cache.get<GitObject>(kind, ref.namespace, ref.name);
}

/** Every source and Kustomization. */
export function listGit(cache: Cache): readonly GitRef[] {
  return gitKinds.flatMap((kind) => cache.list<GitObject>(kind).map(refOf));
}

/** The Kustomizations that apply a source or need another one. */
export function usersOf(cache: Cache, ref: GitRef): readonly GitRef[] {
  return cache
    .list<Kustomization>(kinds.kustomization)
    .filter(({ spec, metadata }) => {
      const own = metadata.namespace ?? '';
      if (ref.kind !== kinds.kustomization.kind) {
        const { kind, name, namespace = own } = spec.sourceRef;
        return kind === ref.kind && name === ref.name && namespace === ref.namespace;
      }
      return (spec.dependsOn ?? []).some(
        ({ name, namespace = own }) => name === ref.name && namespace === ref.namespace,
      );
    })
    .map(refOf);
}

/** Everything about one of them that watches hold; `undefined` when there is none. */
export function observeGit(
  cache: Cache,
  live: LiveObjects | undefined,
  ref: GitRef,
  now: Instant,
): GitInput | undefined {
  const object = findGit(cache, ref);
  if (object === undefined) return undefined;
  const source = sourceRefOf(object);
  return {
    object,
    source: source === undefined ? undefined : findGit(cache, source),
    managed: managedOf(cache, live, object),
    events: eventsOf(cache, object),
    now,
  };
}

/** What was told of an object, as far as events of it are watched. */
export function eventsOf(cache: Cache, { metadata }: KubeObject): readonly KubeEvent[] {
  const { namespace, uid } = metadata;
  if (namespace === undefined || uid === undefined) return [];
  return cache.list<KubeEvent>(kinds.event, { namespace, ownerUid: uid });
}

function managedOf(
  cache: Cache,
  live: LiveObjects | undefined,
  { spec, status }: GitObject,
): readonly ManagedObject[] {
  return (status?.inventory?.entries ?? []).flatMap((entry): readonly ManagedObject[] => {
    const ref = parseInventoryEntry(entry);
    if (ref === undefined) return [];
    if (spec?.kubeConfig !== undefined) return [{ ref, object: null }];
    const isRollout = ref.group === kinds.rollout.group && ref.kind === kinds.rollout.kind;
    const object = isRollout ? cache.get(kinds.rollout, ref.namespace, ref.name) : live?.get(ref);
    return [{ ref, object: isRollout || live !== undefined ? object : null }];
  });
}

/** The Rollouts of an inventory. */
export function rolloutKeysOf({ managed }: GitInput): readonly RolloutKey[] {
  return managed.flatMap(({ ref, object }) =>
    ref.group === kinds.rollout.group && ref.kind === kinds.rollout.kind && object
      ? [{ namespace: ref.namespace ?? '', name: ref.name }]
      : [],
  );
}

/** The Kustomization that manages an object, by its labels. */
export function managerOf({ metadata }: KubeObject): GitRef | undefined {
  const name = metadata.labels?.[fluxKeys.kustomizationName];
  const namespace = metadata.labels?.[fluxKeys.kustomizationNamespace];
  if (name === undefined || namespace === undefined) return undefined;
  return { kind: kinds.kustomization.kind, namespace, name };
}

/** What an Event is about, when that is a source or a Kustomization. */
export function involvedOf(event: UnknownObject): GitRef | undefined {
  const about = objectAt(event, 'involvedObject');
  const [kind = '', namespace = '', name = ''] = ['kind', 'namespace', 'name'].map((key) =>
    textAt(about, key),
  );
  const ref = { kind, namespace, name };
  return gitKindOf(ref) === undefined ? undefined : ref;
}
