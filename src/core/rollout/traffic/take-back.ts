import { rolloutEvents } from '#api/argoproj/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import type { TrafficPlan } from '#core/traffic/request.js';
import type { Router } from '#core/traffic/router.js';
import { scaleTo } from '../capacity/scale.js';
import { act, say, type Draft } from '../draft.js';
import { specReplicasOf, withHash, type Facts } from '../facts.js';
import type { FormerRouting } from '../snapshot.js';
import { canarySettings } from '../spec/canary-settings.js';
import { backendNames } from './backend-names.js';
import { climbTraffic } from './climb.js';
import { isAllStable } from './invariants.js';
import { lookAtTraffic } from './look.js';
import { requestOf } from './request-of.js';
import type { TrafficView } from './view.js';

/** How far traffic is on its way back to stable. */
export interface TakenBack {
  readonly draft: Draft;
  /** Every proxy knows that nobody but stable gets requests. */
  readonly isSafe: boolean;
}

/**
 * Takes all traffic back to stable the way that it was shifted, one safe rung at a time, whatever the spec says now.
 * Pods only ever grow meanwhile. A router whose objects cannot be written, because they are gone or no longer name our
 * backends, shifts nothing that could be taken back: it is left as it is, with an event.
 */
export function takeBack(facts: Facts, draft: Draft, routed: FormerRouting): TakenBack {
  const settings = canarySettings(routed.strategy, facts.replicas);
  const inForce = (routers: readonly Router[]): Facts => ({
    ...facts,
    canary: settings,
    snapshot: { ...facts.snapshot, routers },
  });
  const goal = {
    stableHash: draft.course.stableHash,
    canaryHash: undefined,
    weight: 0,
    routes: [],
    additional: [],
  };
  const names = backendNames(settings, draft.course);
  const look = (routers: readonly Router[]) => lookAtTraffic(inForce(routers), draft.course, goal, names);
  const plans = planAll(inForce(routed.routers), look(routed.routers));
  const able = plans.flatMap(({ router, plan }) => (plan.ok ? [router] : []));
  const view = look(able);
  const told = say(
    draft,
    ...plans.flatMap(({ router, plan }) => (plan.ok ? [] : [leftBehind(router, plan)])),
  );
  if (isAllStable(view)) return { draft: told, isSafe: true };
  const climbed = climbTraffic(inForce(able), draft, view, routed.strategy);
  return { draft: act(climbed, ...growStable(facts, climbed)), isSafe: false };
}

interface RouterPlan {
  readonly router: Router;
  readonly plan: TrafficPlan;
}

function planAll(facts: Facts, view: TrafficView): readonly RouterPlan[] {
  const { canaryHash = '', stableHash = '' } = view.record ?? {};
  const request = requestOf(facts, view, { wanted: 0, canaryHash, stableHash, routes: [], additional: [] });
  return view.routers.map((router) => ({ router, plan: router.plan(request) }));
}

function leftBehind(router: Router, plan: TrafficPlan & { readonly ok: false }): EventRecord {
  return {
    type: 'Warning',
    reason: rolloutEvents.trafficLeftBehind,
    message: `${router.type} is left as it is: ${plan.problem.message}`,
  };
}

/** Stable gets the pods for the whole traffic, where they were fewer. */
function growStable(facts: Facts, { course }: Draft): Draft['actions'] {
  const stable = withHash(facts, course.stableHash);
  return stable === undefined || specReplicasOf(stable) >= facts.replicas
    ? []
    : scaleTo(facts, stable, facts.replicas);
}
