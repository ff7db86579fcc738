import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { Wait } from '#core/decision/decision.js';
import type { Instant } from '#core/time/instant.js';
import { parseInstant } from '#core/time/instant.js';
import { chainOf } from './chain.js';
import { formatCount, formatPercent, formatSpan, type Phrase } from './format.js';
import { countGates, gatesOf, tallyOf } from '../gates/gates.js';
import { shortAbort, shortInvalid } from './peer-words.js';
import { holdOf, phaseOf } from './phase.js';
import { isActive } from '../plan/plan-bluegreen.js';
import { desiredOf, isPromoted, revisionOf, rolesOf, stepsOf } from '../facts/roles.js';
import { pauseMsOf } from './step-words.js';
import { viewInputOf, type ViewInput } from '../view-input.js';
import { readyOf, weightOf } from '../facts/weight.js';
import type { GateView } from '../wire/gate.js';
import type { WeightView } from '../wire/list.js';

/** The headline: what, how much, waiting for whom and how long, what comes next. The same on page and terminal. */
export function sentenceOf(
  rollout: Rollout,
  runs: readonly AnalysisRun[],
  waits: readonly Wait[],
  now: Instant,
): Phrase {
  return headlineOf(viewInputOf({ rollout, runs, waits, now }));
}

/** {@link sentenceOf} with everything that is known about the Rollout, pods included. */
export function headlineOf(input: ViewInput): Phrase {
  const gates = gatesOf(input.runs, input.rollout.status?.currentPodHash);
  const behind = phaseOf(input.rollout).isBehind;
  if (behind !== null) return [`Not up to date: ${behind}.`];
  const parts = [
    shareClause(input),
    reasonClause(input, gates),
    gateClause(input, gates),
    outlookClause(input),
  ];
  return joinSentences(parts);
}

/** The reason in a few words, for a line of the list. */
export function reasonOf(input: ViewInput, gates: readonly GateView[]): Phrase {
  const { rollout } = input;
  const hold = holdOf(rollout);
  const steps = stepsOf(rollout);
  const index = rollout.status?.currentStepIndex ?? 0;
  switch (hold.kind) {
    case 'invalid':
      return [`spec invalid: ${shortInvalid(hold.message)}`];
    case 'aborted':
      return [`aborted: ${shortAbort(hold.message)}`];
    case 'deadline':
      return ['progress deadline exceeded'];
    case 'byHand':
      return ['paused by hand'];
    case 'undecided':
      return ['gate is undecided'];
    case 'pause':
      return pauseReason(rollout, hold.since);
    case 'none':
      break;
  }
  const behind = phaseOf(rollout).isBehind;
  if (behind !== null) return [behind];
  const leaf = chainOf(input, gates).at(-1);
  if (leaf !== undefined) return [leaf.what];
  if (isPromoted(rollout)) return [readyClause(input)];
  return [
    steps.length > 0 && index < steps.length ? `step ${index + 1} of ${steps.length}` : readyClause(input),
  ];
}

function pauseReason(rollout: Rollout, since: string): Phrase {
  const steps = stepsOf(rollout);
  const index = rollout.status?.currentStepIndex ?? 0;
  const step = steps[index];
  const ends = step === undefined ? autoPromotionMs(rollout) : pauseMsOf(step);
  const where = step === undefined ? 'before the switch' : `step ${index + 1} of ${steps.length}`;
  const start = parseInstant(since);
  if (ends === null || start === undefined) return [`${where}: pause without end`];
  return [`${where}: pause ends `, { until: start + ends }];
}

function autoPromotionMs(rollout: Rollout): number | null {
  const spec = rollout.spec.strategy?.blueGreen;
  const seconds = spec?.autoPromotionSeconds ?? 0;
  return spec?.autoPromotionEnabled === false || seconds === 0 ? null : seconds * 1000;
}

function joinSentences(clauses: readonly Phrase[]): Phrase {
  return clauses
    .filter((clause) => clause.length > 0)
    .flatMap((clause, i) => (i === 0 ? clause : [' ', ...clause]));
}

function shareClause(input: ViewInput): Phrase {
  const { rollout } = input;
  const hold = holdOf(rollout).kind;
  if (rollout.spec.strategy?.blueGreen !== undefined && !isPromoted(rollout))
    return isActive(input)
      ? [`Revision ${revisionOf(rollout)} is active.`]
      : [`Revision ${revisionOf(rollout)} is in preview; users are on the old one.`];
  if (isPromoted(rollout)) return [`Revision ${revisionOf(rollout)} is stable: ${readyClause(input)}.`];
  const weight = weightOf(input);
  if (weight === null) return [];
  if (hold === 'aborted') return [`All traffic goes to the stable revision${seen(weight, 'canary ')}.`];
  return [`Canary gets ${formatPercent(weight.wanted)}${seen(weight, '')}.`];
}

function seen(weight: WeightView, who: string): string {
  if (weight.observed === null) return weight.pendingSince === null ? '' : ' (written, not yet confirmed)';
  const share = formatPercent(weight.observed);
  if (weight.by === 'pods') return ` (${who}${share} of ready pods)`;
  return ` (${who}${weight.by === 'confirmed' ? 'observed' : 'as written'} ${share})`;
}

function readyClause(input: ViewInput): string {
  const { newest } = rolesOf(input);
  const ready = newest === undefined ? (input.rollout.status?.availableReplicas ?? 0) : readyOf(newest);
  return `${ready} of ${formatCount(desiredOf(input.rollout), 'pod')} ready`;
}

function reasonClause(input: ViewInput, gates: readonly GateView[]): Phrase {
  const { rollout } = input;
  const hold = holdOf(rollout);
  const since = 'since' in hold ? parseInstant(hold.since) : undefined;
  const steps = stepsOf(rollout);
  const index = rollout.status?.currentStepIndex ?? 0;
  switch (hold.kind) {
    case 'invalid':
      return [`The spec is invalid: ${shortInvalid(hold.message)}. The last good state keeps serving.`];
    case 'aborted':
      return [
        ...ago('Aborted', since),
        `: ${shortAbort(hold.message)}. Waiting for a retry, a new version or an undo.`,
      ];
    case 'deadline':
      return [...ago('No progress within the deadline', since), `: ${leafWords(input, gates)}.`];
    case 'byHand':
      return [...waitingFor('a person', since), ': paused by hand.'];
    case 'undecided':
      return [...waitingFor('a person', since), ': the gate is undecided.'];
    case 'pause': {
      const ends = steps[index] === undefined ? autoPromotionMs(rollout) : pauseMsOf(steps[index]);
      const where =
        steps[index] === undefined ? 'before the switch' : `at step ${index + 1} of ${steps.length}`;
      if (ends === null || since === undefined)
        return [...waitingFor('a person', since), `: the pause ${where} has no end.`];
      return [`The pause ${where} ends by itself `, { until: since + ends }, '.'];
    }
    case 'none':
      break;
  }
  const chain = chainOf(input, gates);
  const leaf = chain.at(-1);
  if (leaf === undefined) return isPromoted(rollout) ? [] : ['Moving on.'];
  const where = chain.length > 1 && chain[0] !== undefined ? ` (${chain[0].what})` : '';
  return [`Waiting for ${leaf.by === '' ? 'the controller' : leaf.by}: ${leaf.what}${where}.`];
}

function leafWords(input: ViewInput, gates: readonly GateView[]): string {
  const leaf = chainOf(input, gates).at(-1);
  return leaf?.what ?? 'the new pods did not become available';
}

function ago(what: string, since: number | undefined): Phrase {
  return since === undefined ? [what] : [`${what} `, { since }, ' ago'];
}

function waitingFor(whom: string, since: number | undefined): Phrase {
  return since === undefined ? [`Waiting for ${whom}`] : [`Waiting for ${whom} for `, { since }];
}

function gateClause(input: ViewInput, gates: readonly GateView[]): Phrase {
  if (isPromoted(input.rollout)) return [];
  const isMeasured = gates.some((gate) => gate.isCurrent && gate.metrics.length > 0);
  return isMeasured ? [`Gates: ${tallyOf(countGates(gates))}.`] : [];
}

function outlookClause(input: ViewInput): Phrase {
  const hold = holdOf(input.rollout).kind;
  if (hold !== 'pause' && hold !== 'none' && hold !== 'undecided') return [];
  const steps = stepsOf(input.rollout);
  const index = input.rollout.status?.currentStepIndex;
  if (index === undefined || index >= steps.length || isPromoted(input.rollout)) return [];
  const rest = steps.slice(index + 1).filter((step) => step.pause !== undefined);
  const holds = rest.filter((step) => pauseMsOf(step) === null).length;
  const planned = rest.map((step) => pauseMsOf(step) ?? 0).reduce((a, b) => a + b, 0);
  if (planned === 0 && holds === 0) return [];
  const pauses = planned > 0 ? [`${formatSpan(planned)} of pauses`] : [];
  const people = holds > 0 ? [`${formatCount(holds, 'pause')} for a person`] : [];
  return [`After that: ${[...pauses, ...people].join(' and ')}.`];
}
