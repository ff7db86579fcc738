import type { Measurement } from '#api/argoproj/analysis-run.js';
import { findPlugin, type PluginEntry } from '#core/plugin/config.js';
import { metricParams, parseMetricResult, type MetricCall } from '#core/plugin/metric-call.js';
import type { PluginMethod } from '#core/plugin/protocol.js';
import type { MetricOutcome, MetricRequest, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';

type Operation = 'run' | 'resume' | 'terminate';

const methods: Readonly<Record<Operation, PluginMethod>> = {
  run: 'metric.run',
  resume: 'metric.resume',
  terminate: 'metric.terminate',
};

/** What a plugin says in its handshake when it wants to be told which measurements are kept. */
const collecting = 'collect';

type Found = { readonly entry: PluginEntry; readonly call: MetricCall } | { readonly problem: string };

/** Programs and endpoints of the user that measure, and judge their values themselves. */
export function createPluginSource(deps: MetricSourceDeps): MetricSource {
  const ask = async (
    operation: Operation,
    request: MetricRequest,
    earlier?: Measurement,
  ): Promise<MetricOutcome> => {
    const found = find(deps, request, earlier);
    const failed = (message: string): MetricOutcome => ({
      kind: 'error',
      message: `failed to ${operation} via plugin: ${message}`,
    });
    if ('problem' in found || deps.plugins === undefined) {
      return failed('problem' in found ? found.problem : 'no plugin is configured');
    }
    const { entry, call } = found;
    const { signal } = request;
    const params = metricParams(call);
    const reply = await deps.plugins.host.call({ entry, method: methods[operation], params, signal });
    if (reply.kind !== 'result') return failed(reply.message);
    return withEarlier(parseMetricResult(reply.result, deps.clock.now()), earlier);
  };
  return {
    id: 'plugin',
    measure: (request) => ask('run', request),
    resume: (request, measurement) => ask('resume', request, measurement),
    terminate: (request, measurement) => ask('terminate', request, measurement),
    collect: (request, limit) => collect(deps, request, limit),
  };
}

function find(
  { plugins }: MetricSourceDeps,
  request: MetricRequest,
  earlier: Measurement | undefined,
): Found {
  const { metric, run, provider } = request;
  const [name = ''] = Object.keys(metric.provider.plugin ?? {});
  if (plugins === undefined) return { problem: 'no plugin is configured' };
  const state = findPlugin(plugins.read(), 'metric', name);
  if (state.kind === 'unusable') return { problem: state.message };
  if (state.kind === 'disabled') return { problem: `plugin ${name} is disabled` };
  const result = run.status?.metricResults?.find((candidate) => candidate.name === metric.name);
  const number = (result?.count ?? 0) + (result?.error ?? 0) + 1;
  const key = `${run.metadata.uid ?? ''}/${metric.name}/${number}`;
  const measurement = earlier === undefined ? {} : { measurement: earlier };
  return { entry: state.entry, call: { name, key, config: provider, metric, run, ...measurement } };
}

/** What a plugin noted of a measurement stays with it, as far as it does not say it anew. */
function withEarlier(outcome: MetricOutcome, earlier: Measurement | undefined): MetricOutcome {
  if (earlier?.metadata === undefined) return outcome;
  return { ...outcome, metadata: { ...earlier.metadata, ...outcome.metadata } };
}

async function collect(deps: MetricSourceDeps, request: MetricRequest, limit: number): Promise<void> {
  const found = find(deps, request, undefined);
  if ('problem' in found || deps.plugins?.host.hasFeature(found.entry, collecting) !== true) return;
  const params = { ...metricParams(found.call), limit };
  // Whatever comes of it: what the plugin does not forget now it forgets the next time.
  await deps.plugins.host.call({
    entry: found.entry,
    method: 'metric.collect',
    params,
    signal: request.signal,
  });
}
