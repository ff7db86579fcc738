import { rolloutEvents } from '#api/argoproj/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import type { Course } from '../course.js';
import type { Facts } from '../facts.js';
import { requestOf } from './request-of.js';
import type { TrafficView } from './view.js';

/** Why a router that confirms by its status cannot say whether it does: once a write, and once it stops to say. */
export function verifyErrors(facts: Facts, { traffic }: Course, view: TrafficView): readonly EventRecord[] {
  const { record } = view;
  const isNew = traffic?.writtenAt === undefined || traffic.verified === true;
  if (record?.writtenAt === undefined || !isNew) return [];
  const request = requestOf(facts, view, record);
  return view.routers
    .filter(({ capabilities }) => capabilities.confirm === 'status')
    .map((router) => router.read(request))
    .flatMap((reading) => (reading.kind === 'unknown' ? [verifyError(reading.why)] : []));
}

function verifyError(why: string): EventRecord {
  return {
    type: 'Warning',
    reason: rolloutEvents.weightVerifyError,
    message: `Failed to verify weight: ${why}`,
  };
}
