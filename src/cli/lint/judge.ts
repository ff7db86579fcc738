import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { findSpecProblem as findExperimentProblem } from '#core/experiment/validate.js';
import { describeSpecError } from '#core/rollout/validate/field-error.js';
import type { Manifest } from '../manifests.js';
import { gateFilesOf, gateFindings, isGate } from './gate-findings.js';
import { findingAt, misfitsOf, unknownFieldsOf, type Finding } from './misfits.js';
import { findRolloutProblem } from './rollout-problem.js';

/** Judges a document among all that were given; kinds that are not served here pass. */
export function judge(manifest: Manifest, all: readonly Manifest[]): readonly Finding[] {
  const misfits = misfitsOf(manifest);
  const unknown = unknownFieldsOf(manifest);
  if (misfits.length > 0 || manifest.object === undefined) return [...misfits, ...unknown];
  if (isGate(manifest.object)) return [...brokenGate(manifest, all), ...unknown];
  const broken = brokenRule(manifest.object, all);
  if (broken === undefined) return unknown;
  return [findingAt(manifest, true, broken.text, deepest(manifest, broken.paths)), ...unknown];
}

/** What a run of a gate would be refused for; `sluice analysis lint` says more. */
function brokenGate(manifest: Manifest, all: readonly Manifest[]): readonly Finding[] {
  return gateFindings(manifest, gateFilesOf(all))
    .filter(({ level, rule }) => level === 'error' && rule !== 'unknown-field')
    .map(({ file, line, column, subject, path, message }) => {
      const text = `${subject ?? ''}: ${path}: ${message}`;
      return { file, line, column, isError: true, text };
    });
}

interface BrokenRule {
  readonly text: string;
  /** Where it may stand in the document. */
  readonly paths: readonly string[];
}

/** The first rule beyond the schema that an object breaks, in the words of its controller. */
function brokenRule(object: UnknownObject, all: readonly Manifest[]): BrokenRule | undefined {
  // The schema has said that the object is what its kind says.
  const known: unknown = object;
  switch (object.kind) {
    case kinds.rollout.kind: {
      const rollout = known as Rollout;
      const error = findRolloutProblem(rollout, all);
      if (error === undefined) return undefined;
      return { text: describeSpecError(rollout.metadata.name, error), paths: spellings(error.path) };
    }
    case kinds.experiment.kind: {
      const problem = findExperimentProblem(known as Experiment);
      const text = `Experiment/${object.metadata.name}: ${problem ?? ''}`;
      return problem === undefined ? undefined : { text, paths: ['spec.templates'] };
    }
    default:
      return undefined;
  }
}

/** The peer leaves the strategy's name out of the paths of many rules. */
function spellings(path: string): readonly string[] {
  return [path, ...['canary', 'blueGreen'].map((name) => path.replace(/^spec\.strategy\./, `$&${name}.`))];
}

function deepest(
  { locate }: Manifest & { readonly object: UnknownObject },
  paths: readonly string[],
): string {
  return paths.toSorted((a, b) => locate(b).depth - locate(a).depth)[0] ?? '';
}
