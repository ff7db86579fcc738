import type { UnknownObject } from '#api/k8s/meta.js';
import { healthOf } from '#core/health/health.js';
import type { Health } from '#core/health/rule.js';
import { isObject } from '#core/json/json.js';
import { compareVersions, subjectOf } from '#core/kube/object.js';
import { earliest, type Instant } from '#core/time/instant.js';
import { isExcluded } from '../../apply/controls.js';
import { inventoryId } from '../../apply/inventory.js';
import { withPodHealth } from './pods-of-workload.js';
import { expressionsFor, healthByExpressions } from './expressions.js';
import type { BuiltRevision, KustomizationRun } from '../model/kustomization-run.js';
import type { KustomizationSnapshot } from '../model/kustomization-snapshot.js';

/** Health of a set: what failed, what is not ready yet, and when time alone may change that. */
export interface SetHealth {
  readonly failed: readonly string[];
  readonly pending: readonly string[];
  readonly until?: Instant;
  /** Those of the pending that no watch shows. */
  readonly unseen: readonly UnknownObject[];
}

/** One object whose health counts. */
interface Target {
  readonly id: string;
  readonly subject: string;
  /** Its name and kind at least. */
  readonly object: UnknownObject;
  /** What the server stored when it was applied. */
  readonly stored?: UnknownObject;
}

/** The health of these objects of the run, by what the watches show or, while they lag, by what was stored. */
export function healthOfApplied(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  objects: readonly UnknownObject[],
): SetHealth {
  const stored = storedObjects(run);
  const targets = objects
    .filter((object) => !isExcluded(object, stored.get(inventoryId(object))) || isOnlyKept(object))
    .map((object) => targetOf(object, stored));
  return healthOfTargets(snapshot, targets);
}

/** The health that the spec asks for; `undefined` when it asks for none. */
export function wantedHealth(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  built: BuiltRevision & { readonly ok: true },
): SetHealth | undefined {
  const { spec, metadata } = snapshot.object;
  if (spec.wait === true && built.isUnchanged === true) return healthOfManaged(snapshot);
  if (spec.wait === true) return healthOfApplied(snapshot, run, built.objects);
  const stored = storedObjects(run);
  const checks = (spec.healthChecks ?? []).filter(
    ({ kind, name, namespace }) =>
      kind !== 'Kustomization' ||
      name !== metadata.name ||
      (namespace ?? metadata.namespace) !== metadata.namespace,
  );
  if (checks.length === 0) return undefined;
  const targets = checks.map(({ apiVersion = 'apps/v1', kind, name, namespace }) =>
    targetOf(
      { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } },
      stored,
    ),
  );
  return healthOfTargets(snapshot, targets);
}

/** The health of what the last run applied. */
function healthOfManaged(snapshot: KustomizationSnapshot): SetHealth {
  const stored = snapshot.memory.run === undefined ? new Map() : storedObjects(snapshot.memory.run);
  const targets = (snapshot.memory.managed ?? []).flatMap(({ kind, namespace, name, payload }) => {
    if (payload === undefined) return [];
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
    return [targetOf({ apiVersion, kind: kind.kind, metadata }, stored)];
  });
  return healthOfTargets(snapshot, targets);
}

/** Every object as stored by this run or found unchanged, by inventory id. */
export function storedObjects(run: KustomizationRun): ReadonlyMap<string, UnknownObject> {
  const stored = new Map<string, UnknownObject>();
  for (const { known = [], inspected = [], earlier = [], applied = [] } of run.stages) {
    for (const { id, live } of [...known, ...inspected]) if (live !== undefined) stored.set(id, live);
    for (const { id, object } of earlier) if (object !== undefined && !stored.has(id)) stored.set(id, object);
    for (const { id, object } of applied) if (object !== undefined) stored.set(id, object);
  }
  for (const { id, live } of run.looked ?? []) {
    if (live === undefined) stored.delete(id);
    else stored.set(id, live);
  }
  return stored;
}

function isOnlyKept(object: UnknownObject): boolean {
  return !isExcluded(object, undefined);
}

function targetOf(object: UnknownObject, stored: ReadonlyMap<string, UnknownObject>): Target {
  const id = inventoryId(object);
  const known = stored.get(id);
  return { id, subject: subjectOf(object), object, ...(known === undefined ? {} : { stored: known }) };
}

function healthOfTargets(snapshot: KustomizationSnapshot, targets: readonly Target[]): SetHealth {
  const { watched } = snapshot;
  const failed: string[] = [];
  const pending: string[] = [];
  const unseen: UnknownObject[] = [];
  let until: Instant | undefined;
  for (const { id, subject, object: named, stored } of targets) {
    const object = newer(watched.get(id)?.object, stored, watched.has(id));
    const health = healthOfTarget(snapshot, id, object);
    const entry = `${subject} status: '${health.status}'${detailOf(health)}`;
    if (health.status === 'Failed') failed.push(entry);
    else if (health.status !== 'Current' && !isExpiredJob(health, stored)) {
      pending.push(entry);
      if (!watched.has(id)) unseen.push(named);
    }
    until = earliest(until, health.until);
  }
  return { failed, pending, unseen, ...(until === undefined ? {} : { until }) };
}

/** By expressions of the spec, else by the rules of its kind and, where pods tell more, by its pods. */
function healthOfTarget(
  { now, object: { spec }, pods }: KustomizationSnapshot,
  id: string,
  object: UnknownObject | undefined,
): Health {
  if (object === undefined) return healthOf(object, { now });
  const expressions = expressionsFor(object, spec);
  if (expressions !== undefined) return healthByExpressions(object, expressions);
  return withPodHealth(healthOf(object, { now }), object, pods?.get(id) ?? [], now);
}

function newer(
  seen: UnknownObject | undefined,
  stored: UnknownObject | undefined,
  isWatched: boolean,
): UnknownObject | undefined {
  if (seen === undefined) return isWatched ? undefined : stored;
  if (stored === undefined || stored.metadata.uid !== seen.metadata.uid) return seen;
  return compareVersions(seen.metadata.resourceVersion, stored.metadata.resourceVersion) < 0 ? stored : seen;
}

/** A Job that cleans itself up counts as current when it is gone. */
function isExpiredJob({ status }: Health, stored: UnknownObject | undefined): boolean {
  if (status !== 'NotFound' || stored?.kind !== 'Job' || !isObject(stored['spec'])) return false;
  return stored['spec']['ttlSecondsAfterFinished'] !== undefined;
}

function detailOf({ message }: Health): string {
  return message === '' ? '' : `: ${message}`;
}
