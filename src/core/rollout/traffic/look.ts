import { formatMicroInstant, parseInstant } from '#core/time/instant.js';
import type { TrafficReading, TrafficRequest } from '#core/traffic/request.js';
import type { Router } from '#core/traffic/router.js';
import type { Course } from '../course.js';
import { availableOf, withHash, type Facts } from '../facts.js';
import type { ServiceView } from '../snapshot.js';
import type { BackendNames } from './backend-names.js';
import type { WantedTraffic } from './ladder.js';
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

/** The record with its moments: seen when the cluster first said it, confirmed when every proxy had time since. */
function confirm(facts: Facts, view: TrafficView & { readonly record: TrafficRecord }): TrafficRecord {
  const { record, propagationMs } = view;
  const request = requestOf(facts, view, record);
  const isSaid = view.routers.every((router) => {
    const plan = router.plan(request);
    return plan.ok && plan.changes.length === 0;
  });
  if (!isSaid) return doubt(facts, view, request);
  const { verified: _before, confirmedAt: before, ...said } = record;
  const verified = isVerified(view.routers, request);
  const writtenAt = record.writtenAt ?? formatMicroInstant(facts.now);
  const seen = parseInstant(writtenAt);
  const told = { ...said, writtenAt, ...(verified === undefined ? {} : { verified }) };
  const isKnown = seen === undefined || facts.now >= seen + propagationMs;
  if (!isKnown || verified === false) return told;
  const confirmedAt = before ?? formatMicroInstant(facts.now);
  const { isRehashed: _rehashed, ...settled } = told;
  return { ...settled, confirmedAt, low: record.wanted, high: record.wanted };
}

/** Whether every data plane that can tell applies what is written; `undefined` when none can. */
function isVerified(routers: readonly Router[], request: TrafficRequest): boolean | undefined {
  const words = routers
    .filter(({ capabilities }) => capabilities.confirm === 'status')
    .map((router) => router.read(request))
    .map((reading) => reading.kind === 'weights' && reading.isVerified === true);
  return words.length === 0 ? undefined : words.every(Boolean);
}

/** The cluster says something else: proxies may apply that too, and nothing is confirmed any more. */
function doubt(
  facts: Facts,
  view: TrafficView & { readonly record: TrafficRecord },
  request: TrafficRequest,
): TrafficRecord {
  const { writtenAt: _writtenAt, confirmedAt: _confirmedAt, verified, ...record } = view.record;
  const readings = view.routers.map((router) => router.read(request));
  const canary = readings.flatMap((reading) => (reading.kind === 'weights' ? [reading.canary] : []));
  return {
    ...record,
    ...(verified === undefined ? {} : { verified: false }),
    low: Math.min(record.low, ...canary),
    high: Math.max(record.high, ...canary),
  };
}

/** What a record stands for, in the words that every router understands. Routes keep the definitions of the goal. */
export function requestOf(
  facts: Facts,
  view: Pick<TrafficView, 'goal' | 'maxWeight' | 'stable' | 'canary'> & Partial<Pick<TrafficView, 'record'>>,
  record: WantedTraffic,
): TrafficRequest {
  const { rollout, canary } = facts;
  return {
    rollout: {
      name: rollout.metadata.name,
      namespace: rollout.metadata.namespace ?? '',
      uid: rollout.metadata.uid ?? '',
    },
    stable: { service: view.stable.name, podTemplateHash: record.stableHash },
    canary: { service: view.canary.name, podTemplateHash: record.canaryHash },
    canaryWeight: record.wanted,
    maxWeight: view.maxWeight,
    isMaxWeightSet: canary?.routing?.maxTrafficWeight !== undefined,
    additional: record.additional,
    routes: view.goal.routes.filter((route) => record.routes.includes(route.name)),
    managedRoutes: [...new Set([...managedRouteNames(facts), ...(view.record?.routes ?? [])])],
  };
}

/** Names that are ours to write: declared, used by a step, or written before the spec forgot them. */
function managedRouteNames({ canary }: Facts): readonly string[] {
  const declared = (canary?.routing?.managedRoutes ?? []).map((route) => route.name);
  const used = (canary?.steps ?? []).flatMap((step) => {
    const name = step.setHeaderRoute?.name ?? step.setMirrorRoute?.name;
    return name === undefined ? [] : [name];
  });
  return [...new Set([...declared, ...used])];
}
