import type { InventoryEntry, Kustomization, KustomizationStatus } from '#api/flux/kustomization.js';
import { fluxConditions as types, fluxReasons as reasons } from '#api/flux/words.js';
import { findCondition } from '#core/kube/conditions.js';
import type { Instant } from '#core/time/instant.js';
import { withCondition, withoutConditions, type ConditionWords } from '../../flux-conditions.js';
import { requestedAt } from './kustomization-spec.js';

/** A draft of the next status. */
export interface KustomizationDraft {
  readonly object: Kustomization;
  readonly now: Instant;
  readonly status: KustomizationStatus;
}

export function draftOf(object: Kustomization, now: Instant): KustomizationDraft {
  return { object, now, status: object.status ?? {} };
}

/** Something is being done that somebody waits for. */
export function markProgress(draft: KustomizationDraft, message: string): KustomizationDraft {
  const reason = reasons.progressing;
  return say(
    draft,
    { type: types.ready, status: 'Unknown', reason, message: 'Reconciliation in progress' },
    { type: types.reconciling, status: 'True', reason, message },
  );
}

/** The health of what was applied is awaited. */
export function markHealthProgress(draft: KustomizationDraft, message: string): KustomizationDraft {
  const progress = markProgress(draft, message);
  return say(progress, { type: types.healthy, status: 'Unknown', reason: reasons.progressing, message });
}

export function markHealthy(draft: KustomizationDraft, message: string): KustomizationDraft {
  return say(draft, { type: types.healthy, status: 'True', reason: reasons.succeeded, message });
}

export function markUnhealthy(draft: KustomizationDraft, message: string): KustomizationDraft {
  return say(draft, { type: types.healthy, status: 'False', reason: reasons.healthCheckFailed, message });
}

/** Health is not asked for (any more). */
export function clearHealthy(draft: KustomizationDraft): KustomizationDraft {
  const conditions = withoutConditions(draft.status.conditions ?? [], types.healthy);
  return { ...draft, status: { ...draft.status, conditions } };
}

/** The run failed; what was applied before stays. The generation does not count as observed. */
export function markFailed(draft: KustomizationDraft, reason: string, message: string): KustomizationDraft {
  const said = say(
    draft,
    { type: types.ready, status: 'False', reason, message },
    { type: types.reconciling, status: 'True', reason: reasons.progressingWithRetry, message },
  );
  return markHandled(said);
}

/** Waiting does not help: only a change of the spec does. */
export function markStalled(draft: KustomizationDraft, reason: string, message: string): KustomizationDraft {
  const said = say(
    draft,
    { type: types.ready, status: 'False', reason, message },
    { type: types.stalled, status: 'True', reason, message },
  );
  return observed(markHandled(said));
}

/** Everything of the revision is applied (and healthy when that is asked for). */
export function markReady(
  draft: KustomizationDraft,
  revision: string,
  originRevision?: string,
): KustomizationDraft {
  const conditions = withoutConditions(draft.status.conditions ?? [], types.reconciling, types.stalled);
  const { lastAppliedOriginRevision: _old, ...status } = draft.status;
  const said = say(
    { ...draft, status: { ...status, conditions } },
    {
      type: types.ready,
      status: 'True',
      reason: reasons.reconciliationSucceeded,
      message: `Applied revision: ${revision}`,
    },
  );
  const origin = originRevision === undefined ? {} : { lastAppliedOriginRevision: originRevision };
  return observed(
    markHandled({
      ...said,
      status: { ...said.status, lastAppliedRevision: revision, lastAttemptedRevision: revision, ...origin },
    }),
  );
}

/** What is held at an older revision than the source has; `''`: nothing is. */
export function setHeld(draft: KustomizationDraft, message: string): KustomizationDraft {
  if (message !== '')
    return say(draft, { type: types.held, status: 'True', reason: reasons.releaseAborted, message });
  return without(draft, types.held);
}

/** What became of commits whose release was aborted; `undefined`: there are none. */
export function setReverted(
  draft: KustomizationDraft,
  outcome: { readonly isOk: boolean; readonly message: string } | undefined,
): KustomizationDraft {
  if (outcome === undefined) return without(draft, types.reverted);
  const { isOk, message } = outcome;
  const said = isOk
    ? ({ status: 'True', reason: reasons.revertPushed } as const)
    : ({ status: 'False', reason: reasons.revertFailed } as const);
  return say(draft, { type: types.reverted, ...said, message });
}

function without(draft: KustomizationDraft, type: string): KustomizationDraft {
  const { conditions = [] } = draft.status;
  if (findCondition(conditions, type) === undefined) return draft;
  return { ...draft, status: { ...draft.status, conditions: withoutConditions(conditions, type) } };
}

/** What running releases have. */
export function setLeased(
  draft: KustomizationDraft,
  leased: NonNullable<KustomizationStatus['leased']>,
): KustomizationDraft {
  const { leased: _old, ...status } = draft.status;
  return { ...draft, status: leased.length === 0 ? status : { ...status, leased } };
}

export function setAttempted(draft: KustomizationDraft, revision: string): KustomizationDraft {
  return { ...draft, status: { ...draft.status, lastAttemptedRevision: revision } };
}

export function setInventory(
  draft: KustomizationDraft,
  entries: readonly InventoryEntry[],
): KustomizationDraft {
  const sorted = [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...draft, status: { ...draft.status, inventory: { entries: sorted } } };
}

function observed(draft: KustomizationDraft): KustomizationDraft {
  return { ...draft, status: { ...draft.status, observedGeneration: draft.object.metadata.generation ?? 0 } };
}

function markHandled(draft: KustomizationDraft): KustomizationDraft {
  const asked = requestedAt(draft.object);
  return asked === undefined
    ? draft
    : { ...draft, status: { ...draft.status, lastHandledReconcileAt: asked } };
}

function say(draft: KustomizationDraft, ...words: readonly ConditionWords[]): KustomizationDraft {
  const context = { now: draft.now, generation: draft.object.metadata.generation ?? 0 };
  const start = draft.status.conditions ?? [];
  const conditions = words.reduce((list, each) => withCondition(list, each, context), start);
  return { ...draft, status: { ...draft.status, conditions } };
}
