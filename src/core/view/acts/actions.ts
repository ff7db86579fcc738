import {
  actionPatch,
  promoteForm,
  undoTargetOf,
  type ActionVerb,
} from '#core/rollout-actions/action-patch.js';
import * as texts from './action-texts.js';
import { holdOf, phaseOf } from '../words/phase.js';
import { revisionOf } from '../facts/roles.js';
import type { ViewInput } from '../view-input.js';
import type { ActionView } from '../wire/detail.js';
import type { GateView } from '../wire/gate.js';
import type { Verb } from '../wire/list.js';

/** Every button of the action bar in its fixed slot, with its text, way back and why it is disabled. */
export function actionsOf(
  input: ViewInput,
  gates: readonly GateView[],
  can: readonly Verb[],
): readonly ActionView[] {
  return slots(input, gates).map((slot) => ({
    ...slot,
    asksReason: slot.asksReason ?? false,
    disabled: disabledReason(slot.verb, input, can),
  }));
}

type Slot = Omit<ActionView, 'disabled' | 'asksReason'> & { readonly asksReason?: boolean };

function slots(input: ViewInput, gates: readonly GateView[]): readonly Slot[] {
  const { rollout } = input;
  const revision = revisionOf(rollout);
  const name = `${rollout.metadata.namespace ?? ''}/${rollout.metadata.name}`;
  const full = { label: 'Promote full', title: `Promote ${name} to 100 %`, asksReason: true } as const;
  const retry = { label: 'Retry', title: `Retry ${name} revision ${revision}` };
  const restart = { label: 'Restart', title: `Restart the pods of ${name}` };
  const undo = { label: 'Undo', title: `Undo ${name}`, asksReason: true } as const;
  return [
    promoteSlot(input, gates, `Promote ${name} revision ${revision}`),
    {
      verb: 'abort',
      key: 'a',
      label: 'Abort',
      level: 1,
      title: `Abort ${name} revision ${revision}`,
      ...texts.abortText(input),
    },
    holdSlot(input, name),
    { verb: 'promotefull', key: 'P', level: 2, ...full, ...texts.promoteFullText(input) },
    { verb: 'retry', key: 'r', level: 1, ...retry, ...texts.retryText(input) },
    { verb: 'restart', key: 'e', level: 2, ...restart, ...texts.restartText(input) },
    { verb: 'undo', key: 'u', level: 2, ...undo, ...texts.undoText(input) },
  ];
}

function promoteSlot(input: ViewInput, gates: readonly GateView[], title: string): Slot {
  const form = promoteForm(input.rollout);
  const level = form === 'running' || form === 'undecided' ? 2 : 1;
  const text = texts.promoteText(input, gates);
  return {
    verb: 'promote',
    key: 'p',
    label: 'Promote',
    level,
    title,
    ...text,
    asksReason: form === 'undecided',
  };
}

function holdSlot(input: ViewInput, name: string): Slot {
  const isHeld = input.rollout.spec.paused === true;
  const label = isHeld ? 'Resume' : 'Pause';
  const verb = isHeld ? 'resume' : 'pause';
  return { verb, key: 'h', label, level: 0, title: `${label} ${name}`, ...texts.holdText(input) };
}

/** Why an action cannot be done now; `null` when it can. */
function disabledReason(verb: Verb, input: ViewInput, can: readonly Verb[]): string | null {
  if (!can.includes(verb))
    return `not permitted: ${verb} rollouts in ${input.rollout.metadata.namespace ?? 'this namespace'}`;
  const behind = phaseOf(input.rollout).isBehind;
  if (behind !== null && verb !== 'abort' && verb !== 'pause') return behind;
  const undoTo = undoTargetOf(input.replicaSets, revisionOf);
  const plan = actionPatch(verb satisfies ActionVerb, input.rollout, {
    now: input.now,
    ...(undoTo === undefined ? {} : { undoTo }),
  });
  if (!plan.ok) return plan.why;
  if (verb === 'promote' && holdOf(input.rollout).kind === 'invalid') return 'the spec is invalid';
  return null;
}
