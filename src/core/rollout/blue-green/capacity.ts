import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { analysisPhases, annotations } from '#api/argoproj/words.js';
import type { RolloutAction } from '../actions.js';
import { scaleDownLater } from '../capacity/delayed-scale-down.js';
import { scaleDownOldSets } from '../capacity/old-replica-sets.js';
import { scaleTo, setDeadline, targetOf } from '../capacity/scale.js';
import { isPromoted } from '../course.js';
import { act, waitFor, type Draft } from '../draft.js';
import { availableOf, hashOf, othersThan, specReplicasOf, withHash, type Facts } from '../facts.js';
import { isReleased, mayServeAsStable } from '../traffic/invariants.js';
import { objectName } from '../traffic/waits.js';
import type { TrafficView } from '../traffic/view.js';
import { isWhole } from './saturation.js';
import type { BlueGreenSettings } from './settings.js';
import type { SwitchFacts } from './switch.js';

/** Sizes the stable, the new and the old ReplicaSets of a blue-green release. */
export function sizeBlueGreen(
  facts: Facts,
  settings: BlueGreenSettings,
  draft: Draft,
  at: SwitchFacts,
  view: TrafficView,
): Draft {
  const { newRS } = facts;
  const stable = withHash(facts, draft.course.stableHash);
  let next = draft;
  if (stable !== undefined && stable !== newRS) {
    next = act(next, ...setDeadline(stable, null), ...scaleTo(facts, stable, facts.replicas));
  }
  if (newRS !== undefined) next = sizeNew(facts, settings, next, { newRS, at, view, stable });
  return sizeOld(facts, settings, next, view);
}

interface NewSizing {
  readonly newRS: ReplicaSet;
  readonly stable: ReplicaSet | undefined;
  readonly at: SwitchFacts;
  readonly view: TrafficView;
}

function sizeNew(facts: Facts, settings: BlueGreenSettings, draft: Draft, sizing: NewSizing): Draft {
  const { newRS, stable, at, view } = sizing;
  const { course } = draft;
  const isLeaving = course.isAborted && !course.isPromoteFull && !isPromoted(course);
  if (isLeaving && stable !== undefined) {
    const isGone = at.activeHash !== hashOf(newRS) && view.stable.isSettled && isWhole(facts, stable);
    const isDated = newRS.metadata.annotations?.[annotations.scaleDownDeadline] !== undefined;
    const keep = specReplicasOf(newRS);
    if (keep === 0) return draft;
    const marked = act(draft, ...markAborted(newRS, true));
    if (!isGone && !isDated) return act(marked, ...scaleTo(facts, newRS, keep));
    const delaySeconds = isGone ? settings.abortScaleDownDelaySeconds : undefined;
    return scaleDownLater(facts, marked, newRS, { delaySeconds, keep, rest: 0 });
  }
  // The deadline tells a fast rollback from an update: it goes when the revision is stable.
  const wasAborted = newRS.metadata.annotations?.[annotations.aborted] !== undefined;
  const isDateOver = isPromoted(course) || wasAborted;
  const undated = isDateOver ? act(draft, ...setDeadline(newRS, null), ...markAborted(newRS, false)) : draft;
  const isHeld = !isPromoted(course) && mayServeAsStable(view, hashOf(newRS));
  const size = isHeld ? Math.max(at.newSize, specReplicasOf(newRS)) : at.newSize;
  const sized = act(undated, ...scaleTo(facts, newRS, size));
  const available = availableOf(newRS);
  if (available >= at.newSize) return sized;
  return waitFor(sized, {
    what: `pods of ReplicaSet ${newRS.metadata.name} (${available} of ${at.newSize} available)`,
    object: objectName(facts, 'ReplicaSet', newRS.metadata.name),
    unblockedBy: 'the pods',
  });
}

/** Whoever comes back to pods that an abort left over is told apart from who comes back to good ones. */
function markAborted(rs: ReplicaSet, isAborted: boolean): readonly RolloutAction[] {
  const isMarked = rs.metadata.annotations?.[annotations.aborted] !== undefined;
  if (isMarked === isAborted) return [];
  const patch = { metadata: { annotations: { [annotations.aborted]: isAborted ? 'true' : null } } };
  return [{ kind: 'patchReplicaSet', target: targetOf(rs), patch }];
}

function sizeOld(facts: Facts, settings: BlueGreenSettings, draft: Draft, view: TrafficView): Draft {
  const { course } = draft;
  const post = course.runs.post?.status;
  const isMeasuring = post === analysisPhases.pending || post === analysisPhases.running;
  const hasDoubt = course.pauses.some(({ reason }) => reason.startsWith('Inconclusive'));
  if (hasDoubt || (isMeasuring && !settings.isScaleDownDelayExplicit)) return draft;
  const old = othersThan(facts, facts.newRS, withHash(facts, course.stableHash));
  const isReleasedSet = (rs: ReplicaSet) => isReleased(view, hashOf(rs));
  const undated = old.filter((rs) => isUndatedAbort(settings, rs));
  const dated = undated
    .filter(isReleasedSet)
    .reduce((next, rs) => dateAborted(facts, settings, next, rs), draft);
  const others = old.filter((rs) => !undated.includes(rs));
  return scaleDownOldSets(facts, dated, others, {
    minAvailable: 0,
    isReleased: isReleasedSet,
    delaySeconds: settings.scaleDownDelaySeconds,
    delayRevisionLimit: settings.scaleDownDelayRevisionLimit,
    keep: facts.replicas,
    isPromoted: isPromoted(course),
  });
}

/** The next template came before the pods of an aborted one could be dated: their delay counts nevertheless. */
function isUndatedAbort({ abortScaleDownDelaySeconds }: BlueGreenSettings, rs: ReplicaSet): boolean {
  const { annotations: notes = {} } = rs.metadata;
  const isUndated =
    notes[annotations.aborted] !== undefined && notes[annotations.scaleDownDeadline] === undefined;
  return abortScaleDownDelaySeconds !== undefined && isUndated && specReplicasOf(rs) > 0;
}

function dateAborted(
  facts: Facts,
  { abortScaleDownDelaySeconds: delaySeconds }: BlueGreenSettings,
  draft: Draft,
  rs: ReplicaSet,
): Draft {
  return scaleDownLater(facts, draft, rs, { delaySeconds, keep: specReplicasOf(rs), rest: 0 });
}
