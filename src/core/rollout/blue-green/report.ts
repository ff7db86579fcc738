import { isPromoted } from '../course.js';
import { explain, waitFor, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { isHalted } from '../orders.js';
import { isUnfinished } from './runs.js';
import type { BlueGreenSettings } from './settings.js';
import type { SwitchFacts } from './switch.js';

/** Says what the release waits for, and why the pass did what it did. */
export function report(facts: Facts, settings: BlueGreenSettings, draft: Draft, at: SwitchFacts): Draft {
  const { course } = draft;
  if (isPromoted(course)) return explain(draft, 'the current revision is the stable one');
  if (course.isAborted)
    return explain(draft, 'the update is aborted: the active Service goes to the stable revision');
  if (facts.rollout.spec.paused === true) {
    return explain(
      waitFor(draft, { what: 'a person to unpause (spec.paused)', unblockedBy: 'a person' }),
      'paused by a person',
    );
  }
  if (isHalted(facts, course)) {
    const wait = { what: 'a person to judge an inconclusive analysis', unblockedBy: 'a person' };
    return explain(waitFor(draft, wait), 'paused because an analysis was inconclusive');
  }
  if (course.pauses.length > 0) {
    const until = at.pauseEndsAt;
    const wait =
      until === undefined
        ? { what: 'a person to promote or abort', unblockedBy: 'a person' }
        : { what: 'the pause before the switch to end', until, unblockedBy: 'time' };
    return explain(waitFor(draft, wait), 'paused before the switch');
  }
  const role = isUnfinished(course, 'pre') ? 'pre' : isUnfinished(course, 'post') ? 'post' : undefined;
  const run = role === undefined ? undefined : course.runs[role];
  if (run !== undefined) {
    const object = `AnalysisRun/${facts.rollout.metadata.namespace ?? ''}/${run.name}`;
    return explain(
      waitFor(draft, { what: `AnalysisRun ${run.name} to end`, object, unblockedBy: 'the gate' }),
      `waits for the ${role === 'pre' ? 'pre' : 'post'}-promotion analysis`,
    );
  }
  return explain(
    draft,
    at.isNewSaturated ? `switches Service ${settings.activeService}` : 'waits for the new pods',
  );
}
