import { promoteForm, undoTargetOf } from '#core/rollout-actions/action-patch.js';
import { formatCount, formatPercent, formatSpan } from '../words/format.js';
import { isActive } from '../plan/plan-bluegreen.js';
import { desiredOf, imageOf, isPromoted, revisionOf, rolesOf, stepsOf } from '../facts/roles.js';
import { labelOf } from '../words/step-words.js';
import type { ViewInput } from '../view-input.js';
import { readyOf, scaleOf, wantedWeightOf } from '../facts/weight.js';
import type { ActionView } from '../wire/detail.js';
import type { GateView } from '../wire/gate.js';

type ActionText = Pick<ActionView, 'text' | 'wayBack' | 'confirm'>;

/** What a promotion of one step does, with the real numbers. */
export function promoteText(input: ViewInput, gates: readonly GateView[]): ActionText {
  const { rollout } = input;
  const steps = stepsOf(rollout);
  const index = rollout.status?.currentStepIndex ?? 0;
  const wayBack = 'Pause or abort.';
  const here = `step ${index + 1} of ${steps.length}`;
  switch (promoteForm(rollout)) {
    case 'undecided':
      return {
        text: `Accepts an undecided gate at ${here} and moves on. ${nextText(input)}`,
        wayBack,
        confirm: 'Accept and promote',
      };
    case 'running':
      return {
        text: `Skips ${here} (${runningText(input, gates)}). ${nextText(input)}`,
        wayBack: 'Abort.',
        confirm: `Skip step ${index + 1}`,
      };
    default:
      return { text: `${pausedText(input, here)} ${nextText(input)}`, wayBack, confirm: 'Promote' };
  }
}

function pausedText(input: ViewInput, here: string): string {
  if (input.rollout.spec.strategy?.blueGreen !== undefined) return 'Ends the pause before the switch.';
  return (input.rollout.status?.pauseConditions ?? []).length > 0
    ? `Ends the pause at ${here}.`
    : 'Ends the pause by hand; the current step goes on.';
}

function runningText(input: ViewInput, gates: readonly GateView[]): string {
  const index = input.rollout.status?.currentStepIndex ?? 0;
  const step = stepsOf(input.rollout)[index];
  const gate = gates.find((one) => one.isCurrent && one.step === index);
  if (gate === undefined) return step === undefined ? 'the last step' : labelOf(step);
  const measured = gate.metrics.reduce((sum, metric) => sum + metric.measured, 0);
  const planned = gate.metrics.reduce((sum, metric) => sum + (metric.planned ?? metric.measured), 0);
  return `gate, ${measured} of ${planned} measured`;
}

function nextText(input: ViewInput): string {
  const { rollout } = input;
  if (rollout.spec.strategy?.blueGreen !== undefined) {
    const service = rollout.spec.strategy.blueGreen.activeService;
    return `Service ${service} switches to revision ${revisionOf(rollout)} at once.`;
  }
  const steps = stepsOf(rollout);
  const index = rollout.status?.currentStepIndex ?? 0;
  const rest = steps.slice(index + 1);
  const now = wantedWeightOf(rollout);
  const next = rest[0];
  if (next === undefined) return `Next: ${formatPercent(now)} → 100 %.`;
  const after = rest[1] === undefined ? '' : `, then ${labelOf(rest[1])}`;
  const label = labelOf(next, scaleOf(rollout));
  return next.setWeight === undefined
    ? `Next: ${label}${after}.`
    : `Next: ${formatPercent(now)} → ${label}${after}.`;
}

export function promoteFullText(input: ViewInput): ActionText {
  const { rollout } = input;
  const steps = stepsOf(rollout);
  const index = rollout.status?.currentStepIndex ?? 0;
  const rest = steps.slice(index);
  const gates = rest.filter((step) => step.analysis !== undefined).length;
  const { newest, stable } = rolesOf(input);
  const what =
    rest.length === 0
      ? 'Skips what is left'
      : `Skips ${rest.length === 1 ? `step ${index + 1}` : `steps ${index + 1}–${steps.length}`}${gates === 0 ? '' : ` and ${formatCount(gates, 'gate')}`}`;
  const pods = formatCount(desiredOf(rollout), 'pod');
  return {
    text: `${what}. ${formatPercent(wantedWeightOf(rollout))} → 100 % once all ${pods} are ready; ${readyOf(newest)} are now.`,
    wayBack: stable === undefined ? 'None.' : `Undo to revision ${revisionOf(stable)}.`,
    confirm: 'Promote to 100 %',
  };
}

export function abortText(input: ViewInput): ActionText {
  const { rollout } = input;
  const { stable } = rolesOf(input);
  const old = stable === undefined ? 'the stable revision' : `revision ${revisionOf(stable)}`;
  const isSwitched = rollout.spec.strategy?.blueGreen !== undefined && !isActive(input);
  const traffic = isSwitched ? `Users stay on ${old}` : `All traffic goes back to ${old} now`;
  const delay =
    rollout.spec.strategy?.canary?.abortScaleDownDelaySeconds ??
    rollout.spec.strategy?.blueGreen?.abortScaleDownDelaySeconds ??
    30;
  const isRouted = rollout.spec.strategy?.canary?.trafficRouting !== undefined || isSwitched;
  const leave = !isRouted
    ? 'its pods are replaced'
    : delay === 0
      ? 'its pods stay'
      : `its pods leave ${formatSpan(delay * 1000)} later`;
  return {
    text: `${traffic}; revision ${revisionOf(rollout)} gets nothing, ${leave}. The spec still asks for revision ${revisionOf(rollout)}, so the state stays Degraded until a retry, a new version or an undo.`,
    wayBack: 'Retry.',
    confirm: `Abort revision ${revisionOf(rollout)}`,
  };
}

export function retryText({ rollout }: ViewInput): ActionText {
  return {
    text: `Starts revision ${revisionOf(rollout)} again at step 1 with new analysis runs.`,
    wayBack: 'Abort.',
    confirm: 'Retry',
  };
}

export function holdText({ rollout }: ViewInput): ActionText {
  return rollout.spec.paused === true
    ? { text: 'Steps and pod counts move again.', wayBack: 'Pause.', confirm: 'Resume' }
    : {
        text: 'Freezes steps and pod counts; traffic rules and running analysis go on.',
        wayBack: 'Resume.',
        confirm: 'Pause',
      };
}

export function restartText(input: ViewInput): ActionText {
  const pods = input.replicaSets.reduce((sum, rs) => sum + (rs.status?.replicas ?? 0), 0);
  const alone =
    desiredOf(input.rollout) === 1
      ? ' There is one replica: an extra pod comes first, unless maxSurge is 0.'
      : '';
  return {
    text: `Evicts ${formatCount(pods, 'pod')} a few at a time; disruption budgets are kept.${alone}`,
    wayBack: 'None: a restart cannot be taken back.',
    confirm: `Restart ${formatCount(pods, 'pod')}`,
  };
}

export function undoText(input: ViewInput): ActionText {
  const target = undoTargetOf(input.replicaSets, revisionOf);
  const number = target === undefined ? 0 : revisionOf(target);
  const back = imageOf(target?.spec.template);
  const window = input.rollout.spec.rollbackWindow?.revisions ?? 0;
  const steps = stepsOf(input.rollout).length;
  const course =
    target !== undefined && target === rolesOf(input).stable && !isPromoted(input.rollout)
      ? 'It is the stable revision: no steps.'
      : window > 0
        ? 'Inside the rollback window it runs no steps.'
        : steps > 0
          ? `It runs through all ${formatCount(steps, 'step')}.`
          : '';
  return {
    text: `Puts the template of revision ${number}${back === '' ? '' : ` (${back})`} back; it becomes revision ${revisionOf(input.rollout) + 1}. ${course}`.trim(),
    wayBack: 'Undo again.',
    confirm: `Undo to revision ${number}`,
  };
}
