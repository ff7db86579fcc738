import type { Rollout } from '#api/argoproj/rollout.js';
import { rolloutEvents } from '#api/argoproj/words.js';
import { kinds } from '#api/kinds.js';
import type { RolloutAction } from '#core/rollout/actions.js';
import type { RolloutDecision } from '#core/rollout/decide.js';
import { eventsOfActions } from '#core/rollout/events/events-of.js';
import { factsOf } from '#core/rollout/facts.js';
import type { RolloutSnapshot } from '#core/rollout/snapshot.js';
import type { Instant } from '#core/time/instant.js';
import { toAppError } from '#ports/errors.js';
import { writeStatusIfChanged } from '#runtime/apply/write-status.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { executeActions, type ExecuteTools } from './execute.js';
import type { StatusGathering } from './gathering.js';
import { tellRefusal } from './rights.js';

/** What a pass is carried out with. */
export interface CarryOutTools extends ExecuteTools {
  readonly gathering: StatusGathering;
}

/** What came of a pass. */
export interface Outcome {
  /** The Rollout as it is stored now. */
  readonly stored: Rollout;
  /** Until when numbers of pods are gathered; absent: the status is stored. */
  readonly heldUntil?: Instant;
}

/** Acts, stores the status, tells. What was done of a pass that fails is told too: the next pass does not see it. `undefined`: it is gone. */
export async function carryOut(
  deps: ControllerDeps,
  tools: CarryOutTools,
  snapshot: RolloutSnapshot,
  decision: RolloutDecision,
): Promise<Outcome | undefined> {
  const { rollout } = snapshot;
  const done: RolloutAction[] = [];
  try {
    const current = await executeActions(tools, rollout, decision.actions, (action) => done.push(action));
    const decided = { ...current, status: rollout.status } as Rollout; // the status that was decided on
    const heldUntil = tools.gathering.heldUntil(decided, decision.status, snapshot.now);
    const stored =
      heldUntil === undefined
        ? await writeStatusIfChanged(deps.kube, kinds.rollout, decided, decision.status)
        : decided;
    deps.events.record(stored, decision.events);
    return { stored, ...(heldUntil === undefined ? {} : { heldUntil }) };
  } catch (thrown) {
    if (await isGone(deps, rollout, thrown)) return undefined;
    deps.events.record(rollout, eventsOfActions(factsOf(snapshot), done));
    const failed = decision.actions[done.length];
    if (failed?.kind === 'setTraffic') tellTrafficError(deps, rollout, thrown);
    const created = failed?.kind === 'createReplicaSet' ? failed.replicaSet : undefined;
    await tellRefusal(deps, rollout, thrown, created);
    throw thrown;
  }
}

/** A route that could not be written; one that somebody else wrote at the same time is simply looked at again. */
function tellTrafficError({ events }: ControllerDeps, rollout: Rollout, thrown: unknown): void {
  const { code, message } = toAppError(thrown);
  if (code === 'KubeConflict') return;
  events.record(rollout, [{ type: 'Warning', reason: rolloutEvents.trafficRoutingError, message }]);
}

/** The cache had not heard yet that the Rollout was deleted: nothing is left to do for it. */
async function isGone({ kube }: ControllerDeps, { metadata }: Rollout, thrown: unknown): Promise<boolean> {
  if (toAppError(thrown).code !== 'KubeNotFound') return false;
  const { namespace, name, uid } = metadata;
  const key = { kind: kinds.rollout, name, ...(namespace === undefined ? {} : { namespace }) };
  return (await kube.get(key))?.metadata.uid !== uid;
}
