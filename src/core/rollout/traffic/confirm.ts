import { formatMicroInstant, parseInstant } from '#core/time/instant.js';
import type { TrafficRequest } from '#core/traffic/request.js';
import type { Router } from '#core/traffic/router.js';
import type { Facts } from '../facts.js';
import type { TrafficRecord } from './record.js';
import { requestOf } from './request-of.js';
import type { TrafficView } from './view.js';

/** The record with its moments: seen when the cluster first said it, confirmed when every proxy had time since. */
export function confirm(facts: Facts, view: TrafficView & { readonly record: TrafficRecord }): TrafficRecord {
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
