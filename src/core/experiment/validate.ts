import type { Experiment } from '#api/argoproj/experiment.js';
import { progressDeadlineSeconds } from './spec.js';

/** Why the spec cannot be followed, in the peer's words; `undefined` when it can. */
export function findSpecProblem({ metadata, spec }: Experiment): string | undefined {
  const seen = new Set<string>();
  for (const [i, { name, selector, minReadySeconds = 0 }] of spec.templates.entries()) {
    if (selector === undefined) return `Rollout has missing field '.Spec.Templates[${i}].Selector'`;
    const { matchLabels = {}, matchExpressions = [] } = selector;
    if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) {
      return `This experiment is selecting all pods at index ${i}. A non-empty selector is required.`;
    }
    if (minReadySeconds > progressDeadlineSeconds(spec)) {
      return `MinReadySeconds cannot be longer than ProgressDeadlineSeconds. Check template index ${i}`;
    }
    if (name === '') return `Experiment ${metadata.name} has empty template name at index ${i}`;
    if (seen.has(name)) {
      return `Experiment ${metadata.name} has repeated template name '${name}' in templates`;
    }
    seen.add(name);
  }
  return undefined;
}
