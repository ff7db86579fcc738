import type { RolloutAnalysis } from '#api/argoproj/rollout.js';
import { pauseReasons } from '#api/argoproj/words.js';
import { isPromoted } from '../course.js';
import type { Draft } from '../draft.js';
import { withHash, type Facts } from '../facts.js';
import { isInRollbackWindow } from '../rollback-window.js';
import type { CanarySettings } from '../spec/canary-settings.js';
import { runRuns } from './run-runs.js';

/**
 * The run of the current step and the one beside all steps. A way back that asks nobody stops both; a pause lets them go
 * on and begins no step's run; doubt begins none at all.
 */
export function runCanaryRuns(facts: Facts, settings: CanarySettings, draft: Draft): Draft {
  const { course } = draft;
  const isFast = isInRollbackWindow(facts, withHash(facts, course.stableHash));
  if (isPromoted(course) || course.isPromoteFull) return runRuns(facts, draft, {}, []);
  if (course.isAborted) return runRuns(facts, draft, {}, ['step', 'background']);
  if (isFast) return runRuns(facts, draft, {}, []);
  const index = course.index ?? 0;
  const background = facts.rollout.spec.strategy?.canary?.analysis;
  const hasDoubt = course.pauses.some(({ reason }) => reason === pauseReasons.inconclusiveAnalysisRun);
  const mayBeginStep = course.pauses.length === 0 || course.runs.step !== undefined;
  const mayBeginBackground = !hasDoubt || course.runs.background !== undefined;
  const isBackgroundDue = index >= (background?.startingStep ?? 0);
  const wanted = {
    ...member('step', mayBeginStep ? settings.steps[index]?.analysis : undefined),
    ...member('background', isBackgroundDue && mayBeginBackground ? background : undefined),
  };
  return runRuns(facts, draft, wanted, hasDoubt ? ['step', 'background'] : []);
}

function member(role: 'step' | 'background', analysis: RolloutAnalysis | undefined) {
  return analysis === undefined ? {} : { [role]: analysis };
}
