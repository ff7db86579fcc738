import type { AnalysisRun, AnalysisRunSpec } from '#api/argoproj/analysis-run.js';
import type { AnalysisTemplate, Argument, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import type { AnalysisTemplateRef } from '#api/argoproj/rollout.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { SecretRef } from '#core/analysis/arguments/secrets.js';
import { done, failed, type Outcome } from '#core/analysis/run-model.js';
import { flattenTemplates } from '#core/analysis/templates/flatten.js';
import { mergeTemplates } from '#core/analysis/templates/merge.js';

type Template = AnalysisTemplate | ClusterAnalysisTemplate;

/** What the files of a gate hold. */
export interface GateFiles {
  readonly templates: readonly Template[];
  readonly runs: readonly AnalysisRun[];
}

export interface GateOrder {
  /** The names of the templates or the run that are meant; empty: all that no other template names. */
  readonly names: readonly string[];
  /** Values of arguments; one whose value is in a Secret takes it from here instead. */
  readonly args: Readonly<Record<string, string>>;
}

/** A run that a Rollout would make of these templates. */
export interface Gate {
  /** For people: `AnalysisTemplate/success-rate`. */
  readonly subject: string;
  readonly run: AnalysisRun;
  /** Values that were given for keys of Secrets: the run still names the Secrets, so that they are masked. */
  readonly secrets: readonly GivenSecret[];
}

export interface GivenSecret extends SecretRef {
  readonly value: string;
}

/** The run that these files give, arguments put in where they are given. The message says what to do. */
export function buildGate(files: GateFiles, { names, args }: GateOrder): Outcome<Gate> {
  const unknown = names.find((name) => !allOf(files).some(({ metadata }) => metadata.name === name));
  if (unknown !== undefined) {
    return failed(`no template or run is named "${unknown}"; there are ${listed(allOf(files).map(nameOf))}`);
  }
  const isWanted = ({ metadata }: Template | AnalysisRun): boolean =>
    names.length === 0 || names.includes(metadata.name);
  const runs = files.runs.filter(isWanted);
  const templates = files.templates.filter(isWanted).filter((one) => names.length > 0 || isRoot(one, files));
  if (runs.length + templates.length === 0) {
    return failed('there is no AnalysisTemplate, ClusterAnalysisTemplate or AnalysisRun in it');
  }
  const [run] = runs;
  if (run === undefined) return gateOfTemplates(templates, files, args);
  if (runs.length + templates.length > 1) {
    const found = listed([...runs, ...templates].map(nameOf));
    return failed(`more than one run, or runs beside templates: choose by --name one of ${found}`);
  }
  const spec = withArgs(run.spec, args);
  return spec.ok
    ? done({ subject: nameOf(run), run: fresh(run, spec.value), secrets: secretsIn(run.spec, args) })
    : spec;
}

function allOf({ templates, runs }: GateFiles): readonly (Template | AnalysisRun)[] {
  return [...templates, ...runs];
}

function nameOf({ kind, metadata }: Template | AnalysisRun): string {
  return `${kind}/${metadata.name}`;
}

/** No other template of the files names it; of templates in a circle each does, and then all are meant. */
function isRoot(template: Template, { templates }: GateFiles): boolean {
  const named = templates.flatMap(({ spec }) => spec.templates ?? []);
  const isNamed = (one: Template): boolean => named.some((ref) => isRefTo(ref, one));
  return !isNamed(template) || templates.every(isNamed);
}

function isRefTo({ templateName, clusterScope }: AnalysisTemplateRef, { kind, metadata }: Template): boolean {
  return templateName === metadata.name && (clusterScope === true) === isClusterKind(kind);
}

function isClusterKind(kind: string): boolean {
  return kind === kinds.clusterAnalysisTemplate.kind;
}

function gateOfTemplates(
  templates: readonly Template[],
  files: GateFiles,
  args: GateOrder['args'],
): Outcome<Gate> {
  const refs = templates.map(({ kind, metadata }) => ({
    templateName: metadata.name,
    clusterScope: isClusterKind(kind),
  }));
  const flat = flattenTemplates(refs, {
    namespaced: files.templates.filter(({ kind }) => !isClusterKind(kind)),
    cluster: files.templates.filter(({ kind }) => isClusterKind(kind)),
  });
  if (!flat.ok) return flat;
  const caller = Object.entries(args).map(([name, value]) => ({ name, value }));
  const declared = [...flat.value.namespaced, ...flat.value.cluster].flatMap(({ spec }) => spec.args ?? []);
  const problem = findArgProblem(declared, args);
  if (problem !== undefined) return failed(problem);
  const merged = mergeTemplates(flat.value, { args: caller, dryRun: [], measurementRetention: [] });
  if (!merged.ok) return merged;
  const metadata = { name: templates[0]?.metadata.name ?? '' };
  const run = { apiVersion: apiVersionOf(kinds.analysisRun), kind: kinds.analysisRun.kind, metadata };
  const spec = withArgs(merged.value, args);
  if (!spec.ok) return spec;
  const secrets = secretsIn(merged.value, args);
  return done({ subject: templates.map(nameOf).join(' + '), run: { ...run, spec: spec.value }, secrets });
}

/** The spec with these values; an argument with a Secret keeps it. */
function withArgs(spec: AnalysisRunSpec, given: GateOrder['args']): Outcome<AnalysisRunSpec> {
  const problem = findArgProblem(spec.args ?? [], given);
  if (problem !== undefined) return failed(problem);
  const args = (spec.args ?? []).map((arg): Argument => {
    const { name, valueFrom } = arg;
    if (valueFrom?.secretKeyRef !== undefined) return { name, valueFrom };
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    return value === undefined ? arg : { name, value };
  });
  return done(args.length === 0 ? spec : { ...spec, args });
}

function secretsIn(spec: AnalysisRunSpec, given: GateOrder['args']): readonly GivenSecret[] {
  return (spec.args ?? []).flatMap(({ name, valueFrom }): readonly GivenSecret[] => {
    const ref = valueFrom?.secretKeyRef;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    return ref === undefined || value === undefined ? [] : [{ ...ref, value }];
  });
}

function findArgProblem(declared: readonly Argument[], given: GateOrder['args']): string | undefined {
  const names = new Set(declared.map(({ name }) => name));
  const unknown = Object.keys(given).find((name) => !names.has(name));
  if (unknown !== undefined) {
    const known = names.size === 0 ? 'it takes none' : `it takes ${listed([...names])}`;
    return `argument "${unknown}" is not declared: ${known}`;
  }
  const isOpen = ({ name, value, valueFrom }: Argument): boolean =>
    !Object.hasOwn(given, name) && value === undefined && valueFrom?.secretKeyRef === undefined;
  const open = new Set(declared.filter(isOpen).map(({ name }) => name));
  for (const arg of declared) if (!isOpen(arg)) open.delete(arg.name);
  if (open.size === 0) return undefined;
  const flags = [...open].map((name) => `--arg ${name}=…`).join(' ');
  return `${open.size === 1 ? 'an argument has' : 'arguments have'} no value: add ${flags}`;
}

/** A run as it is before it begins. */
function fresh({ apiVersion, kind, metadata }: AnalysisRun, spec: AnalysisRunSpec): AnalysisRun {
  return { apiVersion, kind, metadata, spec };
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
