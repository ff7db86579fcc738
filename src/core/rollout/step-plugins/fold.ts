import type { StepPluginStatus } from '#api/argoproj/rollout.js';
import {
  stepPluginPhases as phases,
  type StepOutcome,
  type StepPluginPhase,
} from '#core/plugin/step-call.js';
import { formatGoDuration } from '#core/time/duration.js';
import { formatInstant, type Instant } from '#core/time/instant.js';
import { isPromoted, withoutUndefined } from '../course.js';
import { say, steer, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { abort } from '../orders.js';
import { callKey, operationOf, putEntry } from './entries.js';
import type { FinishedStepCall } from './view.js';
import { failedWords, problemEvent, problemWords, transitionEvents } from './words.js';

const defaultBackoffMs = 30_000;
const leastBackoffMs = 10_000;
/** Tries of an abort or a termination that no plugin answers. */
const mostTries = 10;

/** Writes what calls came to into their entries, and aborts when the plugin of the current step failed. */
export function foldStepCalls(facts: Facts, draft: Draft): Draft {
  const finished = facts.snapshot.stepPlugins?.finished ?? [];
  return finished.reduce((next, call) => foldCall(facts, next, call), draft);
}

function foldCall(facts: Facts, draft: Draft, call: FinishedStepCall): Draft {
  const { course } = draft;
  // What belongs to another attempt or revision concerns nobody any more.
  const entry = course.stepPlugins.find((candidate) => callKey(facts, candidate) === call.key);
  if (entry === undefined) return draft;
  const next = operationOf(entry) === 'Run' ? afterRun(entry, call) : afterEnding(entry, call);
  const noted = steer(draft, { stepPlugins: putEntry(course.stepPlugins, next) });
  if (call.outcome.kind === 'unreachable') {
    const { message } = call.outcome;
    const told = say(noted, problemEvent(entry, message), ...transitionEvents(entry.phase, next));
    return steer(told, { pluginProblem: problemWords(entry, message) });
  }
  const isFirst = operationOf(entry) !== 'Run' || (entry.executions ?? 0) === 0;
  const answered = steer(noted, { pluginProblem: undefined });
  const told = say(answered, ...transitionEvents(isFirst ? undefined : entry.phase, next));
  return hasFailed(next, told) ? abort(facts, told, failedWords(next)) : told;
}

function hasFailed(entry: StepPluginStatus, { course }: Draft): boolean {
  const isCurrent = entry.index === course.index && operationOf(entry) === 'Run';
  const isOnTheWay = !course.isAborted && !course.isPromoteFull && !isPromoted(course);
  return isCurrent && isOnTheWay && entry.phase === phases.failed;
}

function afterRun(entry: StepPluginStatus, { outcome, finishedAt }: FinishedStepCall): StepPluginStatus {
  if (outcome.kind === 'unreachable') return unanswered(entry, outcome.message, finishedAt);
  const phase = outcome.kind === 'refused' ? phases.error : (outcome.phase ?? phaseOf(entry));
  const isOver = phase === phases.successful || phase === phases.failed;
  const at = formatInstant(finishedAt);
  return build(entry, {
    phase,
    message: outcome.message,
    updatedAt: at,
    finishedAt: isOver ? at : undefined,
    backoff: isOver ? undefined : formatGoDuration(backoffMs(phase, outcome)),
    executions: (entry.executions ?? 0) + 1,
    status: outcome.kind === 'answered' && phase !== phases.error ? outcome.status : entry.status,
  });
}

/** An abort or a termination is over with its first answer; nobody waits for one that goes on. */
function afterEnding(entry: StepPluginStatus, { outcome, finishedAt }: FinishedStepCall): StepPluginStatus {
  const executions = (entry.executions ?? 0) + 1;
  if (outcome.kind === 'unreachable' && executions < mostTries) {
    return { ...unanswered(entry, outcome.message, finishedAt), executions };
  }
  const said = outcome.kind === 'answered' ? (outcome.phase ?? phases.successful) : phases.error;
  const at = formatInstant(finishedAt);
  return build(entry, {
    phase: said === phases.running ? phases.failed : said,
    message: outcome.message,
    updatedAt: at,
    finishedAt: at,
    executions,
  });
}

/** The operation stays as it was: whether the plugin did anything is unknown, and it is asked the same again. */
function unanswered(entry: StepPluginStatus, message: string, at: Instant): StepPluginStatus {
  const backoff = formatGoDuration(defaultBackoffMs);
  return { ...entry, message, updatedAt: formatInstant(at), backoff };
}

function backoffMs(phase: StepPluginPhase, outcome: StepOutcome): number {
  const asked = outcome.kind === 'answered' ? outcome.requeueAfterMs : undefined;
  if (phase !== phases.running || asked === undefined) return defaultBackoffMs;
  return asked > leastBackoffMs ? asked : defaultBackoffMs;
}

function phaseOf({ phase }: StepPluginStatus): StepPluginPhase {
  return phase === phases.error ? phases.error : phases.running;
}

function build(
  { index, name, operation, startedAt }: StepPluginStatus,
  { message, ...rest }: { readonly [K in keyof StepPluginStatus]?: StepPluginStatus[K] | undefined },
): StepPluginStatus {
  const optional = withoutUndefined({ startedAt, message: message === '' ? undefined : message, ...rest });
  return { ...optional, index, name, operation };
}
