import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations } from '#api/argoproj/words.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { controllerOf } from '#core/kube/object.js';
import { decideNotifications } from '#core/notify/decide.js';
import { lostTransitions } from '#core/notify/lost-transitions.js';
import { parseNotified } from '#core/notify/notified.js';
import type { NotifySnapshot, ScopedConfig } from '#core/notify/snapshot.js';
import { currentRuns } from '#core/notify/variables.js';
import { addMs, earliest } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import type { DynamicWatches } from '#ports/dynamic-watches.js';
import type { Notifier } from '#ports/notifier.js';
import type {
  ControllerDefinition,
  ReconcileKey,
  ReconcileResult,
  Watch,
} from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { configMapName, ConfigReader, secretName } from './config-reader.js';
import { carryOut, type NotificationMetrics, type NotifyTools } from './execute.js';
import { Outbox } from './outbox.js';
import { RolloutVersions } from './rollout-versions.js';
import { eventFieldSelector, eventKeys, keepEvent, readEvents } from './rollout-events.js';

export type { NotificationMetrics } from './execute.js';

export interface NotificationControllerOptions {
  /** Where ConfigMap and Secret are: the namespace of the controllers. */
  readonly namespace: string;
  /** By the type in `service.<type>`. */
  readonly notifiers: ReadonlyMap<string, Notifier>;
  /** Opens the watch of events once there is a configuration, and those of namespaces with one of their own. */
  readonly watches: DynamicWatches;
  /** Also the ConfigMap and Secret of the Rollout's own namespace. Default false. */
  readonly selfService?: boolean;
  readonly metrics?: NotificationMetrics;
}

const controllerName = 'notification';
/** How soon a pass is tried again that came before its watches had begun. */
const syncMs = 1000;

/**
 * The controller of notifications. It stands beside the one of Rollouts and never in its way: it reads the events that
 * were recorded, sends outside of its passes, and writes one annotation.
 */
export function createNotificationController(
  deps: ControllerDeps,
  options: NotificationControllerOptions,
): ControllerDefinition {
  const outbox = new Outbox(deps.clock);
  const configs = new ConfigReader(deps.cache, deps.log, () => outbox.beganAt());
  const { notifiers, metrics } = options;
  const versions = new RolloutVersions();
  const tools: NotifyTools = { deps, outbox, notifiers, ...(metrics === undefined ? {} : { metrics }) };
  return {
    name: controllerName,
    watches: watchesOf(options.namespace, versions),
    background: outbox,
    reconcile: async (key): Promise<ReconcileResult> => {
      const live = deps.cache.get<Rollout>(kinds.rollout, key.namespace, key.name);
      const rollout = live ?? outbox.lastSeen(key);
      if (rollout === undefined) {
        versions.forget(key);
        return {};
      }
      const readable = readConfigs(options, configs, key.namespace ?? '');
      if (readable !== undefined && readable.length === 0) {
        // Without a configuration nobody is told, so no event is read.
        outbox.forget(key);
        versions.forget(key);
        return {};
      }
      if (readable === undefined || !ensureEvents(options.watches))
        return { requeueAt: addMs(deps.clock.now(), syncMs) };
      versions.keepsAll = readable.some(({ config }) => config.subscriptions.length > 0);
      return pass(tools, readable, { key, rollout, versions, isGone: live === undefined });
    },
  };
}

interface Occasion {
  readonly key: ReconcileKey;
  readonly rollout: Rollout;
  readonly versions: RolloutVersions;
  readonly isGone: boolean;
}

async function pass(
  tools: NotifyTools,
  configs: readonly ScopedConfig[],
  { key, rollout, versions, isGone }: Occasion,
): Promise<ReconcileResult> {
  const { deps, outbox } = tools;
  const owner = { key, uid: rollout.metadata.uid ?? '' };
  if (!isGone) {
    outbox.forget(key, owner.uid);
    outbox.know(owner, rollout);
  }
  const { all, own } = readEvents(deps.cache, versions, key, owner.uid);
  const beganAt = outbox.beganAt();
  const since = configs.reduce((oldest, one) => (one.since < oldest ? one.since : oldest), beganAt);
  const lost = isGone ? [] : lostTransitions(rollout, all, since, beganAt);
  const runs = deps.cache.list<AnalysisRun>(kinds.analysisRun, {
    ...(key.namespace === undefined ? {} : { namespace: key.namespace }),
    ownerUid: owner.uid,
  });
  const snapshot: NotifySnapshot = {
    now: deps.clock.now(),
    rollout,
    analysisRuns: currentRuns(rollout, runs),
    events: [...lost, ...own],
    configs,
    notified: parseNotified(rollout.metadata.annotations?.[annotations.notified]),
    memory: outbox.memory(owner),
  };
  const decision = decideNotifications(snapshot);
  await carryOut(tools, owner, snapshot, decision, isGone);
  outbox.settle(
    owner,
    snapshot.events.map(({ id }) => id),
    decision,
  );
  const lookAt = isGone ? outbox.mourn(owner) : undefined;
  if (isGone) versions.forget(key);
  const requeueAt = earliest(decision.requeueAt, lookAt);
  return requeueAt === undefined ? {} : { requeueAt };
}

/** The configurations that count for a namespace; `undefined` while one of them is being read for the first time. */
function readConfigs(
  { namespace: home, selfService = false, watches }: NotificationControllerOptions,
  configs: ConfigReader,
  namespace: string,
): readonly ScopedConfig[] | undefined {
  const own = configs.read(home, false);
  const all = own === undefined ? [] : [own];
  if (!selfService || namespace === home) return all;
  const views = [
    watches.ensure({ ...configWatch(namespace, 'configMap'), controller: controllerName }),
    watches.ensure({ ...configWatch(namespace, 'secret'), controller: controllerName }),
  ];
  if (!views.every((view) => view.hasSynced())) return undefined;
  const theirs = configs.read(namespace, true);
  return theirs === undefined ? all : [theirs, ...all];
}

/** Whether the events are complete; opens their watch. */
function ensureEvents(watches: DynamicWatches): boolean {
  return watches
    .ensure({
      controller: controllerName,
      kind: kinds.event,
      fieldSelector: eventFieldSelector,
      project: keepEvent,
      keysOf: eventKeys,
    })
    .hasSynced();
}

function watchesOf(home: string, versions: RolloutVersions): readonly Watch[] {
  const noted = (object: UnknownObject): readonly ReconcileKey[] => {
    // The schema of the kind guarantees the rest.
    versions.note(object as unknown as Rollout);
    return [keyOf(object.metadata)];
  };
  return [
    { kind: kinds.rollout, keysOf: noted },
    { kind: kinds.analysisRun, keysOf: ownerKeys },
    { ...configWatch(home, 'configMap'), keysOf: (_, cache) => everyRollout(cache) },
    { ...configWatch(home, 'secret'), keysOf: (_, cache) => everyRollout(cache) },
  ];
}

/** Of a namespace with a configuration of its own only changes of Rollouts are heard; they come often enough. */
function configWatch(namespace: string, kind: 'configMap' | 'secret') {
  const name = kind === 'configMap' ? configMapName : secretName;
  return { kind: kinds[kind], only: { namespace, name }, keysOf: () => [] } as const;
}

function ownerKeys(run: UnknownObject): readonly ReconcileKey[] {
  const owner = controllerOf(run);
  const { namespace } = run.metadata;
  return owner?.kind === kinds.rollout.kind ? [keyOf({ name: owner.name, namespace })] : [];
}

function everyRollout(cache: Cache): readonly ReconcileKey[] {
  return cache.list(kinds.rollout).map(({ metadata }) => keyOf(metadata));
}

function keyOf({
  name,
  namespace,
}: {
  readonly name: string;
  readonly namespace?: string | undefined;
}): ReconcileKey {
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}
