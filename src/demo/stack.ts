import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kinds, type Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { AppError } from '#ports/errors.js';
import { createSandbox, type Sandbox, type SandboxOptions } from '#sandbox/index.js';
import { renderCrds } from '../generate/crds.js';
import { startControllerProcess, type ControllerProcess } from './controller-process.js';
import { locatePrometheus } from './prometheus/locate.js';
import { startPrometheus, type RunningPrometheus } from './prometheus/run.js';
import { followTargets } from './prometheus/targets.js';

export interface StackOptions {
  readonly onProgress: (message: string) => void;
  /** Called when a part ends without having been asked to. */
  readonly onFailure: (why: string) => void;
  readonly sandbox: SandboxOptions;
  readonly controller: boolean;
  /** `needed` fails without Prometheus, `wanted` goes on and says so. */
  readonly prometheus: 'needed' | 'wanted' | 'none';
  /** 0 takes a free one. */
  readonly pagePort: number;
  /** Ends the start early; what runs by then is ended by `close` alone. */
  readonly signal: AbortSignal;
}

/** The embedded cluster, Sluice's controllers as a process of their own, and a Prometheus that scrapes pods and gateway. */
export interface Stack {
  readonly sandbox: Sandbox;
  readonly controller: ControllerProcess | undefined;
  readonly prometheus: RunningPrometheus | undefined;
  /** Logs of the parts. Removed by `close`. */
  readonly folder: string;
  /** Ends the controller process (SIGKILL) and starts it again. */
  restartController(): Promise<void>;
  close(): Promise<void>;
}

/** The port that the examples ask for metrics on. */
const usualPrometheusPort = 9090;

/** Starts everything; what cannot start ends what did. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await bringUp(options, closers, close);
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function bringUp(
  options: StackOptions,
  closers: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const prometheusBinary = await findPrometheus(options);
  options.signal.throwIfAborted();
  const sandbox = await createSandbox({
    ...options.sandbox,
    objects: [...crds(), ...(options.sandbox.objects ?? [])],
  });
  closers.push(() => sandbox.close());
  options.onProgress(`cluster at ${sandbox.url}, gateway at http://127.0.0.1:${sandbox.gateway.port}`);
  const prometheus =
    prometheusBinary === undefined
      ? undefined
      : await runPrometheus(prometheusBinary, folder, sandbox, closers);
  if (prometheus !== undefined) options.onProgress(`prometheus at ${prometheus.url}`);
  options.signal.throwIfAborted();
  let controller: ControllerProcess | undefined;
  const pageKey = randomBytes(24).toString('base64url');
  const start = async (): Promise<void> => {
    const port = controller === undefined ? options.pagePort : Number(new URL(controller.pageUrl).port);
    controller = await startControllerProcess({
      kubeconfig: sandbox.kubeconfig,
      logFile: join(folder, 'controller.log'),
      storagePath: join(folder, 'artifacts'),
      pagePort: port,
      pageKey,
      env: clusterNames(sandbox),
      onExit: options.onFailure,
    });
  };
  if (options.controller) {
    await start();
    closers.push(() => controller?.stop());
  }
  return {
    sandbox,
    prometheus,
    folder,
    close,
    get controller() {
      return controller;
    },
    restartController: async () => {
      await controller?.kill();
      await start();
    },
  };
}

async function findPrometheus({ prometheus, onProgress, signal }: StackOptions): Promise<string | undefined> {
  if (prometheus === 'none') return undefined;
  try {
    return await locatePrometheus({ onProgress, signal });
  } catch (thrown) {
    // Without it analysis cannot measure, everything else works: whoever only wants it is told and goes on.
    if (prometheus === 'needed' || !(thrown instanceof AppError)) throw thrown;
    onProgress(`no metrics: ${thrown.message}`);
    return undefined;
  }
}

async function runPrometheus(
  binary: string,
  folder: string,
  sandbox: Sandbox,
  closers: (() => Promise<void> | void)[],
): Promise<RunningPrometheus> {
  const dir = join(folder, 'prometheus');
  await mkdir(dir, { recursive: true });
  const prometheus = await startPrometheus(binary, dir, await freePort(usualPrometheusPort));
  closers.push(() => prometheus.close());
  closers.push(followTargets(sandbox, prometheus));
  for (const { kind, object } of prometheusObjects(Number(new URL(prometheus.url).port))) {
    await sandbox.kube.create(kind, object);
  }
  return prometheus;
}

/** What makes Prometheus the Service `prometheus` of the namespace `monitoring`, as most clusters have it. */
function prometheusObjects(port: number): readonly { readonly kind: Kind; readonly object: KubeObject }[] {
  const metadata = { name: 'prometheus', namespace: 'monitoring' };
  const service = { ports: [{ name: 'http', port: 9090, targetPort: port }] };
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'prometheus' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
    ports: [{ name: 'http', port, protocol: 'TCP' }],
  };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'monitoring' } };
  return [
    { kind: kinds.namespace, object: namespace },
    {
      kind: kinds.service,
      object: { apiVersion: 'v1', kind: 'Service', metadata, spec: service } as KubeObject,
    },
    { kind: kinds.endpointSlice, object: slice },
  ];
}

/**
 * Names of Services resolve inside of a cluster; here the gateway stands for the cluster's DNS: as an HTTP proxy it takes
 * requests such as the examples' `http://prometheus.monitoring:9090` to the Service.
 */
function clusterNames(sandbox: Sandbox): Readonly<Record<string, string>> {
  const proxy = `http://127.0.0.1:${sandbox.gateway.port}`;
  return {
    http_proxy: proxy,
    HTTP_PROXY: proxy,
    no_proxy: '127.0.0.1,localhost',
    NO_PROXY: '127.0.0.1,localhost',
  };
}

function crds(): readonly KubeObject[] {
  return renderCrds().map(({ path, text }) => {
    const parsed = parseYaml(text);
    if (!parsed.ok) throw new AppError('BrokenInvariant', `${path}: ${parsed.problem.message}`);
    return parsed.value as KubeObject;
  });
}

/** The port itself when it is free on loopback, else a free one. */
async function freePort(wanted: number): Promise<number> {
  const tryPort = async (port: number): Promise<number | undefined> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        server.close(() =>
          resolve(typeof address === 'object' && address !== null ? address.port : undefined),
        );
      });
    });
  const port = (await tryPort(wanted)) ?? (await tryPort(0));
  if (port === undefined) throw new AppError('PortInUse', 'no free port on 127.0.0.1');
  return port;
}
