import type { Receiver, ReceiverStatus } from '#api/flux/receiver.js';
import { fluxConditions as types, fluxFinalizer, fluxKeys, fluxReasons as reasons } from '#api/flux/words.js';
import type { Decision, EventRecord } from '#core/decision/decision.js';
import { findCondition } from '#core/kube/conditions.js';
import { parseGoDuration } from '#core/time/duration.js';
import { addMs, type Instant } from '#core/time/instant.js';
import { type ConditionWords, withCondition, withoutConditions } from '../gitops/flux-conditions.js';
import { hookPath } from './hook-path.js';

/** What the Secret of a Receiver gave. */
export type TokenOutcome =
  { readonly ok: true; readonly token: string } | { readonly ok: false; readonly problem: string };

export interface ReceiverSnapshot {
  readonly now: Instant;
  readonly object: Receiver;
  /** Absent: not read yet. */
  readonly token?: TokenOutcome;
  /** What of the spec's expressions is no CEL; absent: all are. */
  readonly expressionProblem?: string;
}

export type ReceiverAction =
  { readonly kind: 'addFinalizer' } | { readonly kind: 'removeFinalizer' } | { readonly kind: 'readToken' };

export type ReceiverDecision = Decision<ReceiverAction, ReceiverStatus>;

const defaultIntervalMs = 600_000;
/** How soon a missing token is looked for again: no watch tells of it. */
const retryMs = 10_000;

/** One pass: the finalizer, the token, then where calls arrive. */
export function decideReceiver(snapshot: ReceiverSnapshot): ReceiverDecision {
  const { now, object, token } = snapshot;
  const { finalizers = [], deletionTimestamp } = object.metadata;
  const status = object.status ?? {};
  if (deletionTimestamp !== undefined) {
    const isHeld = finalizers.includes(fluxFinalizer);
    return step(status, 'is being deleted', { actions: isHeld ? [{ kind: 'removeFinalizer' }] : [] });
  }
  if (!finalizers.includes(fluxFinalizer))
    return step(status, 'gets its finalizer', { actions: [{ kind: 'addFinalizer' }], requeueAt: now });
  if (object.spec.suspend === true) return step(status, 'is suspended');
  const { expressionProblem } = snapshot;
  if (expressionProblem !== undefined)
    return stalled(snapshot, reasons.invalidCelExpression, expressionProblem);
  if (token === undefined)
    return step(status, 'reads its token', { actions: [{ kind: 'readToken' }], requeueAt: now });
  return token.ok ? ready(snapshot, token.token) : failed(snapshot, token.problem);
}

function ready(snapshot: ReceiverSnapshot, token: string): ReceiverDecision {
  const { object, now } = snapshot;
  const { name, namespace = '', generation = 0 } = object.metadata;
  const webhookPath = hookPath(token, name, namespace);
  const message = `Receiver initialized for path: ${webhookPath}`;
  const words = { type: types.ready, status: 'True', reason: reasons.succeeded, message } as const;
  const cleared = withoutConditions(object.status?.conditions ?? [], types.reconciling, types.stalled);
  const status = say(snapshot, { ...object.status, conditions: cleared }, words);
  const next = handled(object, { ...status, webhookPath, observedGeneration: generation });
  return step(next, message, {
    events: newsOf(object, words),
    requeueAt: addMs(now, intervalMs(object)),
  });
}

/** Without its token there is nowhere to call; it is looked for again. */
function failed(snapshot: ReceiverSnapshot, message: string): ReceiverDecision {
  const { object, now } = snapshot;
  const { webhookPath: _lost, ...before } = object.status ?? {};
  const words = { type: types.ready, status: 'False', reason: reasons.tokenNotFound, message } as const;
  const retry = { type: types.reconciling, status: 'True', reason: reasons.progressingWithRetry } as const;
  const status = say(snapshot, before, words, { ...retry, message });
  return step(handled(object, status), message, {
    events: newsOf(object, words),
    requeueAt: addMs(now, retryMs),
    waitingFor: [{ what: message, unblockedBy: "the user's manifest" }],
  });
}

/** Only another spec helps. */
function stalled(snapshot: ReceiverSnapshot, reason: string, message: string): ReceiverDecision {
  const { object } = snapshot;
  const { webhookPath: _lost, ...before } = object.status ?? {};
  const words = { type: types.ready, status: 'False', reason, message } as const;
  const status = say(snapshot, before, words, { ...words, type: types.stalled, status: 'True' });
  const observedGeneration = object.metadata.generation ?? 0;
  return step(handled(object, { ...status, observedGeneration }), message, {
    events: newsOf(object, words),
    waitingFor: [{ what: message, unblockedBy: "the user's manifest" }],
  });
}

/** How long until a Receiver looks at its token again. */
function intervalMs({ spec }: Receiver): number {
  return parseGoDuration(spec.interval ?? '') || defaultIntervalMs;
}

/** An event when Ready says something new. */
function newsOf(object: Receiver, { reason, message, status }: ConditionWords): readonly EventRecord[] {
  const before = findCondition(object.status?.conditions, types.ready);
  if (before?.reason === reason && before.message === message && before.status === status) return [];
  return [{ type: status === 'True' ? 'Normal' : 'Warning', reason, message }];
}

function say(
  { object, now }: ReceiverSnapshot,
  status: ReceiverStatus,
  ...words: readonly ConditionWords[]
): ReceiverStatus {
  const context = { now, generation: object.metadata.generation ?? 0 };
  const conditions = words.reduce(
    (list, each) => withCondition(list, each, context),
    status.conditions ?? [],
  );
  return { ...status, conditions };
}

function handled({ metadata }: Receiver, status: ReceiverStatus): ReceiverStatus {
  const requestedAt = metadata.annotations?.[fluxKeys.requestedAt];
  return requestedAt === undefined ? status : { ...status, lastHandledReconcileAt: requestedAt };
}

function step(
  status: ReceiverStatus,
  because: string,
  more: Partial<Pick<ReceiverDecision, 'actions' | 'events' | 'requeueAt' | 'waitingFor'>> = {},
): ReceiverDecision {
  return { actions: [], events: [], waitingFor: [], status, because, ...more };
}
