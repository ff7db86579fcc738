import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { kinds } from '#api/kinds.js';
import { decideAnalysisRun, type AnalysisDecision } from '#core/analysis/decide.js';
import { isCompletedPhase } from '#core/analysis/run-model.js';
import { gatherSiblings, mayWaitUntil } from '#core/analysis/run/gather.js';
import type { FinishedMeasurement } from '#core/analysis/run/record.js';
import { earliest } from '#core/time/instant.js';
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
import { tellingRefusals } from '../refusal/telling.js';
import { executeActions } from './execute.js';
import type { MeasurementBoard } from './measure.js';
import { emptyMemory, noteBegun, notePaces, RunMemories, type RunMemory } from './memory.js';
import { observeAnalysisRun } from './observe.js';

export interface AnalysisRunControllerDeps extends ControllerDeps {
  /** Where metric plugins come from; absent: none is configured. */
  readonly plugins?: PluginConfiguration;
  /** By the key of the provider; a metric of any other provider is an Error measurement. */
  readonly sources: Readonly<Record<string, MetricSource>>;
}

export interface AnalysisRunControllerOptions {
  /** Measurements, and passes, at the same time over all runs. Default 30. */
  readonly measurements?: number;
  /** Told of every decision, before it is carried out. */
  readonly onDecision?: (key: ReconcileKey, decision: AnalysisDecision) => void;
}

const defaultThreads = 30;

/** The controller of AnalysisRuns. Measurements go on between its passes; each that ends brings the next pass. */
export function createAnalysisRunController(
  deps: AnalysisRunControllerDeps,
  options: AnalysisRunControllerOptions = {},
): ControllerDefinition {
  const { measurements = defaultThreads } = options;
  const board = new WorkBoard<FinishedMeasurement>(measurements);
  const memories = new RunMemories();
  const definition: ControllerDefinition = {
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
    // A pass waits for the API server to store: few of them would hold up the measurements of all when that is slow.
    workers: measurements,
    reconcile: async (key): Promise<ReconcileResult> => {
      const run = deps.cache.get<AnalysisRun>(kinds.analysisRun, key.namespace, key.name);
      board.forget(key, run?.metadata.uid);
      const isOver = run === undefined || isCompletedPhase(run.status?.phase);
      if (isOver) memories.forget(key);
      if (run === undefined) return {};
      const { uid = '' } = run.metadata;
      const memory = isOver ? emptyMemory(uid) : memories.of(key, uid);
      return pass({ deps, board, memory, tell: (decision) => options.onDecision?.(key, decision) }, run);
    },
  };
  return tellingRefusals<AnalysisRun>(definition, deps, { kind: kinds.analysisRun, needs: () => [] });
}

/** Read when a plugin is asked; a change of it concerns no run by itself. */
function pluginWatches(plugins: PluginConfiguration | undefined): readonly Watch[] {
  return plugins === undefined ? [] : [{ kind: kinds.configMap, only: plugins.only, keysOf: () => [] }];
}

interface Pass {
  readonly deps: AnalysisRunControllerDeps;
  readonly board: MeasurementBoard;
  readonly memory: RunMemory;
  readonly tell: (decision: AnalysisDecision) => void;
}

async function pass({ deps, board, memory, tell }: Pass, run: AnalysisRun): Promise<ReconcileResult> {
  const now = deps.clock.now();
  if (run.status?.startedAt === undefined) memory.startedAt = now;
  const view = board.view(memory.uid);
  const { snapshot, until } = gatherSiblings(observeAnalysisRun(run, view, memory, now), memory.begun);
  const decision = decideAnalysisRun(snapshot);
  tell(decision);
  noteBegun(memory, decision.actions, now);
  await executeActions({ deps, board, run }, decision.actions);
  if (decision.actions.some(({ kind }) => kind === 'deleteRun')) return {};
  const gatheredUntil = mayWaitUntil(run, decision.status, memory.lastStoredAt, now);
  if (gatheredUntil === undefined) {
    if (await store(deps, run, decision)) memory.lastStoredAt = now;
    notePaces(memory, snapshot.finished);
    board.acknowledge(
      memory.uid,
      isCompletedPhase(decision.status?.phase) ? view.reports : snapshot.finished,
    );
  }
  const requeueAt = [until, gatheredUntil].reduce(earliest, decision.requeueAt);
  return requeueAt === undefined ? {} : { requeueAt };
}

/** Whether there was anything to store. */
async function store(
  deps: AnalysisRunControllerDeps,
  run: AnalysisRun,
  { status, events }: AnalysisDecision,
): Promise<boolean> {
  const options = { subresource: false } as const;
  const stored = await writeStatusIfChanged(deps.kube, kinds.analysisRun, run, status, options);
  deps.events.record(stored, events);
  return stored !== run;
}
