import type { CanaryStep, StepPluginStatus } from '#api/argoproj/rollout.js';
import { rolloutConditions, rolloutReasons } from '#api/argoproj/words.js';
import { isEqual } from '#core/json/json.js';
import { emptyPluginConfig, findPlugin } from '#core/plugin/config.js';
import { stepPluginPhases as phases, type StepOperation } from '#core/plugin/step-call.js';
import { parseGoDuration } from '#core/time/duration.js';
import { addMs, formatInstant, parseInstant, type Instant } from '#core/time/instant.js';
import { isPromoted } from '../course.js';
import { act, say, steer, waitFor, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { findCondition } from '../status/conditions.js';
import { callKey, findEntry, isOver, nextExecution, operationOf, putEntry } from './entries.js';
import { noStepPlugins } from './view.js';
import { pluginWords, problemEvent, problemWords } from './words.js';

/** Later than the plugin asked for, so that its clock may be a little behind ours. */
const slackMs = 5000;

/** One operation on the plugin of one step. */
interface Wanted {
  readonly index: number;
  readonly name: string;
  readonly operation: StepOperation;
}

/**
 * Asks the plugin that is to be asked now, one at a time: runs that of the current step, aborts those of an aborted
 * update from the last to the first, terminates what still runs when the update is promoted in full. The entry is stored
 * before the first call, so that a call that a crash swallows is made again under the same key.
 */
export function driveStepPlugins(facts: Facts, steps: readonly CanaryStep[], draft: Draft): Draft {
  const wanted = wantedNow(facts, steps, draft);
  if (wanted === undefined) return steer(draft, { pluginProblem: undefined });
  const running = findEntry(draft.course.stepPlugins, wanted.index, 'Run');
  const { calling, states } = facts.snapshot.stepPlugins ?? noStepPlugins;
  if (running !== undefined && calling.includes(callKey(facts, running))) return waitForIt(draft, wanted);
  const state = states[wanted.name] ?? findPlugin(emptyPluginConfig, 'step', wanted.name);
  switch (state.kind) {
    case 'unusable':
      return tellProblem(draft, wanted, state.message);
    case 'disabled':
      return passBy(draft, wanted);
    case 'ready':
      return ask(facts, steps, draft, wanted);
  }
}

function wantedNow(facts: Facts, steps: readonly CanaryStep[], { course }: Draft): Wanted | undefined {
  if (isPromoted(course) || course.isPromoteFull) return findToTerminate(course.stepPlugins);
  if (course.isAborted) return findToAbort(course.stepPlugins);
  const { index } = course;
  const plugin = index === undefined ? undefined : steps[index]?.plugin;
  if (index === undefined || plugin === undefined || !mayRun(facts)) return undefined;
  const entry = findEntry(course.stepPlugins, index, 'Run');
  return entry !== undefined && isOver(entry) ? undefined : { index, name: plugin.name, operation: 'Run' };
}

/** A stuck update goes on all the same, as all of its other steps do. */
function mayRun({ old }: Facts): boolean {
  if (old.phase === 'Progressing') return true;
  const progressing = findCondition(old.conditions, 'Progressing')?.reason;
  const isLate = progressing === rolloutReasons.progressDeadlineExceeded;
  return old.phase === 'Degraded' && isLate;
}

/** The last run that still goes on, unless it was ended already. */
function findToTerminate(entries: readonly StepPluginStatus[]): Wanted | undefined {
  for (const entry of entries.toReversed()) {
    const operation = operationOf(entry);
    if (operation === 'Terminate') return isOver(entry) ? undefined : wantedOf(entry, operation);
    if (operation === 'Run' && entry.phase === phases.running) return wantedOf(entry, 'Terminate');
  }
  return undefined;
}

/** The latest run that did something and was not aborted yet. */
function findToAbort(entries: readonly StepPluginStatus[]): Wanted | undefined {
  const undone = entries.toReversed().find((entry) => {
    if (operationOf(entry) !== 'Run' || entry.disabled === true) return false;
    if (entry.phase !== phases.running && entry.phase !== phases.successful) return false;
    const aborted = findEntry(entries, entry.index, 'Abort');
    return aborted === undefined || !isOver(aborted);
  });
  return undone === undefined ? undefined : wantedOf(undone, 'Abort');
}

function wantedOf({ index, name }: StepPluginStatus, operation: StepOperation): Wanted {
  return { index, name, operation };
}

/** Told once; the configuration is watched, so nothing needs to be tried again. */
function tellProblem(draft: Draft, wanted: Wanted, problem: string): Draft {
  const words = problemWords(wanted, problem);
  const told = draft.course.pluginProblem === words ? draft : say(draft, problemEvent(wanted, problem));
  const noted = steer(told, { pluginProblem: words });
  return waitFor(noted, {
    what: `${pluginWords(wanted)} to be usable: ${problem}`,
    unblockedBy: 'a person',
    reason: rolloutConditions.pluginUnavailable,
  });
}

/** A disabled plugin counts as done, and there is nothing of it to take back. */
function passBy(draft: Draft, { index, name, operation }: Wanted): Draft {
  const { stepPlugins } = draft.course;
  const run = { index, name, operation: 'Run', phase: phases.successful, disabled: true };
  const entries = operation === 'Run' ? putEntry(stepPlugins, run) : without(stepPlugins, index);
  return steer(draft, { stepPlugins: entries, pluginProblem: undefined });
}

/** The same entries; the runs of this step need no abort or termination any more. */
function without(entries: readonly StepPluginStatus[], index: number): readonly StepPluginStatus[] {
  return entries.map((entry) =>
    entry.index === index && operationOf(entry) === 'Run' ? { ...entry, disabled: true } : entry,
  );
}

function ask(facts: Facts, steps: readonly CanaryStep[], draft: Draft, wanted: Wanted): Draft {
  const { stepPlugins } = draft.course;
  const entry = findEntry(stepPlugins, wanted.index, wanted.operation);
  if (entry === undefined) return steer(draft, { stepPlugins: [...stepPlugins, begun(facts, wanted)] });
  const key = callKey(facts, entry);
  if (facts.snapshot.stepPlugins?.calling.includes(key) === true) return waitForIt(draft, wanted);
  const isRenewed = facts.snapshot.stepPlugins?.renewed.includes(key) === true;
  const due = isRenewed ? undefined : dueAt(entry);
  if (due !== undefined && facts.now < due) return waitForIt(draft, wanted, addMs(due, slackMs));
  if (!isStored(facts, entry)) return draft;
  const run = findEntry(stepPlugins, wanted.index, 'Run');
  const config = steps[wanted.index]?.plugin?.config;
  const call = { ...wanted, key, execution: nextExecution(entry), config, status: run?.status };
  return waitForIt(act(draft, { kind: 'callStepPlugin', call }), wanted);
}

function begun({ now }: Facts, { index, name, operation }: Wanted): StepPluginStatus {
  const startedAt = formatInstant(now);
  return { index, name, operation, phase: phases.running, startedAt, updatedAt: startedAt };
}

/** A call is made only when its key outlives a crash. */
function isStored({ old }: Facts, entry: StepPluginStatus): boolean {
  return (old.canary?.stepPluginStatuses ?? []).some((stored) => isEqual(stored, entry));
}

function dueAt({ backoff, updatedAt }: StepPluginStatus): Instant | undefined {
  const since = parseInstant(updatedAt);
  const ms = backoff === undefined ? undefined : parseGoDuration(backoff);
  return since === undefined || ms === undefined ? undefined : addMs(since, ms);
}

/** The same words while it is asked and between: a call alone changes nothing that is told. */
function waitForIt(draft: Draft, wanted: Wanted, until?: Instant): Draft {
  const { stepPlugins, pluginProblem } = draft.course;
  const entry = findEntry(stepPlugins, wanted.index, wanted.operation);
  const since = parseInstant(entry?.startedAt);
  const end = { Run: 'done', Terminate: 'terminated', Abort: 'aborted' }[wanted.operation];
  const said = entry?.message === undefined ? '' : `: ${entry.message}`;
  const { pluginUnavailable } = rolloutConditions;
  return waitFor(draft, {
    what: `${pluginWords(wanted)} to be ${end}${said}`,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    unblockedBy: 'the gate',
    reason: pluginProblem === undefined ? `StepPlugin${entry?.phase ?? phases.running}` : pluginUnavailable,
  });
}
