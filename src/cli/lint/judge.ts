import type { Experiment } from '#api/argoproj/experiment.js';
import type { AnalysisTemplate } from '#api/argoproj/analysis-template.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { objectSchema } from '#api/crd.js';
import { kindDefinitions } from '#api/definitions.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { StructuralSchema } from '#api/schema/structural.js';
import { findUnknownFields } from '#api/schema/unknown-fields.js';
import { compileValidator, type Validator } from '#api/schema/validate.js';
import { findSpecProblem as findMetricProblem } from '#core/analysis/spec/spec-problem.js';
import { findSpecProblem as findExperimentProblem } from '#core/experiment/validate.js';
import { describeSpecError } from '#core/rollout/validate/field-error.js';
import { trafficProviders } from '#providers/index.js';
import type { Manifest } from '../manifests.js';
import { findRolloutProblem } from './rollout-problem.js';

/** Something wrong with a document, at a line of its file. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  /** What a controller or the API server would refuse; otherwise it would be lost silently. */
  readonly isError: boolean;
  readonly text: string;
}

/** Judges a document among all that were given; kinds that are not served here pass. */
export function judge(manifest: Manifest, all: readonly Manifest[]): readonly Finding[] {
  const { file } = manifest;
  if (manifest.object === undefined)
    return [{ file, line: manifest.line, isError: true, text: manifest.problem }];
  const { object, locate } = manifest;
  const subject = `${object.kind}/${object.metadata.name}`;
  const lineOf = (path: string): number => manifest.line + locate(path).line - 1;
  const finding = (isError: boolean, text: string, path = ''): Finding => ({
    file,
    line: lineOf(path),
    isError,
    text,
  });
  const schema = schemaOf(object.apiVersion, object.kind);
  if (schema === undefined)
    return unknownKind(object.apiVersion, object.kind, subject).map((text) => finding(true, text));
  const unknown = findUnknownFields(schema.structure, object).map((path) =>
    finding(false, `${subject}: ${path}: unknown field, the API server would drop it`, path),
  );
  const misfits = schema
    .validate(object)
    .map(({ path, message }) => finding(true, `${subject}: ${path}: ${message}`, path));
  if (misfits.length > 0) return [...misfits, ...unknown];
  const broken = brokenRule(object, all);
  if (broken === undefined) return unknown;
  return [finding(true, broken.text, deepest(manifest, broken.paths)), ...unknown];
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
    case kinds.analysisTemplate.kind:
    case kinds.clusterAnalysisTemplate.kind: {
      const problem = templateProblem(known as AnalysisTemplate);
      const text = `${object.kind}/${object.metadata.name}: ${problem ?? ''}`;
      return problem === undefined ? undefined : { text, paths: ['spec.metrics'] };
    }
    default:
      return undefined;
  }
}

/** Rules over metrics hold once the arguments are put in, so a template that takes some is not asked. */
function templateProblem({ spec }: AnalysisTemplate): string | undefined {
  const metrics = spec.metrics ?? [];
  const isOpen = metrics.length === 0 || JSON.stringify(metrics).includes('{{');
  return isOpen ? undefined : findMetricProblem(metrics);
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

/** A group that is served here in a version or kind that is not is mostly a slip. */
function unknownKind(apiVersion: string, kind: string, subject: string): readonly string[] {
  const sameKind = kindDefinitions.find(
    (one) => one.kind.kind === kind && one.kind.group === apiVersion.split('/')[0],
  );
  if (sameKind === undefined) return [];
  return [`${subject}: apiVersion ${apiVersion} is not served; use ${apiVersionOf(sameKind.kind)}`];
}

interface KindSchema {
  readonly structure: StructuralSchema;
  readonly validate: Validator;
}

const schemas = new Map<string, KindSchema>();
const routers = Object.fromEntries(trafficProviders.map((provider) => [provider.id, provider.schema]));

function schemaOf(apiVersion: string, kind: string): KindSchema | undefined {
  const definition = kindDefinitions.find(
    (one) => apiVersionOf(one.kind) === apiVersion && one.kind.kind === kind,
  );
  if (definition === undefined) return undefined;
  const structure = objectSchema(definition, routers);
  const known = schemas.get(kind) ?? { structure, validate: compileValidator(structure) };
  schemas.set(kind, known);
  return known;
}
