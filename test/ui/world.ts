import type { UnknownObject, KubeObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { applyMergePatch, deepFreeze, isObject } from '#core/json/json.js';
import { ownerUidOf } from '#core/kube/object.js';
import { addMs, instantOf, type Instant } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import type { Changes, ChangeType } from '#ports/changes.js';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';

/** Objects in memory behind the real ports: what the page's server needs of a cluster. */
export interface World {
  readonly cache: Cache;
  readonly changes: Changes;
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  readonly warnings: string[];
  put(kind: Kind, object: KubeObject): void;
  remove(kind: Kind, namespace: string, name: string): void;
  get(kind: Kind, namespace: string, name: string): UnknownObject | undefined;
}

/** A world whose clock starts at a fixed moment and runs as real time does. */
export function createWorld(start: Instant): World {
  const objects = new Map<Kind, Map<string, UnknownObject>>();
  const listeners = new Map<Kind, Set<(object: UnknownObject, type: ChangeType) => void>>();
  const warnings: string[] = [];
  let version = 100;
  const began = performance.now();
  const of = (kind: Kind): Map<string, UnknownObject> => {
    const known = objects.get(kind);
    if (known !== undefined) return known;
    const fresh = new Map<string, UnknownObject>();
    objects.set(kind, fresh);
    return fresh;
  };
  const tell = (kind: Kind, object: UnknownObject, type: ChangeType): void => {
    for (const listener of listeners.get(kind) ?? []) listener(object, type);
  };
  const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;
  const put = (kind: Kind, object: KubeObject): UnknownObject => {
    version += 1;
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const metadata = {
      ...object.metadata,
      uid: object.metadata.uid ?? `uid-${kind.plural}-${key}`,
      resourceVersion: String(version),
    };
    const stored: UnknownObject = deepFreeze({ ...object, metadata });
    const type = of(kind).has(key) ? 'MODIFIED' : 'ADDED';
    of(kind).set(key, stored);
    tell(kind, stored, type);
    return stored;
  };
  const cache: Cache = {
    get: (kind, namespace, name) => of(kind).get(keyOf(namespace, name)) as never,
    list: (kind, query) =>
      [...of(kind).values()]
        .filter((object) => query?.namespace === undefined || object.metadata.namespace === query.namespace)
        .filter(
          (object) =>
            query?.ownerUid === undefined ||
            ownerUidOf(object) === query.ownerUid ||
            object.metadata.ownerReferences?.some(
              (owner) => owner.controller === true && owner.uid === query.ownerUid,
            ),
        )
        .toSorted((a, b) =>
          keyOf(a.metadata.namespace, a.metadata.name).localeCompare(
            keyOf(b.metadata.namespace, b.metadata.name),
          ),
        ) as never,
  };
  const changes: Changes = {
    subscribe: (kind, callback) => {
      const set = listeners.get(kind) ?? new Set();
      listeners.set(kind, set.add(callback));
      return () => set.delete(callback);
    },
  };
  const kube = {
    get: (key: { kind: Kind; namespace?: string; name: string }) =>
      Promise.resolve(of(key.kind).get(keyOf(key.namespace, key.name))),
    list: (kind: Kind, options?: { namespace?: string }) =>
      Promise.resolve({ items: cache.list(kind, options ?? {}), resourceVersion: String(version) }),
    create: (kind: Kind, object: KubeObject) =>
      Promise.resolve(put(kind, { ...object, ...reviews(kind, object) })),
    patch: (
      key: { kind: Kind; namespace?: string; name: string },
      patch: { type: string; body: unknown },
    ) => {
      const before = of(key.kind).get(keyOf(key.namespace, key.name));
      if (before === undefined) return Promise.reject(new AppError('KubeNotFound', `${key.name} is gone`));
      const wanted = isObject(patch.body) && isObject(patch.body['metadata']) ? patch.body['metadata'] : {};
      if (
        wanted['resourceVersion'] !== undefined &&
        wanted['resourceVersion'] !== before.metadata.resourceVersion
      )
        return Promise.reject(new AppError('KubeConflict', `${key.name} has moved on`));
      return Promise.resolve(put(key.kind, applyMergePatch(before, patch.body) as KubeObject));
    },
    resolve: () => Promise.resolve(undefined),
  } as unknown as Kube;
  const clock: Clock = {
    now: () => addMs(start, performance.now() - began),
    schedule: (at, callback) => {
      const timer = setTimeout(callback, Math.max(0, at - clock.now()));
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
  const quiet = (): void => undefined;
  const warn = (message: string, fields?: unknown): void =>
    void warnings.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: quiet, info: quiet, warn, error: warn, with: () => log };
  return {
    cache,
    changes,
    kube,
    clock,
    log,
    warnings,
    put: (kind, object) => void put(kind, object),
    remove: (kind, namespace, name) => {
      const gone = of(kind).get(keyOf(namespace, name));
      of(kind).delete(keyOf(namespace, name));
      if (gone !== undefined) tell(kind, gone, 'DELETED');
    },
    get: (kind, namespace, name) => of(kind).get(keyOf(namespace, name)),
  };
}

/** Answers of the review kinds: the token `good` is ann, who may do all but undo and suspend in `shop`, and see nothing else. */
function reviews(kind: Kind, object: KubeObject): Record<string, unknown> {
  const spec = (object as UnknownObject)['spec'];
  if (!isObject(spec)) return {};
  if (kind === kinds.tokenReview)
    return spec['token'] === 'good'
      ? { status: { authenticated: true, user: { username: 'ann', groups: ['pay'] } } }
      : { status: { authenticated: false } };
  if (kind !== kinds.subjectAccessReview || !isObject(spec['resourceAttributes'])) return {};
  const { namespace, verb } = spec['resourceAttributes'];
  return {
    status: { allowed: namespace === 'shop' && !['patch', 'undo', 'suspend'].includes(String(verb)) },
  };
}

/** The fixed moment of every picture. */
export const start = instantOf(Date.parse('2026-03-04T05:26:00Z'));
