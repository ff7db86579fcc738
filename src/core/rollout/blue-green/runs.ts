import type { RolloutAnalysis } from '#api/argoproj/rollout.js';
import { analysisPhases } from '#api/argoproj/words.js';
import { runRuns, type WantedRuns } from '../analysis/run-runs.js';
import { isPromoted, type Course, type RunRole } from '../course.js';
import type { Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { isHalted } from '../orders.js';
import type { BlueGreenSettings } from './settings.js';
import { isFastRollback, type SwitchFacts } from './switch.js';

const kept: readonly RunRole[] = ['pre', 'post'];

/** Starts the analysis before the switch when the new pods are there, the one after it when every proxy knows. */
export function runBlueGreenRuns(
  facts: Facts,
  settings: BlueGreenSettings,
  draft: Draft,
  at: SwitchFacts,
  isCutOver: boolean,
): Draft {
  const { course } = draft;
  const isOver =
    isPromoted(course) || course.isAborted || course.isPromoteFull || isFastRollback(facts, course);
  if (isOver) return runRuns(facts, draft, {}, kept);
  if (isHalted(facts, course)) return runRuns(facts, draft, current(settings, course), kept);
  const isActive = at.activeHash === facts.newHash;
  const isPrepared = at.isNewReady && !isActive && at.activeHash !== '';
  const isSwitched = isActive && at.isNewSaturated && isCutOver;
  const wanted = {
    // A run that is under way goes on while pods come and go: the peer stops it then, and promotes.
    ...member('pre', isPrepared || isUnfinished(course, 'pre') ? settings.preAnalysis : undefined),
    ...member('post', isSwitched || isUnfinished(course, 'post') ? settings.postAnalysis : undefined),
  };
  return runRuns(facts, draft, wanted, kept);
}

/** Whether the run of this role exists and has no result yet. */
export function isUnfinished(course: Course, role: RunRole): boolean {
  const status = course.runs[role]?.status;
  return status === analysisPhases.pending || status === analysisPhases.running;
}

/** While people think, runs go on and none begins. */
function current(settings: BlueGreenSettings, course: Course): WantedRuns {
  return {
    ...member('pre', course.runs.pre === undefined ? undefined : settings.preAnalysis),
    ...member('post', course.runs.post === undefined ? undefined : settings.postAnalysis),
  };
}

function member(role: RunRole, analysis: RolloutAnalysis | undefined): WantedRuns {
  return analysis === undefined ? {} : { [role]: analysis };
}
