import type { TrafficReading } from '#core/traffic/request.js';
import type { Course } from '../course.js';
import { availableOf, withHash, type Facts } from '../facts.js';
import type { ServiceView } from '../snapshot.js';
import type { BackendNames } from './backend-names.js';
import { confirm } from './confirm.js';
import type { WantedTraffic } from './ladder.js';
import { requestOf } from './request-of.js';
import type { ServiceRecord, ServiceRecords, TrafficRecord } from './record.js';
import {
  isAdopted,
  knownAt,
  seeService,
  selectorHash,
  type BackendView,
  type TrafficGoal,
  type TrafficView,
} from './view.js';

/** Brings the stored record up to what is observed now, and judges from it what has settled. */
export function lookAtTraffic(
  facts: Facts,
  course: Course,
  goal: TrafficGoal,
  names: BackendNames,
): TrafficView {
  const { routers, settings } = facts.snapshot;
  const propagationMs = Math.max(
    settings.endpointPropagationMs,
    ...routers.map((router) => router.propagationMs),
  );
  const known = course.traffic ?? recordOfWeights(course);
  const extra = [...goal.additional, ...(known?.additional ?? [])].map(({ service }) => service);
  const services = seeServices(facts, course, [names.stable, names.canary, ...extra]);
  const seen = { record: known, services, propagationMs };
  const backend = (role: BackendView['role']) =>
    lookAtBackend(facts, role, names[role], {
      ...seen,
      before: course.services[names[role] ?? '']?.hash,
      wantedHash: role === 'stable' ? goal.stableHash : goal.canaryHash,
    });
  const base = {
    goal,
    routers,
    maxWeight: facts.canary?.maxWeight ?? 100,
    propagationMs,
    services,
    stable: backend('stable'),
    canary: backend('canary'),
  };
  const request = requestOf(facts, base, known ?? untouched);
  const view = { ...base, isSplitByHash: routers.some((router) => hasSubsets(router.read(request))) };
  if (routers.length === 0 || known === undefined)
    return { ...view, record: undefined, isTrafficSettled: true };
  const record = confirm(facts, { ...view, record: known, isTrafficSettled: false });
  return { ...view, record, isTrafficSettled: record.confirmedAt !== undefined };
}

const untouched: WantedTraffic = { wanted: 0, canaryHash: '', stableHash: '', routes: [], additional: [] };

function hasSubsets(reading: TrafficReading): boolean {
  return reading.kind === 'weights' && reading.subsets !== undefined;
}

function seeServices(facts: Facts, course: Course, names: readonly (string | undefined)[]): ServiceRecords {
  const seen: Record<string, ServiceRecord> = {};
  for (const name of names) {
    const view = name === undefined ? undefined : facts.snapshot.services[name];
    if (name === undefined || view === undefined) continue;
    const available = availableOf(withHash(facts, selectorHash(view)));
    // A Rollout without replicas has nothing to show: its Services are as right as they can be.
    const ready = facts.replicas === 0 ? 0 : Math.max(1, available);
    seen[name] = seeService(view, course.services[name], ready, facts.now);
  }
  return seen;
}

interface BackendLook extends Pick<TrafficView, 'record' | 'services' | 'propagationMs'> {
  /** What the Service selected at the last look. */
  readonly before: string | undefined;
  readonly wantedHash: string | undefined;
}

function lookAtBackend(
  facts: Facts,
  role: BackendView['role'],
  name: string | undefined,
  { record, services, propagationMs, before, wantedHash }: BackendLook,
): BackendView {
  const service: ServiceView | undefined = name === undefined ? undefined : facts.snapshot.services[name];
  if (name === undefined || service === undefined) {
    const hash = (role === 'stable' ? record?.stableHash : record?.canaryHash) ?? '';
    return {
      role,
      service: undefined,
      name: '',
      hash,
      lostHash: undefined,
      isAdopted: true,
      isSettled: true,
      settlesAt: undefined,
      turnsAt: undefined,
    };
  }
  const settlesAt = knownAt(services[name]?.seenAt, propagationMs);
  const hash = selectorHash(service);
  const isLost = before !== undefined && before !== '' && before === wantedHash && hash !== before;
  return {
    role,
    service,
    name,
    hash,
    lostHash: isLost ? before : undefined,
    isAdopted: isAdopted(service),
    isSettled: hash !== '' && settlesAt !== undefined && facts.now >= settlesAt,
    settlesAt,
    turnsAt: knownAt(services[name]?.seenAt ?? services[name]?.movedAt, propagationMs),
  };
}

/** A Rollout that another controller began to shift has weights but no record: nothing is known to have settled. */
function recordOfWeights({ weights }: Course): TrafficRecord | undefined {
  if (weights === undefined) return undefined;
  const { weight } = weights.canary;
  return {
    wanted: weight,
    low: 0,
    high: weight,
    canaryHash: weights.canary.podTemplateHash ?? '',
    stableHash: weights.stable.podTemplateHash ?? '',
    routes: [],
    additional: (weights.additional ?? []).map((extra) => ({
      service: extra.serviceName ?? '',
      podTemplateHash: extra.podTemplateHash ?? '',
      weight: extra.weight,
    })),
  };
}
