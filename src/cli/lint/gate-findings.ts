import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { buildQuery, timeoutOf } from '#adapters/metrics/datadog/query.js';
import { readRange } from '#adapters/metrics/prometheus/range.js';
import { parseJsonPath } from '#adapters/metrics/web/json-path/json-path.js';
import { lintGate } from '#core/gate-lint/lint.js';
import type { SourceChecks } from '#core/gate-lint/providers.js';
import type { Level, Remark } from '#core/gate-lint/remark.js';
import type { GateFiles } from '#core/gate-trial/gate.js';
import { groupOf } from '#core/kube/object.js';
import { instantOf } from '#core/time/instant.js';
import type { TextPlace } from '#core/yaml/field-lines.js';
import type { Manifest } from '../manifests.js';
import { misfitsOf, unknownFieldsOf, type Finding } from './misfits.js';

/** A finding with everything that JSON tells. */
export interface GateFinding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly level: Level;
  readonly rule: string;
  /** `AnalysisTemplate/success-rate`; absent where there is no object. */
  readonly subject?: string;
  readonly path: string;
  readonly message: string;
}

const gateKinds = [kinds.analysisTemplate, kinds.clusterAnalysisTemplate, kinds.analysisRun];

/** Whether a document is an AnalysisTemplate, a ClusterAnalysisTemplate or an AnalysisRun. */
export function isGate({ kind, apiVersion }: UnknownObject): boolean {
  return gateKinds.some((known) => known.kind === kind && known.group === groupOf(apiVersion));
}

/** Everything there is to say about a document of a gate, in the order of its lines. */
export function gateFindings(manifest: Manifest, files: GateFiles): readonly GateFinding[] {
  const misfits = misfitsOf(manifest).map((one) => fromSchema(one, 'error', 'schema'));
  const unknown = unknownFieldsOf(manifest).map((one) => fromSchema(one, 'error', 'unknown-field'));
  const remarks =
    misfits.length > 0 || manifest.object === undefined ? [] : remarksOf(manifest.object, files);
  const found = remarks.map((remark) => placed(manifest, remark));
  const providers = new Set(remarks.flatMap(({ rule, path }) => (rule === 'unknown-provider' ? [path] : [])));
  const others = unknown.filter(({ path }) => !providers.has(path));
  return [...misfits, ...others, ...found].toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** The templates and runs among documents that fit their schemas. */
export function gateFilesOf(manifests: readonly Manifest[]): GateFiles {
  const fitting = manifests.filter((manifest) => misfitsOf(manifest).length === 0);
  const of = (kind: string): readonly unknown[] =>
    fitting.flatMap(({ object }) => (object?.kind === kind && isGate(object) ? [object] : []));
  return {
    templates: [
      ...(of(kinds.analysisTemplate.kind) as readonly AnalysisTemplate[]), // fits its schema
      ...(of(kinds.clusterAnalysisTemplate.kind) as readonly ClusterAnalysisTemplate[]), // fits its schema
    ],
    runs: of(kinds.analysisRun.kind) as readonly AnalysisRun[], // fits its schema
  };
}

function remarksOf(object: UnknownObject, files: GateFiles): readonly Remark[] {
  if (!isGate(object)) return [];
  const known: unknown = object;
  return lintGate(known as AnalysisTemplate | AnalysisRun, { files, checks }); // fits its schema
}

function fromSchema({ file, line, column, text }: Finding, level: Level, rule: string): GateFinding {
  const [, subject, path, message] = /^(\S+): (\S*?): (.*)$/s.exec(text) ?? [];
  if (subject === undefined || path === undefined || message === undefined)
    return { file, line, column, level, rule, path: '', message: text };
  return { file, line, column, level, rule, subject, path, message };
}

function placed(manifest: Manifest, { level, rule, path, message, at }: Remark): GateFinding {
  const { file, line, object } = manifest;
  const place = object === undefined ? { line: 1, column: 1 } : placeOf(manifest, path, at);
  return {
    file,
    line: line + place.line - 1,
    column: place.column,
    level,
    rule,
    ...(object === undefined ? {} : { subject: subjectOf(object) }),
    path,
    message,
  };
}

function subjectOf({ kind, metadata }: UnknownObject): string {
  // Of an object that is to be named by the server.
  return `${kind}/${metadata.name ?? `${metadata.generateName ?? ''}…`}`;
}

/** A place inside of a text is found where the text stands as it is, on one line; else the text's beginning counts. */
function placeOf(
  { locate, text }: Extract<Manifest, { object: UnknownObject }>,
  path: string,
  at: number | undefined,
): TextPlace {
  const field = locate(path);
  if (at === undefined || at < 0) return field;
  const line = text.split('\n')[field.value.line - 1] ?? '';
  const isQuoted = /["']/.test(line.charAt(field.value.column - 1));
  const isBlock = /[|>]/.test(line.charAt(field.value.column - 1));
  return isBlock ? field.value : { ...field.value, column: field.value.column + at + (isQuoted ? 1 : 0) };
}

const checks: SourceChecks = {
  jsonPath: (text) => failureOf(() => parseJsonPath(text)),
  range: (range) => failureOf(() => readRange(range, 0)),
  datadog: (config) =>
    failureOf(() => {
      timeoutOf(config);
      buildQuery(config, instantOf(0));
    }),
};

/** What a source throws of settings that it cannot use. */
function failureOf(use: () => unknown): string | undefined {
  try {
    use();
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
