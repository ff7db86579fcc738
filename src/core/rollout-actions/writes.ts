import type { Rollout } from '#api/argoproj/rollout.js';
import type { PodTemplateSpec, ReplicaSet } from '#api/k8s/core-kinds.js';
import { plainTemplate } from '#core/rollout/replica-sets/template.js';
import { templatesEqualIgnoringDefaults } from '#core/pod-defaults/equal-templates.js';
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

/** The writes of an action in their order, or why it cannot be done. */
export type ActionPlan =
  | { readonly ok: true; readonly writes: readonly ActionWrite[] }
  | { readonly ok: false; readonly why: string };

/** What an act of a person is about, beyond the Rollout. */
export interface ActionOptions {
  readonly now: Instant;
  /** For `restart`: how long from now. */
  readonly delayMs?: number;
  /** For `undo`: the ReplicaSet to go back to. */
  readonly undoTo?: ReplicaSet;
  /** For `promote`: the step that runs, or all that are left, whatever holds the Rollout. */
  readonly skip?: 'current' | 'all';
}

/** The peer's patches for an action, also where they would change nothing. */
export function writesOf(verb: ActionVerb, rollout: Rollout, options: ActionOptions): ActionPlan {
  switch (verb) {
    case 'promote':
      return options.skip === undefined ? promote(rollout) : skip(rollout, options.skip);
    case 'promotefull':
      return promoteFull(rollout);
    case 'abort':
      return plan(status({ abort: true }));
    case 'retry':
      return plan(status({ abort: false }));
    case 'pause':
      return plan(spec({ paused: true }));
    case 'resume':
      return plan(spec({ paused: false }));
    case 'restart':
      return plan(spec({ restartAt: formatInstant(addMs(options.now, options.delayMs ?? 0)) }));
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
  return index !== undefined && index < stepCount(rollout) ? 'running' : 'nothing';
}

/** Whether the newest revision is the stable one. */
export function isSettled({ status: now }: Rollout): boolean {
  return now?.stableRS !== undefined && now.stableRS !== '' && now.stableRS === now.currentPodHash;
}

/** The template that `undo` would bring: that of the ReplicaSet without everything the controller put into it. */
function undoTemplate(to: ReplicaSet): PodTemplateSpec {
  return plainTemplate(to.spec.template ?? {}, to.metadata.annotations);
}

/** Whether a template means the same pods as that of a ReplicaSet: then there is nothing to undo. */
export function isSameTemplate(template: PodTemplateSpec | undefined, to: ReplicaSet): boolean {
  const none = { labels: {}, annotations: {} };
  return template !== undefined && templatesEqualIgnoringDefaults(template, undoTemplate(to), none);
}

function isUndecided({ status: now }: Rollout): boolean {
  return now?.controllerPause === true && now.canary?.currentStepAnalysisRunStatus?.status === 'Inconclusive';
}

function promote(rollout: Rollout): ActionPlan {
  const hasConditions = (rollout.status?.pauseConditions ?? []).length > 0;
  const unpause = rollout.spec.paused === true ? [spec({ paused: false })] : [];
  const next = nextIndex(rollout);
  const isNextKnown = next !== undefined;
  if (hasConditions && isUndecided(rollout)) {
    const fields = { pauseConditions: null, controllerPause: false };
    return plan(status(isNextKnown ? { ...fields, currentStepIndex: next } : fields), ...unpause);
  }
  if (hasConditions) return plan(status({ pauseConditions: null }), ...unpause);
  if (rollout.spec.paused === true || !isNextKnown) return plan(...unpause);
  return plan(status({ pauseConditions: null, currentStepIndex: next }));
}

/** The index behind the current step, at most the number of steps; `undefined` without steps. */
function nextIndex(rollout: Rollout): number | undefined {
  const count = stepCount(rollout);
  if (count === 0) return undefined;
  return Math.min((rollout.status?.currentStepIndex ?? 0) + 1, count);
}

function skip(rollout: Rollout, what: 'current' | 'all'): ActionPlan {
  if (rollout.spec.strategy?.blueGreen !== undefined)
    return refuse('Cannot skip steps of a bluegreen rollout. Run without a flags');
  const index = what === 'all' ? stepCount(rollout) : nextIndex(rollout);
  if (stepCount(rollout) === 0 || index === undefined)
    return refuse('Cannot skip steps of a rollout without steps');
  return plan(status({ currentStepIndex: index }));
}

function promoteFull(rollout: Rollout): ActionPlan {
  const { currentPodHash = '', stableRS = '' } = rollout.status ?? {};
  const unpause = rollout.spec.paused === true ? [spec({ paused: false })] : [];
  return plan(...(currentPodHash === stableRS ? [] : [status({ promoteFull: true })]), ...unpause);
}

function undo(rollout: Rollout, to: ReplicaSet | undefined): ActionPlan {
  if (to?.spec.template === undefined)
    return refuse(`no revision found for rollout "${rollout.metadata.name}"`);
  const ref = rollout.spec.workloadRef;
  const isReferred = ref?.apiVersion !== undefined && ref.kind !== undefined && ref.name !== undefined;
  const path = isReferred && ref.kind === 'PodTemplate' ? '/template' : '/spec/template';
  const patch = { type: 'json', body: [{ op: 'replace', path, value: undoTemplate(to) }] } as const;
  if (!isReferred) return plan({ patch });
  return plan({
    patch,
    target: { apiVersion: ref.apiVersion ?? '', kind: ref.kind ?? '', name: ref.name ?? '' },
  });
}

function stepCount(rollout: Rollout): number {
  return rollout.spec.strategy?.canary?.steps?.length ?? 0;
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
