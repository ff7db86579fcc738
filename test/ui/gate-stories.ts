import type { AnalysisRun, Measurement, MetricResult } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { lookOnce, resumeComparison, storedState } from '#core/comparison/going.js';
import { comparisonProvider } from '#core/comparison/settings.js';
import { addMs, formatInstant, type Instant } from '#core/time/instant.js';
import { poisson, randomOfRun } from '#test/fakes/seeded.js';
import { before } from './scenes.js';
import { putPaused } from './stories.js';
import { start, type World } from './world.js';

const minute = 60_000;
const ago = (minutes: number): Instant => addMs(start, -minutes * minute);

interface Compared {
  readonly name: string;
  readonly looks: number;
  readonly startedMinutesAgo: number;
  /** How many times as often the canary fails; 20 failures a look at the rate of the baseline. */
  readonly ratio: number;
  readonly config?: Readonly<Record<string, unknown>>;
}

type Gate = readonly [Metric, MetricResult];

/** A comparison as the controller would have stored it, look by look. */
export function comparisonGate({ name, looks, startedMinutesAgo, ratio, config = {} }: Compared): Gate {
  const side = { web: { url: 'http://metrics/counts' } };
  const provider = { kind: 'errorRate', tolerance: 1.2, canary: side, baseline: side, ...config };
  const metric: Metric = {
    name,
    interval: '1m',
    count: 1,
    provider: { plugin: { [comparisonProvider]: provider } },
  };
  const run: AnalysisRun = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'r', namespace: 'shop' },
    spec: { metrics: [metric] },
  };
  const random = randomOfRun(4);
  let measurement: Measurement = { phase: 'Running', startedAt: before(startedMinutesAgo) };
  for (let look = 0; look < looks && measurement.phase === 'Running'; look += 1) {
    const now = ago(startedMinutesAgo - look);
    const going = resumeComparison({ provider, metric, run, stored: storedState(measurement), now });
    if (!going.ok) throw new Error(going.message);
    const canary = { events: poisson(4 * ratio, random), total: 400 };
    const baseline = { events: poisson(16, random), total: 1600 };
    const outcome = lookOnce(going.value, { ok: true, value: { kind: 'counts', canary, baseline } }, now);
    const { metadata = {} } = outcome;
    measurement =
      outcome.kind === 'judged'
        ? {
            ...measurement,
            phase: outcome.phase,
            metadata,
            value: outcome.value ?? '',
            message: outcome.message ?? '',
            finishedAt: formatInstant(now),
          }
        : { ...measurement, metadata };
  }
  const isOver = measurement.phase !== 'Running';
  const key = measurement.phase === 'Failed' ? 'failed' : 'successful';
  return [
    metric,
    {
      name,
      phase: measurement.phase,
      ...(isOver ? { count: 1, [key]: 1, message: measurement.message ?? '' } : {}),
      measurements: [measurement],
    },
  ];
}

/** A metric with a line, measured at these values; texts that are no number are source errors. */
export function lineGate(name: string, values: readonly string[], everyMinutes: number): Gate {
  const phaseOf = (value: string): NonNullable<Measurement['phase']> => {
    if (/[a-z]{5}/.test(value)) return 'Error';
    return Number(/[\d.]+/.exec(value)?.[0] ?? Number.NaN) < 500 ? 'Successful' : 'Failed';
  };
  const measurements = values.map((value, i): Measurement => {
    const at = before((values.length - i) * everyMinutes);
    const phase = phaseOf(value);
    return {
      phase,
      ...(phase === 'Error' ? { message: value } : { value }),
      startedAt: at,
      finishedAt: at,
    };
  });
  const count = (phase: string): number => measurements.filter((one) => one.phase === phase).length;
  return [
    {
      name,
      interval: '1m',
      failureLimit: -1,
      consecutiveSuccessLimit: 5,
      successCondition: 'result[0] < 500',
      provider: { prometheus: { address: 'http://prometheus:9090', query: `sum(rate(${name}[1m]))` } },
    },
    {
      name,
      phase: 'Running',
      count: count('Successful') + count('Failed'),
      successful: count('Successful'),
      failed: count('Failed'),
      error: count('Error'),
      measurements,
    },
  ];
}

/** A canary at 20 % whose background run has these gates. */
export function putGates(world: World, name: string, gates: readonly Gate[]): void {
  putPaused(world, name);
  world.put(kinds.analysisRun, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name: `${name}-b2-42`,
      namespace: 'shop',
      labels: { 'rollouts-pod-template-hash': 'b2', 'rollout-type': 'Background' },
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          name,
          uid: `ro-shop-${name}`,
          controller: true,
        },
      ],
    },
    spec: { metrics: gates.map(([metric]) => metric) },
    status: {
      phase: 'Running',
      startedAt: before(22),
      metricResults: gates.map(([, result]) => result),
    },
  } as KubeObject);
}

/** One comparison under way, one that failed, one that is good enough, and one that has just begun. */
export function putCompared(world: World, name = 'compared'): void {
  const since = { startedMinutesAgo: 22 };
  putGates(world, name, [
    comparisonGate({ ...since, name: 'errors', looks: 22, ratio: 1.35 }),
    comparisonGate({ ...since, name: 'payment-errors', looks: 22, ratio: 2 }),
    comparisonGate({
      ...since,
      name: 'slow-requests',
      looks: 22,
      ratio: 0.8,
      config: { kind: 'latencyOver', margin: 1.5 },
    }),
    comparisonGate({ startedMinutesAgo: 1, name: 'just-begun', looks: 1, ratio: 1 }),
  ]);
}

/** One measurement, five hundred of them, and such as are no number. */
export function putManyMeasured(world: World, name = 'measured'): void {
  const random = randomOfRun(1);
  const many = Array.from({ length: 500 }, () => `[${(300 + 120 * (random() + random())).toFixed(1)}]`);
  const odd = [
    '[210]',
    '[NaN]',
    '[+Inf]',
    '[]',
    'Prometheus answers 503',
    '[-Inf]',
    '[480]',
    '[9000]',
    '[NaN]',
  ];
  const pods = Array.from({ length: 10 }, (_, i) => {
    const values = Array.from({ length: 12 }, () => 200 + 15 * i + 120 * random());
    return `[${values.map((value) => value.toFixed(0)).join(',')}]`;
  });
  putGates(world, name, [
    lineGate('one', ['[231.4]'], 3),
    lineGate('five-hundred', many, 22 / 500),
    lineGate('odd', odd, 2.2),
    lineGate('each-pod', pods, 2),
  ]);
}
