import type { Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { trafficProviders } from '#providers/index.js';
import { createHttpFetcher } from '#adapters/artifact-store/http-fetcher.js';
import { createGitHistory } from '#adapters/git-cli/git-history.js';
import { unsealByVault } from '#adapters/remotes/vault/vault.js';
import { createKeyServices } from '#adapters/sops/key-services.js';
import { createSops } from '#adapters/sops/sops.js';
import { createKustomizeBinary, findKustomize } from '#adapters/kustomize/kustomize-binary.js';
import { createGitHubApps } from '#adapters/remotes/github-app/index.js';
import { createCredentials } from '#adapters/kube-http/credentials.js';
import { createKubeHttp } from '#adapters/kube-http/kube-http.js';
import { loadKubeconfig, type KubeconfigOptions } from '#adapters/kube-http/kubeconfig.js';
import { createHttpClient } from '#adapters/metrics/http/call.js';
import { createGuard, deniedByDefault } from '#adapters/metrics/http/client/guard.js';
import { metricSources } from '#adapters/metrics/index.js';
import { notifiers } from '#adapters/notify/index.js';
import { createPluginHost } from '#adapters/plugin/host.js';
import { createAnalysisRunController } from '#controllers/analysis-run/index.js';
import { createExperimentController } from '#controllers/experiment/index.js';
import { keyAccountOf } from '#controllers/kustomization/account.js';
import { createKustomizationController } from '#controllers/kustomization/index.js';
import { createNotificationController } from '#controllers/notification/index.js';
import { PluginConfiguration } from '#controllers/plugin/configuration.js';
import { createPluginController } from '#controllers/plugin/index.js';
import { createRolloutController } from '#controllers/rollout/index.js';
import type { Wait } from '#core/decision/decision.js';
import type { CommitFacts } from '#core/view/git/git-input.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { ControllerDefinition, ReconcileKey } from '#runtime/controller/definition.js';
import type { Manager } from '#runtime/manager/manager.js';
import type { NotificationCounts } from '#runtime/metrics/peer-metrics.js';
import { CommitBook } from './commit-book.js';
import { buildAlert, buildReceiver, type FlowParts, heard, postEvents } from './flow.js';
import { inheritingDeps } from './inherited-labels.js';
import { ofShard } from './instance.js';
import { type ControllerProcessOptions, shardOf } from './options.js';
import { createTargetClusters } from './target-clusters.js';
import { sourceBuilders } from './sources.js';

/** What the controllers of this process hold beside the manager. */
export interface RunningParts {
  readonly names: readonly string[];
  /** What the Rollout controller said in its last pass. */
  waitsOf(key: ReconcileKey): readonly Wait[];
  /** Author and message of a commit that a source of this process has fetched. */
  commitOf(sha: string): CommitFacts | undefined;
  close(): Promise<void>;
}

/** As the peer's `--interval-jitter-percentage`. */
const defaultJitterPercent = 5;

type Build = (
  manager: Manager,
  options: ControllerProcessOptions,
  parts: Parts,
) => Promise<ControllerDefinition>;

interface Parts extends FlowParts {
  readonly waits: Map<string, readonly Wait[]>;
  readonly commits: CommitBook;
  readonly plugins: PluginConfiguration;
  /** The namespace of this process. */
  readonly home: string;
  readonly notifications: NotificationCounts | undefined;
}

/** What controllers are given beside the manager. */
export interface Surroundings {
  /** The namespace of this process. */
  readonly home: string;
  /** The API server, whoever leads. */
  readonly kube: Kube;
  /** Counts what is sent. */
  readonly notifications?: NotificationCounts;
}

/** Every controller by name. One line adds one. */
const builders: Readonly<Record<string, Build>> = {
  rollout: buildRollout,
  experiment: buildExperiment,
  'analysis-run': buildAnalysisRun,
  plugin: (_manager, _options, { plugins }) => Promise.resolve(createPluginController(plugins)),
  ...sourceBuilders,
  kustomization: buildKustomization,
  notification: buildNotification,
  receiver: buildReceiver,
  alert: buildAlert,
};

/**
 * Builds the controllers that were asked for and hands them to the manager; throws ConfigInvalid for an unknown name.
 */
export async function addControllers(
  manager: Manager,
  options: ControllerProcessOptions,
  { home, kube, notifications }: Surroundings,
): Promise<RunningParts> {
  const names = options.controllers ?? Object.keys(builders);
  const plugins = configurePlugins(manager, options, home);
  const parts: Parts = {
    waits: new Map(),
    commits: new CommitBook(),
    closers: [() => plugins.host.close()],
    plugins,
    home,
    notifications,
    anyReplica: kube,
    sinks: [],
  };
  const listening = heard(manager, parts.sinks);
  if (options.eventsUrl !== undefined) postEvents(manager, options.eventsUrl, parts);
  for (const name of names) {
    const build = Object.hasOwn(builders, name) ? builders[name] : undefined;
    if (build === undefined) {
      throw new AppError(
        'ConfigInvalid',
        `no controller is named ${name}; there are ${Object.keys(builders).join(', ')}`,
      );
    }
    const definition = ofShard(await build(listening, options, parts), shardOf(options));
    const workers = options.workers?.[name] ?? options.gitWorkers?.[name];
    manager.add(workers === undefined ? definition : { ...definition, workers });
  }
  return {
    names,
    waitsOf: (key) => parts.waits.get(idOf(key)) ?? [],
    commitOf: (sha) => parts.commits.of(sha),
    close: async () => void (await Promise.all(parts.closers.map((close) => close()))),
  };
}

/** One configuration of plugins for all controllers, and one host that holds their programs. */
function configurePlugins(
  manager: Manager,
  { env = process.env }: ControllerProcessOptions,
  namespace: string,
): PluginConfiguration {
  const deps = manager.deps('plugins');
  const readSecret = (name: string) => readWholeSecret(deps.kube, namespace, name);
  const host = createPluginHost({ clock: deps.clock, log: deps.log, env, readSecret });
  return new PluginConfiguration(deps, { namespace, host });
}

/** Every key of a Secret, decoded. */
async function readWholeSecret(
  kube: Kube,
  namespace: string,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const secret = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
  const object = `Secret/${namespace}/${name}`;
  if (secret === undefined) throw new AppError('KubeNotFound', `secrets "${name}" not found`, { object });
  const decoded = Object.entries(secret.data ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')] as const,
  );
  return Object.fromEntries(decoded);
}

async function buildRollout(
  manager: Manager,
  options: ControllerProcessOptions,
  { waits, plugins }: Parts,
): Promise<ControllerDefinition> {
  const { endpointPropagationMs, routePropagationMs } = options;
  const definition = createRolloutController(inheritingDeps(manager.deps('rollout'), shardOf(options)), {
    providers: trafficProviders,
    watches: manager,
    plugins,
    ...(endpointPropagationMs === undefined ? {} : { endpointPropagationMs }),
    ...(routePropagationMs === undefined ? {} : { propagationMs: routePropagationMs }),
    onDecision: (key, decision) => waits.set(idOf(key), decision.waitingFor),
  });
  return forgetting(definition, manager, waits);
}

/** The same controller; the waits of a Rollout that is gone are forgotten. */
function forgetting(
  definition: ControllerDefinition,
  manager: Manager,
  waits: Map<string, readonly Wait[]>,
): ControllerDefinition {
  const kind = definition.watches[0]?.kind;
  const { cache } = manager.deps(definition.name);
  return {
    ...definition,
    reconcile: async (key) => {
      const result = await definition.reconcile(key);
      if (kind !== undefined && cache.get(kind, key.namespace, key.name) === undefined)
        waits.delete(idOf(key));
      return result;
    },
  };
}

function buildExperiment(manager: Manager, options: ControllerProcessOptions): Promise<ControllerDefinition> {
  const deps = inheritingDeps(manager.deps('experiment'), shardOf(options));
  return Promise.resolve(createExperimentController(deps));
}

async function buildKustomization(
  manager: Manager,
  options: ControllerProcessOptions,
  { closers, home, plugins }: Parts,
): Promise<ControllerDefinition> {
  const { kustomizeBinary, kustomizations, dependencyMs, sopsAgeSecret, env = process.env } = options;
  const { intervalJitterPercent = defaultJitterPercent } = options;
  const { noCrossNamespaceRefs = false, defaultServiceAccount = '' } = options;
  const { sshKexAlgorithms: keyExchange = [], sshHostKeyAlgorithms: hostKey = [] } = options;
  // Where artifacts are read when the names in their URLs mean nothing outside of the cluster.
  const hostOverride = env['SOURCE_CONTROLLER_LOCALHOST'];
  const deps = manager.deps('kustomization');
  // Repositories name the addresses of Vaults.
  const guard = createGuard(options.deniedMetricAddresses ?? deniedByDefault);
  const clusters = createTargetClusters({
    own: kubeconfigOf(options),
    clock: deps.clock,
    log: deps.log,
    isLeader: () => manager.leads(),
  });
  closers.push(() => clusters.close());
  return createKustomizationController({
    ...deps,
    watches: manager,
    clusters,
    plugins,
    sops: createSops(
      createKeyServices({
        plugins,
        accountOf: (place, audiences) => keyAccountOf(deps.kube, place, audiences),
        unsealByVault: (key, token) => unsealByVault(key, token, guard),
      }),
    ),
    reverts: {
      history: createGitHistory({ ssh: { keyExchange, hostKey } }),
      apps: createGitHubApps(deps.clock),
    },
    ...(sopsAgeSecret === undefined ? {} : { ageSecret: { namespace: home, name: sopsAgeSecret } }),
    fetcher: createHttpFetcher(hostOverride === undefined ? {} : { hostOverride }),
    settings: {
      intervalJitterPercent,
      noCrossNamespaceRefs,
      defaultServiceAccount,
      ...kustomizations,
      ...(dependencyMs === undefined ? {} : { dependencyMs }),
    },
    ...rendererOf(kustomizeBinary, env['PATH']),
  });
}

/** The binary that is named renders all; one that is merely there renders what the built-in generator does not serve. */
function rendererOf(named: string | undefined, path: string | undefined) {
  if (named !== undefined) return { renderer: createKustomizeBinary({ binary: named }) };
  const binary = findKustomize(path);
  return binary === undefined ? {} : { fallback: createKustomizeBinary({ binary }) };
}

async function buildAnalysisRun(
  manager: Manager,
  { env = process.env, deniedMetricAddresses = deniedByDefault }: ControllerProcessOptions,
  { plugins, home, closers }: Parts,
): Promise<ControllerDefinition> {
  const deps = manager.deps('analysis-run');
  const http = createHttpClient({ env, guard: createGuard(deniedMetricAddresses) });
  const readSecret = (name: string) => readWholeSecret(deps.kube, home, name);
  const openCluster = async (path: string): Promise<Kube> => {
    const other = createKubeHttp({
      credentials: createCredentials(await loadKubeconfig({ path }), deps.clock),
      clock: deps.clock,
      userAgent: 'sluice-analysis',
    });
    closers.push(() => other.close());
    return other;
  };
  const { clock, kube } = deps;
  return createAnalysisRunController({
    ...deps,
    sources: metricSources({ clock, env, http, kube, openCluster, readSecret, plugins }),
    plugins,
  });
}

async function buildNotification(
  manager: Manager,
  { hasSelfServiceNotifications = false, deniedMetricAddresses = deniedByDefault }: ControllerProcessOptions,
  { home, notifications: metrics }: Parts,
): Promise<ControllerDefinition> {
  const deps = manager.deps('notification');
  return createNotificationController(deps, {
    namespace: home,
    notifiers: notifiers({ clock: deps.clock, guard: createGuard(deniedMetricAddresses) }),
    watches: manager,
    selfService: hasSelfServiceNotifications,
    ...(metrics === undefined ? {} : { metrics }),
  });
}

/** How this process reaches its own cluster. */
function kubeconfigOf({ kubeconfig, context, access }: ControllerProcessOptions): KubeconfigOptions {
  return {
    ...(kubeconfig === undefined ? {} : { path: kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(access === undefined ? {} : { access }),
  };
}

function idOf({ namespace, name }: ReconcileKey): string {
  return `${namespace ?? ''}/${name}`;
}
