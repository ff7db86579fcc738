import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { kinds } from '#api/kinds.js';
import { each, follow, onCluster, print, spread } from './on-cluster.js';
import { difference, eventLoopDelay, requestsOf } from './requests.js';

/**
 * How exact the intervals of many AnalysisRuns are on the cluster of KUBECONFIG, and what they cost. The metric is served by
 * this process: the controller has to reach `--host`.
 */
const { values: flags } = parseArgs({
  options: {
    n: { type: 'string', default: '50' },
    count: { type: 'string', default: '30' },
    provider: { type: 'string', default: 'web' },
    host: { type: 'string', default: '127.0.0.1' },
    namespace: { type: 'string', default: 'sluice-bench' },
    metrics: { type: 'string', default: 'http://127.0.0.1:8090/metrics' },
  },
});
const { namespace, provider } = flags;
const count = Number(flags.count);
const intervalMs = 1000;
const names = Array.from({ length: Number(flags.n) }, (_, i) => `run-${String(i).padStart(4, '0')}`);
const arrivals = new Map(names.map((name): [string, number[]] => [name, []]));

const result = [{ metric: {}, value: [0, '1'] }];
const answers: Readonly<Record<string, unknown>> = {
  web: { value: 1 },
  prometheus: { status: 'success', data: { resultType: 'vector', result } },
};

/** Notes when which run asks, and how many connections there are. */
async function serve(): Promise<{ readonly server: Server; readonly connections: () => number }> {
  let connections = 0;
  const server = createServer((request, response) => {
    const at = performance.now();
    let text = request.url ?? '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const [name] = /run-\d+/.exec(decodeURIComponent(text)) ?? [];
      if (name !== undefined) arrivals.get(name)?.push(at);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answers[provider]));
    });
  });
  server.on('connection', () => connections++);
  await once(server.listen(0, flags.host), 'listening');
  return { server, connections: () => connections };
}

function manifest(name: string, url: string) {
  const isWeb = provider === 'web';
  const metric = {
    name: 'probe',
    interval: `${intervalMs / 1000}s`,
    count,
    successCondition: isWeb ? 'result == 1' : 'result[0] == 1',
    provider: isWeb
      ? { web: { url: `${url}/${name}`, jsonPath: '{$.value}' } }
      : { prometheus: { address: url, query: `probe{run="${name}"}` } },
  };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { namespace, name },
    spec: { metrics: [metric] },
  };
}

const ends = ['Successful', 'Failed', 'Error', 'Inconclusive'];

await onCluster(namespace, async (kube) => {
  const { server, connections } = await serve();
  const address = server.address();
  const url = `http://${flags.host}:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  const before = await requestsOf(flags.metrics);
  await each(names, 50, (name) => kube.create(kinds.analysisRun, manifest(name, url)));
  const phases = new Map<string, string>();
  await follow<AnalysisRun>(kube, { kind: kinds.analysisRun, namespace }, ({ metadata, status }) => {
    const { phase = '' } = status ?? {};
    if (ends.includes(phase)) phases.set(metadata.name, phase);
    return phases.size === names.length;
  });
  const eventLoopP99Ms = await eventLoopDelay(flags.metrics);
  const times = [...arrivals.values()];
  const gaps = times.flatMap((run) => run.slice(1).map((at, i) => at - (run[i] ?? 0)));
  const drifts = times.map((run) => (run.at(-1) ?? 0) - (run[0] ?? 0) - (run.length - 1) * intervalMs);
  print({
    runs: names.length,
    provider,
    phases: [...new Set(phases.values())],
    measurements: times.flat().length,
    intervalMs: spread(gaps),
    intervalErrorMs: spread(gaps.map((gap) => Math.abs(gap - intervalMs))),
    driftMs: spread(drifts),
    eventLoopP99Ms,
    connections: connections(),
    requests: Object.fromEntries(difference(before, await requestsOf(flags.metrics))),
  });
  server.closeAllConnections();
  server.close();
});
