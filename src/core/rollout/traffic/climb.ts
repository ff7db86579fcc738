import type { TrafficWeights } from '#api/argoproj/rollout.js';
import { rolloutEvents } from '#api/argoproj/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import type { TrafficPlan } from '#core/traffic/request.js';
import type { Router } from '#core/traffic/router.js';
import type { RolloutAction } from '../actions.js';
import type { Course } from '../course.js';
import { act, say, steer, waitFor, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { guardDeletion } from './guard-deletion.js';
import { isUnsaid } from './invariants.js';
import { nextRung, type WantedTraffic } from './ladder.js';
import { requestOf } from './request-of.js';
import type { RoutingMemory, TrafficRecord } from './record.js';
import { restorations } from './restorations.js';
import { verifyErrors } from './verify-errors.js';
import { recordWrite } from './record-write.js';
import { settling } from './waits.js';
import { knownAt, type BackendView, type TrafficView } from './view.js';

/**
 * Takes the next safe rung, if there is one, and keeps in the course what is known of the traffic. `routedBy` is what
 * the routers of the view were configured by.
 */
export function climbTraffic(
  facts: Facts,
  draft: Draft,
  view: TrafficView,
  routedBy: RoutingMemory | undefined,
): Draft {
  const { record, services } = view;
  const weights = record === undefined ? undefined : weightsOf(facts, view, record);
  const known = steer(draft, { traffic: record, services, weights });
  const found = findOwnWrite(facts, draft.course, view);
  const climbed =
    found === undefined
      ? takeRung(facts, say(known, ...tidings(facts, draft.course, view)), view)
      : steer(known, { traffic: found, weights: weightsOf(facts, view, found) });
  return guardDeletion(facts, climbed, view, routedBy);
}

/** What others did to the traffic since the last look. */
function tidings(facts: Facts, course: Course, view: TrafficView): readonly EventRecord[] {
  return [...restorations(facts, course, view), ...verifyErrors(facts, course, view)];
}

function takeRung(facts: Facts, known: Draft, view: TrafficView): Draft {
  const rung = nextRung(facts, view);
  switch (rung.kind) {
    case 'settled':
      return known;
    case 'wait':
      return waitFor(
        known,
        rung.wait,
        ...settling(facts, view).filter(({ what }) => what !== rung.wait.what),
      );
    case 'selector':
      return act(known, selectorAction(facts, rung.backend, rung.hash));
    case 'traffic':
      return writeTraffic(facts, known, view, rung.wanted);
  }
}

/** Points a Service at the pods with a hash and marks it as ours. */
function selectorAction(
  facts: Facts,
  { service, name }: Pick<BackendView, 'service' | 'name'>,
  hash: string,
): RolloutAction {
  return {
    kind: 'setSelector',
    target: {
      name,
      uid: service?.service.metadata.uid ?? '',
      resourceVersion: service?.service.metadata.resourceVersion ?? '',
    },
    hash,
    managedBy: facts.rollout.metadata.name,
  };
}

/**
 * A pass that wrote and did not live to store it left the cluster at the very rung that is decided again now: then the
 * write counts, and its way to the proxies begins with this look.
 */
function findOwnWrite(facts: Facts, course: Course, view: TrafficView): TrafficRecord | undefined {
  const stored = course.traffic;
  if (stored === undefined || !isUnsaid(view)) return undefined;
  const known = knownAt(stored.writtenAt, view.propagationMs);
  const wasConfirmed = stored.confirmedAt !== undefined || (known !== undefined && facts.now >= known);
  if (!wasConfirmed) return undefined;
  const { confirmedAt: _confirmedAt, isRehashed: _rehashed, ...written } = stored;
  const record = { ...written, low: stored.wanted, high: stored.wanted };
  const before = { ...view, record, isTrafficSettled: true };
  const rung = nextRung(facts, before);
  if (rung.kind !== 'traffic') return undefined;
  const request = requestOf(facts, view, rung.wanted);
  const plans = view.routers.map((router) => router.plan(request));
  const isSaid = plans.every((plan) => plan.ok && plan.changes.length === 0);
  return isSaid ? recordWrite(facts, before, rung.wanted, false) : undefined;
}

interface RouterPlan {
  readonly router: Router;
  readonly plan: TrafficPlan;
}

function writeTraffic(facts: Facts, draft: Draft, view: TrafficView, wanted: WantedTraffic): Draft {
  const request = requestOf(facts, view, wanted);
  const plans = view.routers.map((router): RouterPlan => ({ router, plan: router.plan(request) }));
  const failed = plans.find(({ plan }) => !plan.ok);
  if (failed !== undefined) return reportProblem(facts, draft, failed);
  const actions = plans.flatMap(({ router, plan }): RolloutAction[] =>
    plan.ok && plan.changes.length > 0
      ? [{ kind: 'setTraffic', router: router.id, changes: plan.changes }]
      : [],
  );
  const record = recordWrite(facts, view, wanted, actions.length > 0);
  const written = steer(act(draft, ...actions), { traffic: record, weights: weightsOf(facts, view, record) });
  return say(
    written,
    ...plans.flatMap(({ plan }) => (plan.ok ? plan.changes.flatMap((c) => c.event ?? []) : [])),
  );
}

function reportProblem(facts: Facts, draft: Draft, { router, plan }: RouterPlan): Draft {
  if (plan.ok) return draft;
  const { reason, message, object } = plan.problem;
  const told = say(draft, { type: 'Warning', reason, message });
  const routing =
    reason === rolloutEvents.trafficRoutingError
      ? told
      : say(told, {
          type: 'Warning',
          reason: rolloutEvents.trafficRoutingError,
          message: `${router.type}: ${message}`,
        });
  return waitFor(routing, {
    what: `${router.type}: ${message}`,
    ...(object === undefined ? {} : { object }),
    unblockedBy: "the user's manifest",
  });
}

function weightsOf(facts: Facts, view: TrafficView, record: TrafficRecord): TrafficWeights {
  // Under ping-pong the names change sides, and the peer tells none.
  const { canaryService = '', stableService = '' } = facts.canary ?? {};
  const side = (serviceName: string, weight: number, podTemplateHash: string) => ({
    weight,
    ...(serviceName === '' ? {} : { serviceName }),
    ...(podTemplateHash === '' ? {} : { podTemplateHash }),
  });
  const extra = record.additional.reduce((sum, { weight }) => sum + weight, 0);
  const additional = record.additional.map(({ service, podTemplateHash, weight }) => ({
    weight,
    serviceName: service,
    podTemplateHash,
  }));
  return {
    canary: side(canaryService, record.wanted, record.canaryHash),
    stable: side(stableService, view.maxWeight - record.wanted - extra, record.stableHash),
    ...(additional.length === 0 ? {} : { additional }),
    ...(record.verified === undefined ? {} : { verified: record.verified }),
  };
}
