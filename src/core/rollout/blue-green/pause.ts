import { pauseReasons } from '#api/argoproj/words.js';
import { isPromoted } from '../course.js';
import { steer, type Draft } from '../draft.js';
import { availableOf, type Facts } from '../facts.js';
import { isHalted, pauseFor, withoutPause } from '../orders.js';
import type { BlueGreenSettings } from './settings.js';
import { switchFacts, type SwitchFacts } from './switch.js';

interface Paused {
  readonly draft: Draft;
  readonly at: SwitchFacts;
}

/** Adds the pause before the switch when its time has come, and takes it away when nothing waits for it any more. */
export function decidePause(
  facts: Facts,
  settings: BlueGreenSettings,
  draft: Draft,
  activeHash: string,
): Paused {
  const before = switchFacts(facts, settings, draft.course, activeHash);
  const next = pauseOrGoOn(facts, settings, draft, before);
  // A pause that ends in this pass lets the switch happen in it.
  const at = { ...switchFacts(facts, settings, next.course, activeHash), isPauseOver: before.isPauseOver };
  const isPassing = next.course.isPreviewCheckPointPassed && !draft.course.isPreviewCheckPointPassed;
  if (!isPassing) return { draft: next, at };
  // Pods come when the status says that the preview is over: whoever starts anew between the two must not take them away.
  return { draft: next, at: { ...at, newSize: before.newSize, isNewReady: before.isNewReady } };
}

function pauseOrGoOn(facts: Facts, settings: BlueGreenSettings, draft: Draft, at: SwitchFacts): Draft {
  const { course } = draft;
  if (course.isAborted || isHalted(facts, course)) return draft;
  if (at.isFastTracked || isPromoted(course) || course.isPreviewCheckPointPassed) return endPause(draft);
  if (!at.isPauseNeeded) return passCheckPoint(facts, settings, endPause(draft), at);
  // New pods that fail while nobody waits any more do not ask again.
  if (!at.isNewReady || !at.isPreAnalysisPassed) return draft;
  if (!at.isPauseOver) return pauseFor(facts, draft, pauseReasons.blueGreenPause);
  const mayGoOn = settings.previewReplicas !== undefined || at.isNewSaturated;
  return mayGoOn ? passCheckPoint(facts, settings, endPause(draft), at) : draft;
}

function endPause(draft: Draft): Draft {
  const pauses = withoutPause(draft.course, pauseReasons.blueGreenPause);
  return steer(draft, { pauses, isControllerPause: pauses.length > 0 });
}

/** The preview of a reduced size did its work: from now on the new revision is wanted whole. */
function passCheckPoint(
  facts: Facts,
  { previewReplicas }: BlueGreenSettings,
  draft: Draft,
  { isPreAnalysisPassed }: SwitchFacts,
): Draft {
  if (previewReplicas === undefined || !isPreAnalysisPassed) return draft;
  const isWhole = availableOf(facts.newRS) === previewReplicas;
  return isWhole ? steer(draft, { isPreviewCheckPointPassed: true }) : draft;
}
