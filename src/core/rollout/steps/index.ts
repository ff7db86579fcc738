import type { CanaryStep } from '#api/argoproj/rollout.js';
import { analysis } from './analysis.js';
import { experiment } from './experiment.js';
import { setHeaderRoute, setMirrorRoute } from './managed-route.js';
import { pause } from './pause.js';
import { plugin } from './plugin.js';
import { setCanaryScale } from './set-canary-scale.js';
import { setWeight } from './set-weight.js';
import { stepDone, type StepContext, type StepGoal, type StepKind, type StepProgress } from './step.js';

/** Every kind of step. When a step has several members the first of this list says when it is done. One line adds one. */
const stepKinds = {
  pause,
  setCanaryScale,
  setWeight,
  experiment,
  analysis,
  setHeaderRoute,
  setMirrorRoute,
  plugin,
} satisfies { [K in keyof Required<CanaryStep>]: StepKind<K> };

const kindList = Object.values(stepKinds);

/** What the steps from the first to `index` (included) want together. */
export function stepGoal(steps: readonly CanaryStep[], index: number): StepGoal {
  const start: StepGoal = { weight: 0, scale: undefined, routes: [] };
  return steps.slice(0, index + 1).reduce(addGoal, start);
}

function addGoal(before: StepGoal, step: CanaryStep): StepGoal {
  return kindList.reduce((goal, kind) => goalOf(kind, goal, step), before);
}

function goalOf<K extends keyof CanaryStep>(kind: StepKind<K>, before: StepGoal, step: CanaryStep): StepGoal {
  const value = step[kind.key];
  return value === undefined || value === null || kind.goal === undefined ? before : kind.goal(before, value);
}

/** Whether a step is done; one without any known member is. */
export function stepProgress(context: StepContext, step: CanaryStep): StepProgress {
  for (const kind of kindList) {
    const progress = progressOf(kind, context, step);
    if (progress !== undefined) return progress;
  }
  return stepDone;
}

function progressOf<K extends keyof CanaryStep>(
  kind: StepKind<K>,
  context: StepContext,
  step: CanaryStep,
): StepProgress | undefined {
  const value = step[kind.key];
  return value === undefined || value === null ? undefined : kind.progress(context, value);
}

/** A step with several members is named after the first of these; when it is done is another order. */
const namingOrder: readonly StepKind[] = [
  setWeight,
  pause,
  experiment,
  analysis,
  setCanaryScale,
  plugin,
  setHeaderRoute,
  setMirrorRoute,
];

/** A step in the words of events and the CLI. */
export function stepWords(step: CanaryStep): string {
  for (const kind of namingOrder) {
    const words = wordsOf(kind, step);
    if (words !== undefined) return words;
  }
  return 'invalid';
}

function wordsOf<K extends keyof CanaryStep>(kind: StepKind<K>, step: CanaryStep): string | undefined {
  const value = step[kind.key];
  return value === undefined || value === null ? undefined : kind.words(value);
}
