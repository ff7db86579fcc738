import { randomBytes } from 'node:crypto';
import { createCredentials } from '#adapters/kube-http/credentials.js';
import { createKubeHttp, type KubeHttp } from '#adapters/kube-http/kube-http.js';
import { loadKubeconfig } from '#adapters/kube-http/kubeconfig.js';
import { createLog } from '#adapters/log/log.js';
import type { Log } from '#ports/log.js';
import { createRealClock } from '#runtime/clock.js';
import { createManager, type Manager } from '#runtime/manager/manager.js';
import { createMetrics, type Metrics } from '#runtime/metrics/metrics.js';
import { addControllers } from './main/controllers.js';
import { type ServedPort, serveRoutes, text } from './main/http-servers.js';
import { type ControllerProcessOptions, homeNamespacesOf, identityOf, leaseNameOf } from './main/options.js';
import { servePage, watchForPage } from './main/page.js';
import { createScrape, queueNames, subjects } from './main/scrape.js';

export type { ControllerProcessOptions } from './main/options.js';

/** A controller process that has begun. */
export interface RunningController {
  readonly metricsPort: number;
  readonly healthzPort: number;
  /** With its key; absent without a page. */
  readonly pageUrl?: string;
  /** Resolves when every cache is complete and passes may begin (as soon as this process leads). */
  readonly ready: Promise<void>;
  /** Resolves after `stop`; rejects with NotLeader when the lease is lost: then the process has to end. */
  readonly done: Promise<void>;
  /** The one way down: ends passes, events, lease, watches and servers. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Brings up Sluice's controllers over the API server of a kubeconfig. Throws an AppError when it cannot begin
 * (unreadable kubeconfig, a port in use, an unknown controller); an API server that is away is waited for.
 */
export async function startController(options: ControllerProcessOptions = {}): Promise<RunningController> {
  const log = createLog(options.log);
  const metrics = createMetrics({ version: options.version ?? 'dev', subjects, queueNames });
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    return await bringUp(options, log, metrics, opened, closeAll);
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
}

async function bringUp(
  given: ControllerProcessOptions,
  log: Log,
  metrics: Metrics,
  opened: (() => Promise<void>)[],
  closeAll: () => Promise<void>,
): Promise<RunningController> {
  const { kube, namespace } = await connect(given, metrics);
  const options = given.isNamespaced === true ? { namespace: namespace ?? 'default', ...given } : given;
  for (const { flag, why } of options.flagsWithoutEffect ?? []) log.info('flag has no effect', { flag, why });
  opened.push(() => kube.close());
  const ending = createEnding();
  const manager = buildManager(options, { kube, namespace, log, metrics, onDeposed: ending.fail });
  const parts = await addControllers(manager, options, {
    home: homeNamespacesOf(options, namespace).config,
    kube,
    notifications: metrics.peer.notifications,
  });
  opened.push(() => parts.close());
  const { pagePort } = options;
  if (pagePort !== undefined) watchForPage(manager, options);
  const ports = await serveProbes(manager, metrics, options, opened);
  opened.push(() => manager.stop());
  const ready = manager.start();
  const page =
    pagePort === undefined ? undefined : await servePage(manager, kube, parts, { ...options, pagePort });
  if (page !== undefined) opened.push(() => page.close());
  const startedAt = performance.now();
  void ready.then(() =>
    log.info('ready', { controllers: parts.names, ms: Math.round(performance.now() - startedAt) }),
  );
  return {
    ...ports,
    ...(page === undefined ? {} : { pageUrl: page.url }),
    ready,
    done: ending.done,
    stop: async () => {
      await closeAll();
      ending.finish();
    },
  };
}

async function connect(
  options: ControllerProcessOptions,
  metrics: Metrics,
): Promise<{ readonly kube: KubeHttp; readonly namespace: string | undefined }> {
  const { kubeconfig, context, access, qps, burst, version = 'dev' } = options;
  const config = await loadKubeconfig({
    ...(access === undefined ? {} : { access }),
    ...(kubeconfig === undefined ? {} : { path: kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const clock = createRealClock();
  const kube = createKubeHttp({
    credentials: createCredentials(config, clock),
    clock,
    userAgent: `sluice/${version}`,
    ...(qps === undefined ? {} : { qps }),
    ...(burst === undefined ? {} : { burst }),
    onRequest: ({ durationMs, ...request }) => metrics.request({ ...request, ms: durationMs }),
  });
  return { kube, namespace: config.namespace };
}

interface ManagerParts {
  readonly kube: KubeHttp;
  readonly namespace: string | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly onDeposed: (error: Error) => void;
}

function buildManager(options: ControllerProcessOptions, parts: ManagerParts): Manager {
  const { kube, log, metrics, onDeposed } = parts;
  const env = options.env ?? process.env;
  const leaseNamespace = homeNamespacesOf(options, parts.namespace).lease;
  const leader = {
    kube: kube.unlimited,
    namespace: leaseNamespace,
    ...(options.leaderTimes === undefined ? {} : { times: options.leaderTimes }),
    name: leaseNameOf(options, leaseNamespace),
    identity: identityOf(env, randomBytes(6).toString('hex')),
  };
  return createManager({
    kube,
    clock: createRealClock(),
    log,
    metrics,
    component: 'rollouts-controller',
    onDeposed,
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(options.leaderElect === false ? {} : { leader }),
  });
}

async function serveProbes(
  manager: Manager,
  metrics: Metrics,
  options: ControllerProcessOptions,
  opened: (() => Promise<void>)[],
): Promise<{ readonly healthzPort: number; readonly metricsPort: number }> {
  const serve = async (routes: Parameters<typeof serveRoutes>[0], port: number): Promise<ServedPort> => {
    const server = await serveRoutes(routes, options.bindAddress, port);
    opened.push(() => server.close());
    return server;
  };
  const healthz = await serve(
    {
      '/healthz': () => (manager.healthy() ? text(200, 'ok\n') : text(500, 'the lease is lost\n')),
      '/readyz': () =>
        manager.ready() ? text(200, 'ok\n') : text(503, `waiting for ${manager.waitingFor().join(', ')}\n`),
    },
    options.healthzPort ?? 8080,
  );
  const scraped = await serve({ '/metrics': createScrape(manager, metrics) }, options.metricsPort ?? 8090);
  return { healthzPort: healthz.port, metricsPort: scraped.port };
}

interface Ending {
  readonly done: Promise<void>;
  readonly finish: () => void;
  readonly fail: (error: Error) => void;
}

function createEnding(): Ending {
  let finish = (): void => undefined;
  let fail = (_error: Error): void => undefined;
  const done = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  // A caller that never asks must not be ended by an unhandled rejection: the log has it already.
  done.catch(() => undefined);
  return { done, finish, fail };
}
