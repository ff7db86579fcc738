import { readdirSync, readFileSync } from 'node:fs';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { createVirtualSandbox } from '#sandbox/virtual-sandbox.js';
import { createAnalysisRunController } from '#controllers/analysis-run/index.js';
import { scriptedMetrics } from './scripted-metrics.js';

const crdFolder = new URL('../../crds/', import.meta.url);
const crds = readdirSync(crdFolder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file): readonly KubeObject[] => {
    const parsed = parseYamlStream(readFileSync(new URL(file, crdFolder), 'utf8'));
    return parsed.ok ? (parsed.value as KubeObject[]) : [];
  });

/** A metric of the provider `web`; its name is `m` when none is given. */
export const web = (rest: object = {}): object => ({
  name: 'm',
  provider: { web: { url: 'http://x' } },
  ...rest,
});

/** The argument `token` of the Secret `s`. */
export const secretArgs = [{ name: 'token', valueFrom: { secretKeyRef: { name: 's', key: 'token' } } }];
/** The Secret that {@link secretArgs} names. */
export const secret = (value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', namespace: 'shop' },
  data: { token: Buffer.from(value).toString('base64') },
});

type Script = (metric: string, n: number) => MetricOutcome | Promise<MetricOutcome>;

interface Circumstances {
  readonly lagMs?: number;
  /** Called before each patch of the controller. */
  readonly beforePatch?: () => void;
  readonly resume?: () => MetricOutcome;
}

/** One AnalysisRun `shop/r` under its controller in virtual time, whose source answers by a script. */
export async function analysisWorld(
  spec: object,
  script: Script,
  objects: readonly KubeObject[] = [],
  { lagMs = 0, beforePatch, resume }: Circumstances = {},
) {
  const run = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'r', namespace: 'shop' },
    spec,
  };
  const failures: string[] = [];
  const patches: unknown[] = [];
  const logged: string[] = [];
  const log: Log = {
    debug() {},
    info() {},
    warn() {},
    error: (message, fields) => void logged.push(`${message}: ${String(fields?.['error'])}`),
    with: () => log,
  };
  const sandbox = createVirtualSandbox({
    objects: [...crds, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, ...objects, run],
    lagMs,
    onError: (failure) => failures.push(`${failure.controller}: ${failure.error.message}`),
  });
  const scripted = scriptedMetrics('web', sandbox.clock, script);
  const source = resume === undefined ? scripted : { ...scripted, resume: async () => resume() };
  const own = sandbox.engine.ownWrites(sandbox.kube);
  const kube: Kube = {
    ...own,
    patch: (...args) => {
      beforePatch?.();
      patches.push((args[1] as { body: unknown }).body);
      return own.patch(...args) as any;
    },
  };
  const start = () =>
    sandbox.engine.start(
      createAnalysisRunController({
        cache: sandbox.engine.cache,
        kube,
        clock: sandbox.clock,
        log,
        events: sandbox.events,
        sources: { web: source },
      }),
    );
  start();
  const stop = () => sandbox.engine.stop('analysis-run');
  await sandbox.clock.settle();
  return {
    sandbox,
    source,
    failures,
    logged,
    /** What the controller has sent to be stored, in order. */
    patches,
    start,
    stop,
    get: () => sandbox.kube.get<AnalysisRun>({ kind: kinds.analysisRun, namespace: 'shop', name: 'r' }),
    events: async () =>
      (await sandbox.kube.list(kinds.event, { namespace: 'shop' })).items.map(
        (event) => `${String(event['type'])} ${String(event['reason'])}: ${String(event['message'])}`,
      ),
  };
}
