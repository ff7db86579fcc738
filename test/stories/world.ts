import { readdirSync, readFileSync } from 'node:fs';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout, RolloutStatus } from '#api/argoproj/rollout.js';
import type { EndpointSlice, Pod, ReplicaSet, Service } from '#api/k8s/core-kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { createExperimentController } from '#controllers/experiment/index.js';
import { createRolloutController, type RolloutControllerOptions } from '#controllers/rollout/index.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import type { RolloutDecision } from '#core/rollout/decide.js';
import { addMs, instantOf } from '#core/time/instant.js';
import { advanceSteadyTime, startSteadyTime } from '#core/time/steady-time.js';
import type { Clock } from '#ports/clock.js';
import type { EventRecorder } from '#ports/event-recorder.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import type { ImageScripts } from '#sandbox/pods/scripted/script.js';
import {
  createVirtualSandbox,
  type VirtualSandbox,
  type VirtualSandboxOptions,
} from '#sandbox/virtual-sandbox.js';

export const namespace = 'shop';

export interface StoryWorldOptions extends RolloutControllerOptions {
  readonly objects: readonly KubeObject[];
  readonly images?: ImageScripts;
  readonly seed?: number;
  /** No events, and kinds without schemas: for stories that are told many times. */
  readonly isBare?: boolean;
  /** Changes the definitions of our kinds before they are installed. */
  readonly definitions?: (ours: readonly KubeObject[]) => readonly KubeObject[];
  /** How long proxies need to learn of changes. Default: no time. */
  readonly gateway?: VirtualSandboxOptions['gateway'];
  /** How long the controller's cache lags behind the cluster. Default 0. */
  readonly lagMs?: number;
  /** Stands between the controller and the cluster: counts, breaks or refuses its writes. */
  readonly wrapKube?: (kube: Kube) => Kube;
  /** Tells events of its own instead of those of the sandbox, which are stored at once. */
  readonly createRecorder?: (kube: Kube, clock: Clock) => EventRecorder;
  /** How far somebody has set the clock of the controllers' machine ahead of the cluster's, at any moment. */
  readonly skewMs?: () => number;
}

/** A cluster in virtual time with the rollout controller in it. */
export interface StoryWorld {
  readonly sandbox: VirtualSandbox;
  readonly decisions: RolloutDecision[];
  readonly failures: string[];
  /** The only Rollout, which must be there. */
  rollout(): Promise<Rollout & { readonly status: RolloutStatus }>;
  /** The only Rollout, if there is one. */
  findRollout(): Promise<Rollout | undefined>;
  replicaSets(): Promise<readonly ReplicaSet[]>;
  services(): Promise<readonly Service[]>;
  endpointSlices(): Promise<readonly EndpointSlice[]>;
  pods(): Promise<readonly Pod[]>;
  runs(): Promise<readonly AnalysisRun[]>;
  events(): Promise<readonly string[]>;
  get(kind: Kind, name: string): Promise<UnknownObject | undefined>;
  patch(kind: Kind, name: string, body: unknown, subresource?: 'status'): Promise<void>;
  /** Kills the controller, and starts it anew with nothing but what is stored. */
  restart(): void;
}

let readOnce: readonly KubeObject[] | undefined;

/** Kinds of this house, as the installation brings them. */
export function customResources(): readonly KubeObject[] {
  return (readOnce ??= readCustomResources());
}

/** The same kinds, which accept anything: quicker to write. */
function bareResources(): readonly KubeObject[] {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return (bareOnce ??= customResources().map((resource) => {
    const { spec } = resource as KubeObject & { readonly spec: { readonly versions: readonly object[] } };
    const versions = spec.versions.map((version) => ({ ...version, schema }));
    return { ...resource, spec: { ...spec, versions } } as KubeObject;
  }));
}

let bareOnce: readonly KubeObject[] | undefined;

function readCustomResources(): readonly KubeObject[] {
  const folder = new URL('../../crds/', import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseObjects(readFileSync(new URL(file, folder), 'utf8')));
}

/** The objects of a YAML stream; a mistake in it fails the test that reads it. */
export function parseObjects(text: string): readonly KubeObject[] {
  const parsed = parseYamlStream(text);
  if (!parsed.ok) throw new Error(`${parsed.problem.message} in line ${parsed.problem.line ?? 0}`);
  return parsed.value as readonly KubeObject[];
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };

export function createStoryWorld(options: StoryWorldOptions): StoryWorld {
  const failures: string[] = [];
  const decisions: RolloutDecision[] = [];
  const { definitions = (ours) => ours, skewMs } = options;
  const sandbox = createVirtualSandbox({
    seed: options.seed ?? 0,
    objects: [
      ...definitions(options.isBare === true ? bareResources() : customResources()),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      ...options.objects,
    ],
    ...(options.images === undefined ? {} : { images: options.images }),
    ...(options.lagMs === undefined ? {} : { lagMs: options.lagMs }),
    ...(options.gateway === undefined ? {} : { gateway: options.gateway }),
    onError: (failure) =>
      failures.push(`${failure.controller}: ${failure.error.code}: ${failure.error.message}`),
  });
  const own = sandbox.engine.ownWrites(sandbox.kube);
  const start = () => {
    const kube = options.wrapKube === undefined ? own : options.wrapKube(own);
    const clock = skewMs === undefined ? sandbox.clock : skewedClock(sandbox.clock, skewMs);
    const deps = {
      cache: sandbox.engine.cache,
      kube,
      clock,
      log: silent,
      events:
        options.createRecorder?.(kube, sandbox.clock) ??
        (options.isBare === true ? { record() {} } : sandbox.events),
    };
    const onDecision = (_key: unknown, decision: RolloutDecision) => void decisions.push(decision);
    const { watches = sandbox.engine } = options;
    for (const definition of [
      createRolloutController(deps, { ...options, watches, onDecision }),
      createExperimentController(deps),
    ]) {
      sandbox.engine.start(
        skewMs === undefined ? definition : onClusterTime(definition, sandbox.clock, clock),
      );
    }
  };
  start();
  const list = async <T>(kind: Kind) =>
    (await sandbox.kube.list(kind, { namespace })).items as unknown as readonly T[];
  return {
    sandbox,
    decisions,
    failures,
    rollout: async () => {
      const [only] = await list<Rollout & { readonly status: RolloutStatus }>(kinds.rollout);
      if (only === undefined) throw new Error('the Rollout of the story is gone');
      return only;
    },
    findRollout: async () => (await list<Rollout>(kinds.rollout))[0],
    replicaSets: () => list<ReplicaSet>(kinds.replicaSet),
    services: () => list<Service>(kinds.service),
    endpointSlices: () => list<EndpointSlice>(kinds.endpointSlice),
    pods: () => list<Pod>(kinds.pod),
    runs: () => list<AnalysisRun>(kinds.analysisRun),
    events: async () => {
      const all = await list<{ reason: string; message: string; involvedObject?: { kind?: string } }>(
        kinds.event,
      );
      return all
        .filter(({ involvedObject }) => involvedObject?.kind === 'Rollout')
        .map(({ reason, message }) => `${reason}: ${message}`);
    },
    get: (kind, name) => sandbox.kube.get({ kind, namespace, name }),
    patch: async (kind, name, body, subresource) => {
      await sandbox.kube.patch(
        { kind, namespace, name },
        { type: 'merge', body },
        subresource === undefined ? {} : { subresource },
      );
    },
    restart: start,
  };
}

/** The clock of one controller process, on a machine whose clock somebody sets: see `createRealClock`. */
function skewedClock(clock: Clock, skewMs: () => number): Clock {
  const read = () => ({ wallMs: clock.now() + skewMs(), monotonicMs: clock.now(), sleptMs: () => 0 });
  let time = startSteadyTime(read());
  const now = () => instantOf((time = advanceSteadyTime(time, read())).shownMs);
  return { now, schedule: (at, callback) => clock.schedule(addMs(at, clock.now() - now()), callback) };
}

/** What a controller wants at a moment of its own clock, at the same moment of the cluster's. */
function onClusterTime(definition: ControllerDefinition, cluster: Clock, own: Clock): ControllerDefinition {
  return {
    ...definition,
    reconcile: async (key) => {
      const { requeueAt, ...result } = await definition.reconcile(key);
      return requeueAt === undefined
        ? result
        : { ...result, requeueAt: addMs(requeueAt, cluster.now() - own.now()) };
    },
  };
}
