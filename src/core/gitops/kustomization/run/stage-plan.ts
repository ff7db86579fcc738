import type { UnknownObject } from '#api/k8s/meta.js';
import { fluxFieldManager } from '#api/flux/words.js';
import { isForced } from '../../apply/controls.js';
import { driftWords } from '../../apply/drift.js';
import { takenManagers, takeOver, type PatchOperation } from '../../apply/field-managers.js';
import { ignoredPaths } from '../../apply/ignore.js';
import { contentOf } from '../../apply/fingerprints.js';
import { leasesOf, withoutLeasedValues } from '../../apply/lease.js';
import { isEqual } from '#core/json/json.js';
import { inventoryId } from '../../apply/inventory.js';
import { changeOf, isSameContent, planPayload, type Change, type PlannedPayload } from '../../apply/plan.js';
import { keepsOwnValues } from '../model/known-objects.js';
import type { KustomizationRun, MergedObject, StageRun } from '../model/kustomization-run.js';
import type { KustomizationSnapshot, Payload } from '../model/kustomization-snapshot.js';

/** One object of a stage: what is there and what is sent. */
export interface PlannedObject {
  readonly plan: PlannedPayload;
  readonly live?: UnknownObject;
  /** Absent when no API serves the kind. */
  readonly payload?: Payload;
  /** It is as it should be: the server is not asked. */
  readonly isSettled: boolean;
  /** It is sent whatever the server says: it is new, or not what was sent last. */
  readonly isNews: boolean;
  /** Fields that were leased until a release ended. */
  readonly returned: readonly string[];
}

/** The objects of a stage with what is known and was seen of them. */
export function planStage(
  snapshot: KustomizationSnapshot,
  objects: readonly UnknownObject[],
  { known = [], inspected = [] }: StageRun,
): readonly PlannedObject[] {
  const knownById = new Map(known.map((each) => [each.id, each]));
  const seenById = new Map(inspected.map((each) => [each.id, each]));
  const { leases, object: self, settings } = snapshot;
  return objects.map((object) => {
    const id = inventoryId(object);
    const sure = knownById.get(id);
    const { live, kind } = sure ?? seenById.get(id) ?? {};
    const plan = planPayload(object, live, leases, ignoredPaths(object, self.spec.ignore));
    const taken = live === undefined ? [] : takeOver(live, object, settings.overrideManagers);
    const isKept =
      live !== undefined &&
      sure === undefined &&
      taken.length === 0 &&
      keepsOwnValues(snapshot, object, live);
    const mayRecreate = isForced(object, self.spec.force === true);
    return {
      plan,
      ...(live === undefined ? {} : { live }),
      ...(kind === undefined ? {} : { payload: payloadOf(plan, kind, mayRecreate, taken) }),
      isSettled: plan.isSkipped || sure?.isSettled === true || isKept,
      isNews: live === undefined || sure !== undefined,
      returned: leasesOf(object, leases).flatMap(({ returning = [], isAtRest }) =>
        isAtRest === true ? returning : [],
      ),
    };
  });
}

function payloadOf(
  { id, payload }: PlannedPayload,
  kind: Payload['kind'],
  mayRecreate: boolean,
  taken: readonly PatchOperation[],
): Payload {
  return { id, kind, body: payload, isRecreated: false, mayRecreate, takeOver: taken };
}

/**
 * What the server is asked about before anything is applied, so that one refusal leaves the whole stage undone. The first
 * that is applied answers for itself, unless it may turn out to need nothing.
 */
export function payloadsToAsk(planned: readonly PlannedObject[]): readonly Payload[] {
  const open = planned.filter(({ isSettled }) => !isSettled);
  const asked = open.every(({ isNews }) => isNews) ? open.slice(1) : open;
  return asked.flatMap(({ payload }) => (payload === undefined ? [] : [payload]));
}

/** What happens to each object, as far as that is known before it is applied. */
export function changesOf(
  planned: readonly PlannedObject[],
  merged: readonly MergedObject[],
  { isQuiet }: KustomizationRun,
  overridden: readonly string[] = [],
): readonly Change[] {
  const mergedById = new Map(merged.map((each) => [each.id, each]));
  return planned.map(({ plan, live, payload, isSettled, isNews, returned }) => {
    const { isImmutable, merged: would } = mergedById.get(plan.id) ?? {};
    if (isSettled && !plan.isSkipped) return { ...changeOf(plan, live, live), action: 'unchanged' };
    const change = changeOf(plan, live, would);
    if (isImmutable === true) return { ...change, action: 'created' };
    if (plan.isSkipped || change.action === 'created')
      return withDrift(change, isQuiet, 'somebody deleted it');
    const isSent = (isNews && would === undefined) || (payload?.takeOver ?? []).length > 0;
    const sent: Change = isSent ? { ...change, action: 'configured' } : change;
    if (sent.action !== 'configured' || live === undefined || would === undefined) return sent;
    const rest = (object: UnknownObject) => contentOf(withoutLeasedValues(object, returned));
    if (returned.length > 0 && isEqual(rest(live), rest(would)))
      return withDrift(sent, isQuiet, 'queued until the release ended');
    const isTaken = (payload?.takeOver ?? []).length > 0;
    const taken = isTaken ? { managers: takenManagers(live, overridden), desired: plan.payload } : undefined;
    return withDrift(sent, isQuiet, driftWords(live, would, fluxFieldManager, taken));
  });
}

/** Why something has to be applied again although neither source nor spec changed. */
function withDrift(change: Change, isQuiet: boolean, drift: string): Change {
  return !isQuiet || drift === '' || change.action === 'skipped' ? change : { ...change, drift };
}

/** The changes, told by what the server has stored: what it stored as it was is unchanged. */
export function changesAfter(
  changes: readonly Change[],
  planned: readonly PlannedObject[],
  { applied = [], earlier = [] }: StageRun,
): readonly Change[] {
  const before = new Set(earlier.map(({ id }) => id));
  return changes.map((change, i) => {
    const live = planned[i]?.live;
    if (before.has(change.id) && change.action === 'unchanged') return { ...change, action: 'configured' };
    const stored = applied.find(({ id }) => id === change.id)?.object;
    if (change.action !== 'configured' || live === undefined || stored === undefined) return change;
    return isSameContent(live, stored) ? { ...change, action: 'unchanged' } : change;
  });
}
