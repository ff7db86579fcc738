import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { kinds } from '#api/kinds.js';
import { decideAnalysisRun, type AnalysisDecision } from '#core/analysis/decide.js';
import type { FinishedMeasurement } from '#core/analysis/run/record.js';
import type { MetricSource } from '#ports/metric-source.js';
import { writeStatusIfChanged } from '#runtime/apply/write-status.js';
import type {
  ControllerDefinition,
  ReconcileKey,
  ReconcileResult,
  Watch,
} from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { WorkBoard } from '#runtime/controller/work-board.js';
import type { PluginConfiguration } from '../plugin/configuration.js';
import { executeActions } from './execute.js';
import type { MeasurementBoard } from './measure.js';
import { observeAnalysisRun } from './observe.js';

export interface AnalysisRunControllerDeps extends ControllerDeps {
  /** Where metric plugins come from; absent: none is configured. */
  readonly plugins?: PluginConfiguration;
  /** By the key of the provider; a metric of any other provider is an Error measurement. */
  readonly sources: Readonly<Record<string, MetricSource>>;
}

export interface AnalysisRunControllerOptions {
  /** Measurements at the same time, over all runs. Default 30. */
  readonly measurements?: number;
  /** Told of every decision, before it is carried out. */
  readonly onDecision?: (key: ReconcileKey, decision: AnalysisDecision) => void;
}

/** The controller of AnalysisRuns. Measurements go on between its passes; each that ends brings the next pass. */
export function createAnalysisRunController(
  deps: AnalysisRunControllerDeps,
  options: AnalysisRunControllerOptions = {},
): ControllerDefinition {
  const board = new WorkBoard<FinishedMeasurement>(options.measurements);
  return {
    name: 'analysis-run',
    watches: [
      {
        kind: kinds.analysisRun,
        keysOf: ({ metadata: { namespace, name } }) => [
          { name, ...(namespace === undefined ? {} : { namespace }) },
        ],
      },
      ...pluginWatches(deps.plugins),
    ],
    background: board,
    reconcile: async (key): Promise<ReconcileResult> => {
      const run = deps.cache.get<AnalysisRun>(kinds.analysisRun, key.namespace, key.name);
      board.forget(key, run?.metadata.uid);
      return run === undefined ? {} : pass(deps, board, run, (d) => options.onDecision?.(key, d));
    },
  };
}

/** Read when a plugin is asked; a change of it concerns no run by itself. */
function pluginWatches(plugins: PluginConfiguration | undefined): readonly Watch[] {
  return plugins === undefined ? [] : [{ kind: kinds.configMap, only: plugins.only, keysOf: () => [] }];
}

async function pass(
  deps: AnalysisRunControllerDeps,
  board: MeasurementBoard,
  run: AnalysisRun,
  tell: (decision: AnalysisDecision) => void,
): Promise<ReconcileResult> {
  const { uid = '' } = run.metadata;
  const view = board.view(uid);
  const decision = decideAnalysisRun(observeAnalysisRun(run, view, deps.clock.now()));
  tell(decision);
  await executeActions({ deps, board, run }, decision.actions);
  const isDeleted = decision.actions.some(({ kind }) => kind === 'deleteRun');
  if (!isDeleted) {
    const options = { subresource: false } as const;
    const stored = await writeStatusIfChanged(deps.kube, kinds.analysisRun, run, decision.status, options);
    deps.events.record(stored, decision.events);
  }
  board.acknowledge(uid, view.reports);
  return decision.requeueAt === undefined || isDeleted ? {} : { requeueAt: decision.requeueAt };
}
