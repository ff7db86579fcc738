import { createCredentials } from '#adapters/kube-http/credentials.js';
import { createKubeHttp } from '#adapters/kube-http/kube-http.js';
import { type KubeAccess, loadKubeconfig } from '#adapters/kube-http/kubeconfig.js';
import { createLog, type LogOptions } from '#adapters/log/log.js';
import { createRealClock } from '#runtime/clock.js';
import { createManager } from '#runtime/manager/manager.js';
import { createMetrics } from '#runtime/metrics/metrics.js';
import { servePage, watchForPage } from './page.js';

/** Which cluster the page shows, and where it is served. */
export interface DashboardOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly access?: KubeAccess;
  /** Only this namespace, for users without rights on all. */
  readonly namespace?: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly address?: string;
  /** Only objects whose instance label has this value; default `''`: those without the label. */
  readonly instanceId?: string;
  readonly log?: LogOptions;
  readonly version: string;
}

/** The page over the cluster of a kubeconfig, with the rights of its user and without controllers. */
export interface Dashboard {
  /** With its key. */
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the page; throws an AppError when the kubeconfig cannot be read or the port is in use. */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { kubeconfig, context, access, namespace, port, address, instanceId = '', version } = options;
  const clock = createRealClock();
  const log = createLog({ level: 'warn', ...options.log });
  const config = await loadKubeconfig({
    ...(kubeconfig === undefined ? {} : { path: kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(access === undefined ? {} : { access }),
  });
  const credentials = createCredentials(config, clock);
  const kube = createKubeHttp({ credentials, clock, userAgent: `sluice-dashboard/${version}` });
  const manager = createManager({
    kube,
    clock,
    log,
    metrics: createMetrics({ version, process: false }),
    component: 'sluice-dashboard',
    ...(namespace === undefined ? {} : { namespace }),
  });
  const pageOptions = {
    instanceId,
    pagePort: port,
    ...(address === undefined ? {} : { pageAddress: address, pageAuth: 'key' as const }),
  };
  const closeAll = async (): Promise<void> => {
    await manager.stop();
    await kube.close();
  };
  try {
    watchForPage(manager, pageOptions);
    void manager.start();
    const page = await servePage(manager, kube, undefined, pageOptions);
    return { url: page.url, close: async () => page.close().then(closeAll) };
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
}
