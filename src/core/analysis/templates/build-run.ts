import type { AnalysisRun, AnalysisRunSpec } from '#api/argoproj/analysis-run.js';
import type { Rollout, RolloutAnalysis } from '#api/argoproj/rollout.js';
import { annotations, labels } from '#api/argoproj/words.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import { isEqual } from '#core/json/json.js';
import { controllerOf } from '#core/kube/object.js';
import { resolveCallerArgs } from '../arguments/caller-args.js';
import { mergeTemplates } from './merge.js';
import { isCompletedPhase, type TemplateTables } from '../run-model.js';
import { flattenTemplates } from './flatten.js';

/** What a run of a Rollout is for; the value of its label `rollout-type`. */
export type RunKind = 'Step' | 'Background' | 'PrePromotion' | 'PostPromotion';

export interface RunRequest {
  readonly rollout: Rollout;
  readonly kind: RunKind;
  /** Needed for steps. */
  readonly stepIndex?: number;
  readonly analysis: RolloutAnalysis;
  /** Pod hash of the new ReplicaSet. */
  readonly podHash: string;
  /** Pod hash of the stable ReplicaSet; `''` when there is none. */
  readonly stableHash: string;
  readonly revision: string;
  readonly templates: TemplateTables;
  /** The runs beside the Rollout: a name that is taken is evaded, an equal unfinished run of its own is taken over. */
  readonly existing: readonly AnalysisRun[];
  /** More names that are taken. */
  readonly taken?: readonly string[];
}

export type BuiltRun =
  /** `exists`: the run is there already and is the one wanted; nothing needs to be created. */
  | { readonly ok: true; readonly run: AnalysisRun; readonly exists: boolean }
  | { readonly ok: false; readonly message: string };

/** The AnalysisRun that a Rollout needs now. Metrics keep their placeholders; arguments are resolved. */
export function buildAnalysisRun(request: RunRequest): BuiltRun {
  const { analysis } = request;
  const flat = flattenTemplates(analysis.templates ?? [], request.templates);
  if (!flat.ok) return flat;
  const args = resolveCallerArgs(analysis.args ?? [], request);
  if (!args.ok) return args;
  const spec = mergeTemplates(flat.value, {
    args: args.value,
    dryRun: analysis.dryRun ?? [],
    measurementRetention: analysis.measurementRetention ?? [],
  });
  return spec.ok ? placeRun(withMetadata(request, spec.value), request.existing, request.taken) : spec;
}

/** The name of the run before any suffix that evades a clash: `<rollout>-<hash>-<revision>[-<infix>]`. */
function runBaseName(
  request: Pick<RunRequest, 'rollout' | 'kind' | 'stepIndex' | 'podHash' | 'revision'>,
): string {
  const infix = {
    Step: String(request.stepIndex ?? 0),
    Background: '',
    PrePromotion: 'pre',
    PostPromotion: 'post',
  };
  return [request.rollout.metadata.name, request.podHash, request.revision, infix[request.kind]]
    .filter((part) => part !== '')
    .join('-');
}

function withMetadata(request: RunRequest, spec: AnalysisRunSpec): AnalysisRun {
  const { rollout, analysis, kind } = request;
  const { namespace, name, uid } = rollout.metadata;
  const instanceId = rollout.metadata.labels?.[labels.controllerInstanceId];
  return {
    apiVersion: apiVersionOf(kinds.analysisRun),
    kind: kinds.analysisRun.kind,
    metadata: {
      name: runBaseName(request),
      ...(namespace === undefined ? {} : { namespace }),
      labels: {
        [labels.podTemplateHash]: request.podHash,
        [labels.rolloutType]: kind,
        ...(kind === 'Step' ? { [labels.stepIndex]: String(request.stepIndex ?? 0) } : {}),
        ...(instanceId === undefined ? {} : { [labels.controllerInstanceId]: instanceId }),
        ...analysis.analysisRunMetadata?.labels,
        ...rollout.spec.selector?.matchLabels,
      },
      annotations: {
        [annotations.revision]: request.revision,
        ...analysis.analysisRunMetadata?.annotations,
      },
      ownerReferences: [
        {
          apiVersion: apiVersionOf(kinds.rollout),
          kind: kinds.rollout.kind,
          name,
          uid: uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec,
  };
}

/** The run under its own name, or with `.1`, `.2` … behind it; an equal unfinished run of the same owner is taken over. */
export function placeRun(
  run: AnalysisRun,
  existing: readonly AnalysisRun[],
  taken: readonly string[] = [],
): BuiltRun {
  const known = new Map(
    existing
      .filter((other) => other.metadata.namespace === run.metadata.namespace)
      .map((other) => [other.metadata.name, other]),
  );
  const base = run.metadata.name;
  for (let suffix = 0; ; suffix += 1) {
    const name = suffix === 0 ? base : `${base}.${suffix}`;
    const other = known.get(name);
    if (other === undefined && !taken.includes(name)) {
      return { ok: true, exists: false, run: { ...run, metadata: { ...run.metadata, name } } };
    }
    if (other !== undefined && isSameRun(other, run)) return { ok: true, exists: true, run: other };
  }
}

function isSameRun(existing: AnalysisRun, wanted: AnalysisRun): boolean {
  const essence = ({ spec }: AnalysisRun): unknown => ({
    metrics: spec.metrics,
    args: spec.args,
    dryRun: spec.dryRun,
    measurementRetention: spec.measurementRetention,
  });
  // One that was told to end says Successful in the end, whatever it measured.
  return (
    !isCompletedPhase(existing.status?.phase) &&
    existing.spec.terminate !== true &&
    controllerOf(existing)?.uid === controllerOf(wanted)?.uid &&
    isEqual(essence(existing), essence(wanted))
  );
}
