import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { analysisPhases, labels, pauseReasons } from '#api/argoproj/words.js';
import { isPromoted, type Course, type RunRole } from '../course.js';
import { steer, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { abort, pauseFor } from '../orders.js';

/** The peer's words, which say both whichever it was. */
const words: Readonly<Record<RunRole, string>> = {
  step: 'Step-based analysis phase error/failed',
  background: 'Background analysis phase error/failed',
  pre: 'Blue/green pre-promotion analysis phase error/failed',
  post: 'Blue/green post-promotion analysis phase error/failed',
};

/** Brings what is known of the current runs up to date, and aborts or pauses by how they ended. */
export function judgeRuns(facts: Facts, draft: Draft): Draft {
  const seen = steer(draft, { runs: observeRuns(facts, draft.course) });
  const { course } = seen;
  if (course.isAborted || course.isPromoteFull) return seen;
  return roles.reduce((next, role) => judgeRun(facts, next, role), seen);
}

const roles: readonly RunRole[] = ['step', 'background', 'pre', 'post'];

function observeRuns(facts: Facts, course: Course): Course['runs'] {
  const runs: { -readonly [R in RunRole]?: NonNullable<Course['runs'][R]> } = {};
  for (const role of roles) {
    const known = course.runs[role];
    if (known === undefined) continue;
    const run = facts.snapshot.analysisRuns.find((candidate) => candidate.metadata.name === known.name);
    const isFinished = known.status !== analysisPhases.pending && known.status !== analysisPhases.running;
    // A run that somebody deleted before it ended is started anew; one that ended stays known.
    if (run === undefined && !isFinished) continue;
    // A person went on to another step: what this run found concerns nobody any more.
    if (role === 'step' && !course.isAborted && isOfOtherStep(run, course.index)) continue;
    const message = run?.status?.message;
    runs[role] =
      run === undefined
        ? known
        : {
            name: known.name,
            status: run.status?.phase ?? analysisPhases.pending,
            ...(message === undefined || message === '' ? {} : { message }),
          };
  }
  return runs;
}

function isOfOtherStep(run: AnalysisRun | undefined, index: number | undefined): boolean {
  const label = run?.metadata.labels?.[labels.stepIndex];
  return label !== undefined && label !== String(index ?? 0);
}

function judgeRun(facts: Facts, draft: Draft, role: RunRole): Draft {
  const { course } = draft;
  const run = course.runs[role];
  // What a run says of a revision that is stable already comes too late.
  if (run === undefined || course.isAborted || isPromoted(course)) return draft;
  switch (run.status) {
    case analysisPhases.failed:
    case analysisPhases.error: {
      const why = run.message === undefined ? '' : `: ${run.message}`;
      return abort(facts, draft, `${words[role]}${why}`);
    }
    case analysisPhases.inconclusive:
      return judgeDoubt(facts, draft, role);
    default:
      return draft;
  }
}

/** Doubt pauses; once a person resumed, the run is forgotten and a new one is asked. */
function judgeDoubt(facts: Facts, draft: Draft, role: RunRole): Draft {
  const { course } = draft;
  const isPaused = course.pauses.some(({ reason }) => reason === pauseReasons.inconclusiveAnalysisRun);
  if (isPaused) return draft;
  if (!course.isControllerPause || course.pauses.length > 0) {
    return pauseFor(facts, draft, pauseReasons.inconclusiveAnalysisRun);
  }
  const { [role]: _doubtful, ...others } = course.runs;
  // Who resumes from doubt before a blue-green switch has not approved the switch itself.
  const isControllerPause = facts.canary !== undefined;
  return steer(draft, { runs: others, isControllerPause });
}
