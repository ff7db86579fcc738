import type { Command } from 'commander';
import type { ControllerProcessOptions } from '../../main.js';
import { targetOf, UsageError } from '../command.js';
import { numberFlag, portFlag, wordFlag } from '../flags.js';
import type { Io } from '../io.js';
import { productVersion } from '../version.js';

interface Flags {
  readonly namespaced?: boolean;
  readonly controllers?: readonly string[];
  readonly instanceId: string;
  readonly metricsPort: string;
  readonly healthzPort: string;
  readonly bindAddress?: string;
  readonly pagePort?: string;
  readonly pageAddress?: string;
  readonly pageAuth?: string;
  readonly pageTlsInFront?: boolean;
  readonly leaderElect: string;
  readonly qps: string;
  readonly burst: string;
  readonly rolloutThreads?: string;
  readonly analysisThreads?: string;
  readonly storagePath?: string;
  readonly storageAddr?: string;
  readonly kustomizeBinary?: string;
  readonly intervalJitterPercentage: string;
  readonly endpointPropagation?: string;
  readonly loglevel: string;
  readonly logformat: string;
}

/** `sluice controller`: the controllers, until a signal ends them. Flags are named as Argo Rollouts' 1.9. */
export function registerController(program: Command, io: Io): void {
  const controller = program
    .command('controller')
    .description('run the controllers against a cluster')
    .option('--namespaced', 'only the namespace of --namespace')
    .option('--controllers <names...>', 'only these: rollout, analysis-run, git-repository, kustomization')
    .option('--instance-id <id>', 'only objects labelled with this instance', '')
    .option('--metricsPort, --metrics-port <port>', 'port of /metrics', '8090')
    .option('--healthzPort, --healthz-port <port>', 'port of /healthz and /readyz', '8080')
    .option('--bind-address <address>', 'address of both; default all')
    .option('--page-port <port>', 'serve the page on this port, 0 for a free one; its address is printed')
    .option('--page-address <host>', 'where the page is served (default 127.0.0.1)')
    .option(
      '--page-auth <how>',
      'key (a secret in the printed address), token (of a user of the cluster) or off; default key on loopback, token elsewhere',
    )
    .option('--page-tls-in-front', 'TLS ends in front of the page: allows tokens on an address of plain http')
    .option('--leader-elect <boolean>', 'take the lease before writing', 'true')
    .option('--qps <number>', 'requests a second to the API server on average', '40')
    .option('--burst <number>', 'requests at once', '80')
    .option('--rollout-threads <number>', 'rollouts in work at the same time (default 10)')
    .option('--analysis-threads <number>', 'analysis runs in work at the same time (default 30)')
    .option('--storage-path <folder>', 'where artifacts are kept')
    .option('--storage-addr <host:port>', 'where artifacts are served; default a free port of loopback')
    .option(
      '--interval-jitter-percentage <percent>',
      'how much the intervals of sources and Kustomizations are spread, up and down',
      '5',
    )
    .option(
      '--kustomize-binary <path>',
      'kustomize or kubectl, which then renders kustomizations; default the built-in generator',
    )
    .option('--endpoint-propagation <milliseconds>', 'how long proxies may need for changed endpoints')
    .option('--loglevel <level>', 'debug, info, warn or error', 'info')
    .option('--logformat <format>', 'json or pretty', 'json')
    .action(async (flags: Flags) => {
      const options = optionsOf(controller, io, flags);
      // Loaded here, so that short commands do not pay for it.
      const { startController } = await import('../../main.js');
      const running = await startController(options);
      if (running.pageUrl !== undefined) io.out.write(`page ${running.pageUrl}\n`);
      const stop = (): void => void running.stop();
      if (io.interrupted.aborted) stop();
      io.interrupted.addEventListener('abort', stop, { once: true });
      await running.done;
    });
}

function optionsOf(command: Command, io: Io, flags: Flags): ControllerProcessOptions {
  const target = targetOf(command);
  if (flags.namespaced === true && target.namespace === undefined) {
    throw new UsageError('--namespaced needs --namespace');
  }
  const [artifactHost, artifactPort] = flags.storageAddr?.split(':') ?? [];
  return {
    ...(target.kubeconfig === undefined ? {} : { kubeconfig: target.kubeconfig }),
    ...(target.context === undefined ? {} : { context: target.context }),
    ...(flags.namespaced === true && target.namespace !== undefined ? { namespace: target.namespace } : {}),
    ...(flags.controllers === undefined
      ? {}
      : { controllers: flags.controllers.flatMap((name) => name.split(',')) }),
    instanceId: flags.instanceId,
    metricsPort: portFlag('--metrics-port', flags.metricsPort),
    healthzPort: portFlag('--healthz-port', flags.healthzPort),
    ...(flags.bindAddress === undefined ? {} : { bindAddress: flags.bindAddress }),
    ...pageOptionsOf(flags, io),
    leaderElect: flags.leaderElect !== 'false',
    qps: numberFlag('--qps', flags.qps),
    burst: numberFlag('--burst', flags.burst),
    workers: {
      ...(flags.rolloutThreads === undefined
        ? {}
        : { rollout: numberFlag('--rollout-threads', flags.rolloutThreads) }),
      ...(flags.analysisThreads === undefined
        ? {}
        : { 'analysis-run': numberFlag('--analysis-threads', flags.analysisThreads) }),
    },
    ...(flags.storagePath === undefined ? {} : { storagePath: flags.storagePath }),
    ...(artifactHost === undefined || artifactHost === '' ? {} : { artifactHost }),
    ...(artifactPort === undefined ? {} : { artifactPort: portFlag('--storage-addr', artifactPort) }),
    intervalJitterPercent: numberFlag('--interval-jitter-percentage', flags.intervalJitterPercentage),
    ...(flags.kustomizeBinary === undefined ? {} : { kustomizeBinary: flags.kustomizeBinary }),
    ...(flags.endpointPropagation === undefined
      ? {}
      : { endpointPropagationMs: numberFlag('--endpoint-propagation', flags.endpointPropagation) }),
    log: {
      level: wordFlag('--loglevel', flags.loglevel, ['debug', 'info', 'warn', 'error']),
      format: wordFlag('--logformat', flags.logformat, ['json', 'pretty']),
    },
    version: productVersion(),
    env: io.env,
  };
}

function pageOptionsOf(flags: Flags, io: Io): Partial<ControllerProcessOptions> {
  if (flags.pagePort === undefined) {
    if (flags.pageAddress !== undefined || flags.pageAuth !== undefined || flags.pageTlsInFront === true)
      throw new UsageError('--page-address, --page-auth and --page-tls-in-front need --page-port');
    return {};
  }
  return {
    pagePort: portFlag('--page-port', flags.pagePort),
    ...(flags.pageAddress === undefined ? {} : { pageAddress: flags.pageAddress }),
    ...(flags.pageAuth === undefined
      ? {}
      : { pageAuth: wordFlag('--page-auth', flags.pageAuth, ['key', 'token', 'off'] as const) }),
    isPageTlsInFront: flags.pageTlsInFront === true,
    // In the environment, since every user of the machine can read a command line.
    ...(io.env['SLUICE_PAGE_KEY'] === undefined ? {} : { pageKey: io.env['SLUICE_PAGE_KEY'] }),
  };
}
