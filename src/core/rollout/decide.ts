import type { RolloutStatus } from '#api/argoproj/rollout.js';
import type { Decision } from '#core/decision/decision.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { lookAgainAt } from './look-again.js';
import type { RolloutAction } from './actions.js';
import { decideCanary } from './canary/decide-canary.js';
import { startOver as startCanary } from './canary/orders.js';
import { courseOf } from './course.js';
import { act, emptyDraft, explain, steer, type Draft } from './draft.js';
import { eventsOf } from './events/events-of.js';
import { tendExperiments } from './experiment/tend-experiments.js';
import { factsOf, othersThan, withHash, type Facts } from './facts.js';
import { decideInvalid } from './invalid.js';
import { buildReplicaSet } from './replica-sets/build.js';
import { claim, syncRevision, syncRollout, trimHistory } from './replica-sets/maintain.js';
import { restartPods } from './restart/restart-pods.js';
import { syncRoleMetadata } from './replica-sets/role-metadata.js';
import { release } from './release.js';
import type { RolloutSnapshot } from './snapshot.js';
import { decideDeletion } from './traffic/deletion.js';
import { formerRouting, letGo, withoutRouting } from './traffic/let-go.js';
import { buildStatus } from './status/build-status.js';
import { tellFirst } from './status/tell-first.js';
import { decideBlueGreen, startOver as startBlueGreen } from './blue-green/decide-blue-green.js';
import { blueGreenSettings } from './blue-green/settings.js';
import { withWhy } from './why/why-of.js';
import { noteGeneration } from './workload-ref/note-generation.js';
import { syncWorkloads } from './workload-ref/sync.js';

export type RolloutDecision = Decision<RolloutAction, RolloutStatus>;

/**
 * One pass over a Rollout: what to do to the cluster, its next status, and what it waits for. Pure; the same snapshot
 * always gives the same decision, and a decision that was executed and observed again ends at one without actions.
 */
export function decideRollout(snapshot: RolloutSnapshot): RolloutDecision {
  const facts = factsOf(snapshot);
  const leaving = decideDeletion(facts);
  if (leaving !== undefined) return leaving;
  const invalid = decideInvalid(facts);
  if (invalid !== undefined) return invalid;
  const start = act(
    emptyDraft(courseOf(facts.old)),
    ...noteGeneration(facts),
    ...claim(facts),
    ...release(facts),
  );
  if (snapshot.adoptable.length > 0)
    return finish(facts, explain(start, 'takes over ReplicaSets without an owner'));
  if (facts.newRS === undefined) return createReplicaSet(facts, start);
  const told = tellFirst(facts);
  if (told !== undefined) return tell(facts, told);
  const synced = act(start, ...syncRevision(facts, facts.newRS));
  const marked = act(synced, ...syncRoleMetadata(facts, synced.course));
  const decided = tendExperiments(facts, restartPods(facts, decideStrategy(facts, marked)));
  const stable = withHash(facts, decided.course.stableHash);
  return finish(facts, act(decided, ...trimHistory(facts, othersThan(facts, facts.newRS, stable))));
}

function decideStrategy(facts: Facts, draft: Draft): Draft {
  const former = formerRouting(facts, draft.course);
  if (former !== undefined) return letGo(facts, draft, former);
  if (facts.canary !== undefined) return decideCanary(facts, facts.canary, draft);
  const strategy = facts.rollout.spec.strategy?.blueGreen;
  // A Rollout without a strategy is invalid and does not come here.
  return strategy === undefined
    ? draft
    : decideBlueGreen(facts, blueGreenSettings(strategy), withoutRouting(facts, draft));
}

function createReplicaSet(facts: Facts, draft: Draft): RolloutDecision {
  const { rollout, snapshot } = facts;
  const replicaSet = buildReplicaSet(rollout, facts.newHash, facts.revision, facts.replicas);
  const { name } = replicaSet.metadata;
  if (snapshot.foreignReplicaSets.includes(name)) {
    const collisionCount = (draft.course.collisionCount ?? 0) + 1;
    return finish(
      facts,
      explain(steer(draft, { collisionCount }), `the name ${name} is taken: hashes again`),
    );
  }
  const begun = beginUpdate(facts, draft);
  const sized = withFirstPods(facts, begun, replicaSet);
  const created = act(begun, { kind: 'createReplicaSet', replicaSet: sized }, ...syncRollout(facts));
  return finish(facts, explain(created, `creates ReplicaSet ${name} for revision ${facts.revision}`));
}

/** The set comes with its first pods when they are the first thing that the next pass would ask for: one write less. */
function withFirstPods(facts: Facts, begun: Draft, replicaSet: ReplicaSet): ReplicaSet {
  if (begun.course.currentPodHash !== facts.newHash) return replicaSet;
  const next = decideStrategy({ ...facts, newRS: replicaSet, all: [...facts.all, replicaSet] }, begun);
  const first = next.actions[begun.actions.length];
  if (first?.kind !== 'scaleReplicaSet' || first.target.name !== replicaSet.metadata.name) return replicaSet;
  return { ...replicaSet, spec: { ...replicaSet.spec, replicas: first.to } };
}

/** The update begins with its ReplicaSet, if there is a stable revision to go on from and its traffic is not being let go. */
function beginUpdate(facts: Facts, draft: Draft): Draft {
  const isFirst = draft.course.stableHash === '';
  if (isFirst || formerRouting(facts, draft.course) !== undefined) return draft;
  return facts.canary === undefined ? startBlueGreen(facts, draft) : startCanary(facts, facts.canary, draft);
}

/**
 * Stores what the conditions say, and the next pass comes at once. When the first thing that it would do is to move traffic,
 * that is done already, since whoever promotes waits for it. A crash before the status loses nothing: the next pass finds
 * the traffic moved, and tells then.
 */
function tell(facts: Facts, status: RolloutStatus): RolloutDecision {
  const { snapshot } = facts;
  const next = decideRollout({ ...snapshot, rollout: { ...snapshot.rollout, status } });
  const [first] = next.actions;
  const { traffic } = next.status;
  // With its record, so that nothing counts as moved by somebody else.
  const moved = first?.kind === 'setTraffic' && traffic !== undefined ? { first, traffic } : undefined;
  const actions = moved === undefined ? [] : [moved.first];
  const told = moved === undefined ? status : { ...status, traffic: moved.traffic };
  const said = moved?.first.changes.flatMap(({ event }) => event ?? []) ?? [];
  const events = eventsOf(facts, { actions, status: told, said });
  const because = 'the conditions tell first what a person changed, or what was found';
  return { actions, status: told, events, requeueAt: facts.now, waitingFor: [], because };
}

function finish(facts: Facts, before: Draft): RolloutDecision {
  const draft = act(before, ...syncWorkloads(facts, before.isCutOver));
  const isCreated = draft.actions.some((action) => action.kind === 'createReplicaSet');
  const built = buildStatus(facts, draft.course, { isCreated, isCutOver: draft.isCutOver });
  const status = withWhy(facts, draft.waits, built);
  const { promotedBecause, endedStep } = draft.course;
  const requeueAt = lookAgainAt(facts, draft, status);
  return {
    actions: draft.actions,
    status,
    events: eventsOf(facts, {
      actions: draft.actions,
      status,
      said: draft.events,
      promotedBecause,
      endedStep,
    }),
    ...(requeueAt === undefined ? {} : { requeueAt }),
    waitingFor: draft.waits,
    because: draft.because,
  };
}
