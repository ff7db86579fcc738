import type { InventoryEntry } from '#api/flux/kustomization.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { isEqual, isObject } from '#core/json/json.js';
import { subjectOf } from '#core/kube/object.js';
import type { OwnedField } from '#core/traffic/owned-field.js';
import { isExcluded } from './controls.js';
import { inventoryId, inventoryOf, staleEntries, subjectOfEntry } from './inventory.js';
import { contentOf } from './fingerprints.js';
import { isAppliedByOthers } from './ignore.js';
import { pathsNotCounted, withLeasedValues, withoutLeasedValues } from './lease.js';
import { isKubeObject } from '../build/manifests.js';
import { compareForDelete, stagesOf } from './stages.js';

type ChangeAction = 'created' | 'configured' | 'unchanged' | 'deleted' | 'skipped' | 'unknown';

/** What an apply does, or did, to one object. */
export interface Change {
  /** Inventory id. */
  readonly id: string;
  /** `Kind/namespace/name` */
  readonly subject: string;
  readonly action: ChangeAction;
  /** Who made it necessary, when it puts back what somebody changed. */
  readonly drift?: string;
}

/** What is sent for one object, or that it is left alone. */
export interface PlannedPayload {
  readonly id: string;
  readonly isSkipped: boolean;
  /** The manifest, with live values where a release owns the field. */
  readonly payload: UnknownObject;
}

export interface PlanInput {
  readonly objects: readonly UnknownObject[];
  /** The objects as they are, by inventory id; absent ones do not exist. */
  readonly live: ReadonlyMap<string, UnknownObject>;
  /** What the server would store, by inventory id, when it was asked. Without it a change is found by comparing fields. */
  readonly merged?: ReadonlyMap<string, UnknownObject>;
  readonly inventory: readonly InventoryEntry[];
  readonly leases: readonly OwnedField[];
  readonly prune: boolean;
}

/** The whole change set in the order of the apply, deletions last: what `diff` prints. */
export function planApply(input: PlanInput): readonly Change[] {
  const applied = stagesOf(input.objects).flatMap(({ objects }) =>
    objects.map((object) => {
      const id = inventoryId(object);
      const live = input.live.get(id);
      const planned = planPayload(object, live, input.leases);
      return changeOf(planned, live, input.merged?.get(id));
    }),
  );
  const stale = input.prune ? staleEntries(input.inventory, inventoryOf(input.objects)) : [];
  const deleted = [...stale].sort(compareForDelete).map((entry): Change => {
    return { id: entry.id, subject: subjectOfEntry(entry), action: 'deleted' };
  });
  return [...applied, ...deleted];
}

/**
 * What to send for one object. Where live values were put in, the live version is named too, so that a value which
 * changed since is a conflict and not set back.
 * @param ignored - paths that the spec leaves to others, like leased ones.
 */
export function planPayload(
  desired: UnknownObject,
  live: UnknownObject | undefined,
  leases: readonly OwnedField[],
  ignored: readonly string[] = [],
): PlannedPayload {
  const id = inventoryId(desired);
  if (isExcluded(desired, live)) return { id, isSkipped: true, payload: desired };
  const paths = live === undefined ? [] : [...pathsNotCounted(desired, leases), ...ignored];
  if (live === undefined || paths.length === 0) return { id, isSkipped: false, payload: desired };
  const leased = withLeasedValues(withoutForeign(desired, live, ignored), live, paths);
  if (isEqual(leased, desired)) return { id, isSkipped: false, payload: desired };
  const { resourceVersion } = live.metadata;
  const metadata = resourceVersion === undefined ? leased.metadata : { ...leased.metadata, resourceVersion };
  return { id, isSkipped: false, payload: { ...leased, metadata } };
}

/** The manifest without the ignored fields that somebody else applies. */
function withoutForeign(
  desired: UnknownObject,
  live: UnknownObject,
  ignored: readonly string[],
): UnknownObject {
  const applied = ignored.filter((path) => isAppliedByOthers(live, path));
  const rest = applied.length === 0 ? desired : withoutLeasedValues(desired, applied);
  return isKubeObject(rest) ? rest : desired;
}

/** What applying a payload changes. @param merged - what the server would store, from a dry run. */
export function changeOf(
  { id, isSkipped, payload }: PlannedPayload,
  live: UnknownObject | undefined,
  merged: UnknownObject | undefined,
): Change {
  const subject = subjectOf(payload);
  if (isSkipped) return { id, subject, action: 'skipped' };
  if (live === undefined) return { id, subject, action: 'created' };
  const isSame = merged === undefined ? isContained(payload, live) : isSameContent(live, merged);
  return { id, subject, action: isSame ? 'unchanged' : 'configured' };
}

/** Whether two states of an object differ in nothing but status and bookkeeping. */
export function isSameContent(live: KubeObject, merged: KubeObject): boolean {
  return isEqual(contentOf(live), contentOf(merged));
}

/** Whether everything that the manifest says is so already; the cluster may say more. */
function isContained(wanted: unknown, live: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(live) &&
      wanted.length === live.length &&
      wanted.every((item, i) => isContained(item, live[i]))
    );
  }
  if (typeof wanted !== 'object' || wanted === null) return isEqual(wanted, live);
  const there = isObject(live) ? live : {};
  return Object.entries(wanted).every(
    ([key, value]) => key === 'resourceVersion' || isContained(value, there[key]),
  );
}
