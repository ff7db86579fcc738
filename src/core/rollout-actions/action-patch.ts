import type { Rollout } from '#api/argoproj/rollout.js';
import { labels } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { isObject } from '#core/json/json.js';
import { addMs, formatInstant, type Instant } from '#core/time/instant.js';

/** What a person may ask of a Rollout. */
export type ActionVerb =
  'promote' | 'promotefull' | 'abort' | 'retry' | 'pause' | 'resume' | 'restart' | 'undo';

/** One write that carries an action out. Without `target` it goes to the Rollout itself. */
export interface ActionWrite {
  readonly subresource?: 'status';
  readonly target?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly patch:
    | { readonly type: 'merge'; readonly body: Readonly<Record<string, unknown>> }
    | {
        readonly type: 'json';
        readonly body: readonly {
          readonly op: 'replace' | 'test';
          readonly path: string;
          readonly value: unknown;
        }[];
      };
}

/** The writes of an action in their order, or why there is nothing to do. */
export type ActionPlan =
  | { readonly ok: true; readonly writes: readonly ActionWrite[] }
  | { readonly ok: false; readonly why: string };

export interface ActionOptions {
  readonly now: Instant;
  /** For `restart`: how long from now. */
  readonly delayMs?: number;
  /** For `undo`: the ReplicaSet to go back to, see {@link undoTargetOf}. */
  readonly undoTo?: ReplicaSet;
}

/** The peer's patches for an action; nothing is written when the action would change nothing. */
export function actionPatch(verb: ActionVerb, rollout: Rollout, options: ActionOptions): ActionPlan {
  switch (verb) {
    case 'promote':
      return promote(rollout);
    case 'promotefull':
      return promoteFull(rollout);
    case 'abort':
      return abort(rollout);
    case 'retry':
      return retry(rollout);
    case 'pause':
      return rollout.spec.paused === true ? refuse('it is paused already') : plan(spec({ paused: true }));
    case 'resume':
      return rollout.spec.paused === true
        ? plan(spec({ paused: false }))
        : refuse('it is not paused by hand');
    case 'restart':
      return plan(spec({ restartAt: formatInstant(shift(options)) }));
    case 'undo':
      return undo(rollout, options.undoTo);
  }
}

/** How `promote` would act: it ends a pause, accepts an undecided gate, or skips the step that runs. */
export function promoteForm(rollout: Rollout): 'paused' | 'undecided' | 'running' | 'nothing' {
  const isPaused = (rollout.status?.pauseConditions ?? []).length > 0;
  if (isPaused && isUndecided(rollout)) return 'undecided';
  if (isPaused || rollout.spec.paused === true) return 'paused';
  if (rollout.status?.abort === true || isSettled(rollout)) return 'nothing';
  const index = rollout.status?.currentStepIndex;
  const count = rollout.spec.strategy?.canary?.steps?.length ?? 0;
  return index !== undefined && index < count ? 'running' : 'nothing';
}

function isUndecided({ status: now }: Rollout): boolean {
  return now?.controllerPause === true && now.canary?.currentStepAnalysisRunStatus?.status === 'Inconclusive';
}

/** The ReplicaSet that `undo` goes back to: the given revision, or the newest below the current one. */
export function undoTargetOf(
  rollout: Rollout,
  replicaSets: readonly ReplicaSet[],
  revisionOf: (rs: ReplicaSet) => number,
  revision?: number,
): ReplicaSet | undefined {
  const current = rollout.status?.currentPodHash;
  const others = replicaSets.filter((rs) => rs.metadata.labels?.[labels.podTemplateHash] !== current);
  if (revision !== undefined && revision > 0) return others.find((rs) => revisionOf(rs) === revision);
  return others.toSorted((a, b) => revisionOf(b) - revisionOf(a))[0];
}

function promote(rollout: Rollout): ActionPlan {
  const index = rollout.status?.currentStepIndex ?? 0;
  const unpause = rollout.spec.paused === true ? [spec({ paused: false })] : [];
  switch (promoteForm(rollout)) {
    case 'undecided':
      return plan(
        status({ pauseConditions: null, controllerPause: false, currentStepIndex: index + 1 }),
        ...unpause,
      );
    case 'paused':
      return plan(
        ...((rollout.status?.pauseConditions ?? []).length > 0 ? [status({ pauseConditions: null })] : []),
        ...unpause,
      );
    case 'running':
      return plan(status({ pauseConditions: null, currentStepIndex: index + 1 }));
    case 'nothing':
      return refuse('nothing to promote: no pause holds and no step runs');
  }
}

function promoteFull(rollout: Rollout): ActionPlan {
  if (isSettled(rollout)) return refuse('nothing to promote: the newest revision is stable');
  if (rollout.status?.promoteFull === true) return refuse('full promotion is under way');
  const unpause = rollout.spec.paused === true ? [spec({ paused: false })] : [];
  return plan(status({ promoteFull: true }), ...unpause);
}

function abort(rollout: Rollout): ActionPlan {
  if (rollout.status?.abort === true) return refuse('it is aborted already');
  if (isSettled(rollout)) return refuse('nothing to abort: the newest revision is stable');
  return plan(status({ abort: true }));
}

function retry(rollout: Rollout): ActionPlan {
  const isAborted = rollout.status?.abort === true;
  return isAborted ? plan(status({ abort: false })) : refuse('nothing to retry: it is not aborted');
}

function undo(rollout: Rollout, to: ReplicaSet | undefined): ActionPlan {
  if (to?.spec.template === undefined) return refuse('there is no older revision to go back to');
  const { metadata, ...template } = to.spec.template;
  const kept = Object.entries(metadata?.labels ?? {}).filter(([key]) => key !== labels.podTemplateHash);
  const value = { metadata: { ...metadata, labels: Object.fromEntries(kept) }, ...template };
  const patch = { type: 'json', body: [{ op: 'replace', path: '/spec/template', value }] } as const;
  const ref = rollout.spec.workloadRef;
  if (ref?.apiVersion === undefined || ref.kind === undefined || ref.name === undefined)
    return plan({ patch });
  return plan({ patch, target: { apiVersion: ref.apiVersion, kind: ref.kind, name: ref.name } });
}

function isSettled({ status: now }: Rollout): boolean {
  return now?.stableRS !== undefined && now.stableRS !== '' && now.stableRS === now.currentPodHash;
}

function shift({ now, delayMs = 0 }: ActionOptions): Instant {
  return addMs(now, delayMs);
}

function spec(fields: Readonly<Record<string, unknown>>): ActionWrite {
  return { patch: { type: 'merge', body: { spec: fields } } };
}

function status(fields: Readonly<Record<string, unknown>>): ActionWrite {
  return { subresource: 'status', patch: { type: 'merge', body: { status: fields } } };
}

function plan(...writes: readonly ActionWrite[]): ActionPlan {
  return { ok: true, writes };
}

function refuse(why: string): ActionPlan {
  return { ok: false, why };
}

/** The write with the identity that it was decided on, so that a stale one fails with a conflict. */
export function withPrecondition(write: ActionWrite, uid: string, resourceVersion?: string): ActionWrite {
  const version = resourceVersion === undefined ? {} : { resourceVersion };
  if (write.target !== undefined) return write;
  if (write.patch.type === 'merge') {
    const metadata = isObject(write.patch.body['metadata']) ? write.patch.body['metadata'] : {};
    const body = { ...write.patch.body, metadata: { ...metadata, uid, ...version } };
    return { ...write, patch: { type: 'merge', body } };
  }
  const tests = [
    { op: 'test' as const, path: '/metadata/uid', value: uid },
    ...(resourceVersion === undefined
      ? []
      : [{ op: 'test' as const, path: '/metadata/resourceVersion', value: resourceVersion }]),
  ];
  return { ...write, patch: { type: 'json', body: [...tests, ...write.patch.body] } };
}
