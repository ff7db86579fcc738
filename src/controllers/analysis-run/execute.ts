import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { kinds } from '#api/kinds.js';
import type { AnalysisAction } from '#core/analysis/decide.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import { measure, type MeasureDeps, type MeasurementBoard, type MeasureOrder } from './measure.js';

/** What the handlers of one pass share. */
export interface Pass {
  readonly deps: MeasureDeps;
  readonly board: MeasurementBoard;
  readonly run: AnalysisRun;
}

type Handlers = {
  readonly [K in AnalysisAction['kind']]: (
    pass: Pass,
    action: Extract<AnalysisAction, { kind: K }>,
  ) => Promise<void> | void;
};

const handlers: Handlers = {
  measure: (pass, { name, metric, dueAt }) =>
    begin(pass, { run: pass.run, name, metric, mode: 'start', dueAt }),
  resumeMeasurement: (pass, { name, metric, measurement }) =>
    begin(pass, { run: pass.run, name, metric, mode: 'resume', earlier: measurement }),
  terminateMeasurement: (pass, { name, metric, measurement }) =>
    begin(pass, { run: pass.run, name, metric, mode: 'terminate', earlier: measurement }),
  abandonMeasurements: ({ board, run }, { metrics }) => board.abandon(run.metadata.uid ?? '', metrics),
  deleteRun: async ({ deps, run }, { uid, resourceVersion }) => {
    await deps.kube.delete(
      { kind: kinds.analysisRun, ...namespaceOf(run), name: run.metadata.name },
      {
        ...(uid === undefined ? {} : { uid }),
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        propagationPolicy: 'Background',
      },
    );
  },
};

/** Carries out the actions in order. Measurements only begin here; their end asks for another pass. */
export async function executeActions(pass: Pass, actions: readonly AnalysisAction[]): Promise<void> {
  for (const action of actions) await execute(pass, action);
}

function execute<K extends AnalysisAction['kind']>(
  pass: Pass,
  action: Extract<AnalysisAction, { kind: K }>,
): Promise<void> | void {
  const handle: Handlers[K] = handlers[action.kind];
  return handle(pass, action);
}

function begin({ deps, board, run }: Pass, order: MeasureOrder): void {
  const { name, uid = '' } = run.metadata;
  const owner = { key: { ...namespaceOf(run), name }, uid };
  const { id } = providerOf(order.metric);
  // A program of the user may hang for minutes: each has a lane of its own.
  const lane = id.startsWith('plugin.') ? id : '';
  board.start(owner, order.name, (signal) => measure(deps, order, signal), lane);
}

function namespaceOf(run: AnalysisRun): { readonly namespace?: string } {
  const { namespace } = run.metadata;
  return namespace === undefined ? {} : { namespace };
}
