import { rolloutEvents } from '#api/argoproj/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import { isEqual } from '#core/json/json.js';
import type { TrafficChange, TrafficReading } from '#core/traffic/request.js';
import type { Course } from '../course.js';
import type { Facts } from '../facts.js';
import { isUnsaid, usedBackends } from './invariants.js';
import type { TrafficRecord } from './record.js';
import { requestOf } from './request-of.js';
import type { TrafficView } from './view.js';

/**
 * What somebody else changed since the last look, as events: once a change, because it is undone now. A change of our
 * own spec is nobody else's.
 */
export function restorations(facts: Facts, course: Course, view: TrafficView): readonly EventRecord[] {
  const { generation } = facts.rollout.metadata;
  if (facts.old.observedGeneration !== String(generation ?? 0)) return [];
  return [...restoredRoutes(facts, course, view), ...restoredServices(view)];
}

function restoredRoutes(facts: Facts, { traffic }: Course, view: TrafficView): readonly EventRecord[] {
  if (traffic?.writtenAt === undefined || !isUnsaid(view)) return [];
  const request = requestOf(facts, view, traffic);
  const isMoved = hasMovedRoutes(facts, traffic, view);
  const names = view.routers.flatMap((router) => {
    const plan = router.plan(request);
    if (isMoved && saysAsWritten(router.read(request), traffic)) return [];
    const changes = plan.ok ? plan.changes.filter((change) => !isFollowing(change)) : [];
    return changes.map(
      ({ object: { kind, metadata } }) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`,
    );
  });
  if (names.length === 0) return [];
  const routes = traffic.routes.length === 0 ? '' : ` and routes ${traffic.routes.join(', ')}`;
  return [restored(`${names.join(', ')}: weight ${traffic.wanted}${routes}`)];
}

/** A step of ours took a managed route away, or defines it anew: then what is written is not what is wanted now. */
function hasMovedRoutes(
  { canary }: Facts,
  { routes }: Pick<TrafficRecord, 'routes'>,
  { goal }: TrafficView,
): boolean {
  const defined = (canary?.steps ?? []).flatMap(
    ({ setHeaderRoute, setMirrorRoute }) => setHeaderRoute?.name ?? setMirrorRoute?.name ?? [],
  );
  return routes.some(
    (route) =>
      !goal.routes.some(({ name }) => name === route) || defined.filter((name) => name === route).length > 1,
  );
}

/** Weight and names of the managed routes are those of the record. */
function saysAsWritten(reading: TrafficReading, { wanted, routes }: TrafficRecord): boolean {
  return (
    reading.kind === 'weights' &&
    reading.canary === wanted &&
    isEqual([...reading.routes].sort(), [...routes].sort())
  );
}

function restoredServices(view: TrafficView): readonly EventRecord[] {
  return usedBackends(view).flatMap((backend) =>
    backend.lostHash === undefined
      ? []
      : [
          restored(
            `Service/${backend.service?.service.metadata.namespace ?? ''}/${backend.name}: selector ${backend.lostHash}`,
          ),
        ],
  );
}

function restored(what: string): EventRecord {
  return {
    type: 'Warning',
    reason: rolloutEvents.trafficRestored,
    message: `Changed by somebody else and restored: ${what}`,
  };
}

function isFollowing(change: TrafficChange): boolean {
  return change.change === 'update' && change.isFollowing === true;
}
