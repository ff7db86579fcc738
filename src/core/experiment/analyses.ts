import type { ExperimentAnalysis, ExperimentRunStatus } from '#api/argoproj/experiment.js';
import { analysisPhases, labels } from '#api/argoproj/words.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { placeRun, type BuiltRun } from '#core/analysis/templates/build-run.js';
import { mergeTemplates } from '#core/analysis/templates/merge.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import { flattenTemplates } from '#core/analysis/templates/flatten.js';
import type { EventRecord } from '#core/decision/decision.js';
import { targetOf } from '#core/rollout/capacity/scale.js';
import type { ExperimentAction } from './actions.js';
import { resolveArgs } from './args.js';
import { experimentReference } from './build.js';
import type { ExperimentSnapshot } from './snapshot.js';
import { isBadPhase, isEnding } from './spec.js';

/** What a pass makes of one analysis. */
export interface AnalysisDraft {
  /** Absent while there is nothing to tell. */
  readonly status: ExperimentRunStatus | undefined;
  readonly actions: readonly ExperimentAction[];
  readonly events: readonly EventRecord[];
  /** For the Rollout whose step the experiment is: always warnings. */
  readonly rolloutEvents: readonly EventRecord[];
}

/** Starts the run of an analysis once all templates run, follows it, and stops it when the experiment ends. */
export function reconcileAnalysis(snapshot: ExperimentSnapshot, analysis: ExperimentAnalysis): AnalysisDraft {
  const { name } = analysis;
  const old = snapshot.experiment.status?.analysisRuns?.find((run) => run.name === name);
  const next = nextRun(snapshot, analysis, old);
  const transition = transitionOf(name, old, next.status);
  return {
    ...next,
    events: [...next.events, ...(transition === undefined ? [] : [transition])],
    rolloutEvents: transition === undefined ? [] : [{ ...transition, type: 'Warning' }],
  };
}

type Next = Omit<AnalysisDraft, 'rolloutEvents'>;

function nextRun(
  snapshot: ExperimentSnapshot,
  analysis: ExperimentAnalysis,
  old: ExperimentRunStatus | undefined,
): Next {
  if (isCompletedPhase(old?.phase)) return told(old);
  if (old !== undefined && old.analysisRun !== '') return follow(snapshot, analysis, old);
  const { experiment } = snapshot;
  if (isCompletedPhase(experiment.status?.phase)) return told(old);
  if (experiment.status?.availableAt === undefined) return verify(snapshot, analysis);
  return isEnding(experiment) ? told(old) : begin(snapshot, analysis);
}

function told(status: ExperimentRunStatus | undefined, ...actions: readonly ExperimentAction[]): Next {
  return { status, actions, events: [] };
}

function broken({ name }: ExperimentAnalysis, message: string, analysisRun = ''): Next {
  return told({ name, analysisRun, phase: analysisPhases.error, message });
}

/** Before the pods are there only the template itself is looked for. */
function verify({ templates }: ExperimentSnapshot, analysis: ExperimentAnalysis): Next {
  const { clusterScope: isCluster = false, name, templateName } = analysis;
  const table: readonly { readonly metadata: { readonly name: string } }[] = isCluster
    ? templates.cluster
    : templates.namespaced;
  if (table.some(({ metadata }) => metadata.name === templateName)) return told(undefined);
  const kind = isCluster ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
  const cause = `${kind.toLowerCase()}s.argoproj.io "${templateName}" not found`;
  return broken(analysis, `${kind} verification failed for analysis '${name}': ${cause}`);
}

function begin(snapshot: ExperimentSnapshot, analysis: ExperimentAnalysis): Next {
  const { name } = analysis;
  const built = buildRun(snapshot, analysis);
  const refused = snapshot.refusals.find(({ action, of }) => action === 'startAnalysis' && of === name);
  const problem = built.ok ? refused?.message : built.message;
  if (!built.ok || problem !== undefined) {
    return broken(analysis, `Failed to create AnalysisRun for analysis '${name}': ${problem ?? ''}`);
  }
  const status = { name, analysisRun: built.run.metadata.name, phase: analysisPhases.pending };
  return built.exists ? told(status) : told(status, { kind: 'startAnalysis', of: name, run: built.run });
}

/** The run of an analysis: `<experiment>-<analysis>`, with a suffix where that name is taken. */
function buildRun(snapshot: ExperimentSnapshot, analysis: ExperimentAnalysis): BuiltRun {
  const { experiment, templates } = snapshot;
  const { templateName, clusterScope } = analysis;
  const ref = { templateName, ...(clusterScope === undefined ? {} : { clusterScope }) };
  const flat = flattenTemplates([ref], templates);
  if (!flat.ok) return flat;
  const args = resolveArgs(snapshot, analysis);
  if (!args.ok) return args;
  const { dryRun = [], measurementRetention = [], analysisRunMetadata } = experiment.spec;
  const spec = mergeTemplates(flat.value, { args: args.value, dryRun, measurementRetention });
  if (!spec.ok) return spec;
  const { namespace, name } = experiment.metadata;
  const instanceId = experiment.metadata.labels?.[labels.controllerInstanceId];
  const run: AnalysisRun = {
    apiVersion: apiVersionOf(kinds.analysisRun),
    kind: kinds.analysisRun.kind,
    metadata: {
      name: `${name}-${analysis.name}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: {
        ...(instanceId === undefined ? {} : { [labels.controllerInstanceId]: instanceId }),
        ...analysisRunMetadata?.labels,
      },
      annotations: { ...analysisRunMetadata?.annotations },
      ownerReferences: [experimentReference(experiment)],
    },
    spec: spec.value,
  };
  return placeRun(run, snapshot.analysisRuns);
}

/** How the run stands, and its stop when the experiment ends first. */
function follow(snapshot: ExperimentSnapshot, analysis: ExperimentAnalysis, old: ExperimentRunStatus): Next {
  const { experiment } = snapshot;
  const run = snapshot.analysisRuns.find(({ metadata }) => metadata.name === old.analysisRun);
  if (run === undefined) {
    if (isCompletedPhase(experiment.status?.phase)) return told(old);
    return broken(analysis, `analysisrun.argoproj.io "${old.analysisRun}" not found`, old.analysisRun);
  }
  const { phase = old.phase, message = '' } = run.status ?? {};
  const status = {
    name: old.name,
    analysisRun: old.analysisRun,
    phase,
    ...(message === '' ? {} : { message }),
  };
  const mustStop = isEnding(experiment) && !isCompletedPhase(phase) && run.spec.terminate !== true;
  if (!mustStop) return told(status);
  const saying = `Terminating ${old.name} (${old.analysisRun})`;
  return {
    ...told(status, { kind: 'stopAnalysis', of: old.name, target: targetOf(run) }),
    events: [{ type: 'Normal', reason: 'AnalysisRunTerminating', message: saying }],
  };
}

function transitionOf(
  name: string,
  old: ExperimentRunStatus | undefined,
  next: ExperimentRunStatus | undefined,
): EventRecord | undefined {
  if (next === undefined || next.phase === '' || next.phase === old?.phase) return undefined;
  const { phase, message = '' } = next;
  const why = message === '' ? '' : `: ${message}`;
  return {
    type: isBadPhase(phase) ? 'Warning' : 'Normal',
    reason: `AnalysisRun${phase}`,
    message: `AnalysisRun '${name}' transitioned from ${old?.phase ?? ''} -> ${phase}${why}`,
  };
}
