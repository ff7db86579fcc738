import { formatMicroInstant } from '#core/time/instant.js';
import type { Facts } from '../facts.js';
import type { WantedTraffic } from './ladder.js';
import { requestOf } from './request-of.js';
import type { TrafficRecord } from './record.js';
import type { TrafficView } from './view.js';

/** Everything that is not written yet opens a window, and so does what was written by a pass that did not live to tell. */
export function recordWrite(
  facts: Facts,
  view: TrafficView,
  wanted: WantedTraffic,
  isWriting: boolean,
): TrafficRecord {
  const before = view.record;
  // Before the first write the proxies apply what the user's objects say.
  const found = before === undefined ? readWeights(facts, view, wanted) : [before.low, before.high];
  const bounds = {
    low: Math.min(wanted.wanted, ...found),
    high: Math.max(wanted.wanted, ...found),
  };
  const isVerifying = view.routers.some(({ capabilities }) => capabilities.confirm === 'status');
  const isRehashed = view.isSplitByHash && isOtherPods(before, wanted);
  const told = { ...(isVerifying ? { verified: false } : {}), ...(isRehashed ? { isRehashed } : {}) };
  if (isWriting) return { ...wanted, ...bounds, ...told };
  const isNotedOnly =
    before?.confirmedAt !== undefined &&
    !isRehashed &&
    before.wanted === wanted.wanted &&
    before.routes.length === wanted.routes.length &&
    before.additional.length === wanted.additional.length;
  return isNotedOnly
    ? { ...before, ...wanted }
    : { ...wanted, ...bounds, ...told, writtenAt: formatMicroInstant(facts.now) };
}

function readWeights(facts: Facts, view: TrafficView, wanted: WantedTraffic): readonly number[] {
  const request = requestOf(facts, view, wanted);
  return view.routers
    .map((router) => router.read(request))
    .flatMap((reading) => (reading.kind === 'weights' ? [reading.canary] : []));
}

function isOtherPods(before: TrafficRecord | undefined, wanted: WantedTraffic): boolean {
  if (before === undefined) return false;
  const isSame = before.canaryHash === wanted.canaryHash && before.stableHash === wanted.stableHash;
  return !isSame || before.isRehashed === true;
}
