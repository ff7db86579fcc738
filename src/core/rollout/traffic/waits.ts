import type { Wait } from '#core/decision/decision.js';
import { addMs, parseInstant } from '#core/time/instant.js';
import { availableOf, specReplicasOf, withHash, type Facts } from '../facts.js';
import { isTurning, isUnsaid } from './invariants.js';
import type { ExtraDestination, TrafficRecord } from './record.js';
import { knownAt, readyEndpoints, type BackendView, type TrafficView } from './view.js';

/** A router whose data plane has not confirmed is asked again after this time, should no watch tell before. */
const verifyAgainMs = 10_000;

/** What time will change although something else is waited for: pods may leave when the proxies have learned. */
export function settling(facts: Facts, view: TrafficView): readonly Wait[] {
  const { record } = view;
  return record === undefined || view.isTrafficSettled || isUnsaid(view)
    ? []
    : [waitForRouter(facts, view, record)];
}

/** Until every proxy has the weight that was written, by time and by the word of the data plane. */
export function waitForRouter(facts: Facts, view: TrafficView, record: TrafficRecord): Wait {
  const since = parseInstant(record.writtenAt);
  const known = knownAt(record.writtenAt, view.propagationMs);
  if (record.verified === false && (known === undefined || facts.now >= known)) {
    return {
      what: `${view.routers.map((router) => router.type).join(', ')} to confirm weight ${record.wanted}`,
      ...(since === undefined ? {} : { since }),
      until: addMs(facts.now, verifyAgainMs),
      unblockedBy: 'the router',
    };
  }
  const until = known;
  return {
    what: `weight ${record.wanted} to reach every proxy of ${view.routers.map((router) => router.type).join(', ')}`,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    unblockedBy: until === undefined ? 'the router' : 'time',
  };
}

/** Until the endpoints of a backend are its own pods, and every proxy knows them. */
export function waitForEndpoints(facts: Facts, backend: BackendView): Wait {
  const { service, settlesAt, turnsAt } = backend;
  const object = objectName(facts, 'Service', backend.name);
  if (settlesAt !== undefined) {
    return {
      what: `endpoints of Service ${backend.name} to reach every proxy`,
      object,
      until: settlesAt,
      unblockedBy: 'time',
    };
  }
  const { own, foreign } =
    service === undefined ? { own: 0, foreign: 0 } : readyEndpoints(service, backend.hash);
  const leaving = foreign === 0 ? '' : `, ${foreign} of another revision leaving`;
  return {
    what: `endpoints of Service ${backend.name} (${own} ready${leaving})`,
    object,
    ...(turnsAt !== undefined && isTurning(facts, backend) ? { until: turnsAt } : {}),
    unblockedBy: 'the pods',
  };
}

/** The same for the Service of an experiment's template. */
export function waitForDestination(
  facts: Facts,
  { services, propagationMs }: TrafficView,
  extra: ExtraDestination,
): Wait {
  const until = knownAt(services[extra.service]?.seenAt, propagationMs);
  return {
    what: `endpoints of Service ${extra.service} to reach every proxy`,
    object: objectName(facts, 'Service', extra.service),
    ...(until === undefined ? { unblockedBy: 'the pods' } : { until, unblockedBy: 'time' }),
  };
}

/** Until enough pods of a revision are available. */
export function waitForPods(facts: Facts, hash: string): Wait {
  const rs = withHash(facts, hash);
  return {
    what: `pods with hash ${hash} to be available (${availableOf(rs)} of ${specReplicasOf(rs)})`,
    ...(rs === undefined ? {} : { object: objectName(facts, 'ReplicaSet', rs.metadata.name) }),
    unblockedBy: 'the pods',
  };
}

/** `Kind/namespace/name` of an object beside the Rollout. */
export function objectName(facts: Facts, kind: string, name: string): string {
  return `${kind}/${facts.rollout.metadata.namespace ?? ''}/${name}`;
}
