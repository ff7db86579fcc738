import type { TrafficWeights } from '#api/argoproj/rollout.js';
import { rolloutEvents } from '#api/argoproj/words.js';
import { formatMicroInstant } from '#core/time/instant.js';
import type { TrafficPlan } from '#core/traffic/request.js';
import type { Router } from '#core/traffic/router.js';
import type { RolloutAction } from '../actions.js';
import type { Course } from '../course.js';
import { act, say, steer, waitFor, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { isUnsaid, nextRung, type WantedTraffic } from './ladder.js';
import { requestOf } from './look.js';
import type { TrafficRecord } from './record.js';
import { knownAt, type BackendView, type TrafficView } from './view.js';

/** Takes the next safe rung, if there is one, and keeps in the course what is known of the traffic. */
export function climbTraffic(facts: Facts, draft: Draft, view: TrafficView): Draft {
  const known = steer(draft, { traffic: view.record, services: view.services });
  const found = findOwnWrite(facts, draft.course, view);
  if (found !== undefined) return steer(known, { traffic: found, weights: weightsOf(facts, view, found) });
  const rung = nextRung(facts, view);
  switch (rung.kind) {
    case 'settled':
      return known;
    case 'wait':
      return waitFor(known, rung.wait);
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
  const rung = nextRung(facts, {
    ...view,
    record: { ...stored, low: stored.wanted, high: stored.wanted },
    isTrafficSettled: true,
  });
  if (rung.kind !== 'traffic') return undefined;
  const request = requestOf(facts, view, rung.wanted);
  const plans = view.routers.map((router) => router.plan(request));
  const isSaid = plans.every((plan) => plan.ok && plan.changes.length === 0);
  return isSaid ? recordWrite(facts, view, rung.wanted, false) : undefined;
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

/** Everything that is not written yet opens a window, and so does what was written by a pass that did not live to tell. */
function recordWrite(
  facts: Facts,
  view: TrafficView,
  wanted: WantedTraffic,
  isWriting: boolean,
): TrafficRecord {
  const before = view.record;
  const bounds = {
    low: Math.min(wanted.wanted, before?.low ?? wanted.wanted),
    high: Math.max(wanted.wanted, before?.high ?? wanted.wanted),
  };
  if (isWriting) return { ...wanted, ...bounds };
  const isNotedOnly =
    before?.confirmedAt !== undefined &&
    before.wanted === wanted.wanted &&
    before.routes.length === wanted.routes.length;
  return isNotedOnly
    ? { ...before, ...wanted }
    : { ...wanted, ...bounds, writtenAt: formatMicroInstant(facts.now) };
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
  const side = (backend: BackendView, weight: number, podTemplateHash: string) => ({
    weight,
    ...(backend.name === '' ? {} : { serviceName: backend.name }),
    ...(podTemplateHash === '' ? {} : { podTemplateHash }),
  });
  return {
    canary: side(view.canary, record.wanted, record.canaryHash),
    stable: side(view.stable, view.maxWeight - record.wanted, record.stableHash),
  };
}
