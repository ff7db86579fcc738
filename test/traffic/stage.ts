import { kinds } from '#api/kinds.js';
import type { KubeHttp } from '#adapters/kube-http/kube-http.js';
import { launchProgram, type RunningProgram } from '../e2e/program.js';
import { canary, rollout, service } from './app.js';
import { leadLife, pause, until, type Act, type LifeParts } from './life.js';
import { judge, type Verdict } from './judge/judge.js';
import { ask, startLoad, type Door } from './load.js';
import { names, type TrafficRouter } from './routers/router.js';
import type { Scenario } from './scenarios/scenario.js';
import { watchNamespace, type Timeline } from './timeline.js';

/** What all runs of a proof share. */
export interface Stage {
  readonly kube: KubeHttp;
  readonly kubeconfig: string;
  readonly program: string;
  /** Requests a second of each run. */
  readonly rate: number;
}

/** One run, judged; `story` is for whoever looks for the cause. */
export interface Outcome {
  readonly scenario: string;
  readonly router: string;
  readonly verdict: Verdict;
  readonly story: object;
}

const replicas = 4;
const restMs = 5000;
const mostStallMs = 2000;
const mark = 'sluice.dev/traffic-proof';
let runs = 0;

/** Removes what runs left behind that were interrupted: their pods would take the room of those to come. */
export async function removeLeftovers(kube: KubeHttp): Promise<void> {
  const { items } = await kube.list(kinds.namespace, { labelSelector: mark });
  for (const { metadata } of items) {
    const namespace = metadata.name;
    const rollouts = await kube.list(kinds.rollout, { namespace });
    // Nobody is there any more who would take the finalizer off.
    const body = { metadata: { finalizers: null } };
    for (const {
      metadata: { name },
    } of rollouts.items)
      await kube.patch({ kind: kinds.rollout, namespace, name }, { type: 'merge', body });
    await kube.delete({ kind: kinds.namespace, name: namespace });
  }
}

/** Plays one scenario behind one router, in a namespace and with a controller of its own. Never rejects. */
export async function perform(stage: Stage, scenario: Scenario, router: TrafficRouter): Promise<Outcome> {
  runs += 1;
  const namespace = `traffic-${Date.now().toString(36)}-${runs}`;
  const { kube } = stage;
  const metadata = { name: namespace, labels: { [mark]: 'run' } };
  await kube.create(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata });
  const timeline = await watchNamespace(kube, namespace, router.routeKinds);
  const parts = { ...stage, namespace, router, timeline, running: await startController(stage, namespace) };
  const { faults, ...told } = await play(parts, scenario).catch((thrown: unknown) => ({
    ...nothingSeen,
    faults: [String(thrown)],
  }));
  await leave(parts);
  const log = parts.running.log().slice(-200_000);
  const story = { acts: told.acts, writes: timeline.writes.map(shorten), log };
  return { scenario: scenario.name, router: router.id, verdict: { ...told.verdict, faults }, story };
}

interface Played {
  readonly verdict: Verdict;
  readonly acts: readonly Act[];
  readonly faults: readonly string[];
}

const nothingSeen: Omit<Played, 'faults'> = {
  acts: [],
  verdict: { requests: 0, dropped: [], wrong: [], latestMs: 0, serviceWrites: 0, shares: [], faults: [] },
};

type Parts = Omit<LifeParts, 'load' | 'start'> & Stage;

/** From the first object to the verdict. */
async function play(parts: Parts, scenario: Scenario): Promise<Played> {
  const { kube, namespace, router, timeline } = parts;
  const host = `${namespace}.lab`;
  await applyAll(kube, namespace, objectsOf(scenario, router, host));
  const door = await router.door(host);
  await untilServed(door, timeline);
  const load = startLoad(door, parts.rate);
  const life = leadLife(Object.assign(parts, { load, start: () => startController(parts, namespace) }));
  const faults: string[] = [];
  let cameToRest = true;
  try {
    await pause(1500);
    await scenario.run(life);
    cameToRest = await comesToRest(timeline);
  } catch (thrown) {
    faults.push(String(thrown));
  }
  await load.stop();
  if (load.stalledMs() > mostStallMs)
    faults.push(`measured nothing: the load stood still for ${load.stalledMs()} ms`);
  const { acts } = life;
  const verdict = judge({ router, timeline, answers: load.answers, acts, endedAt: Date.now() }, cameToRest);
  return { verdict, acts, faults: [...faults, ...verdict.faults] };
}

/** The first revision is Healthy, and the proxy has found the way to it for good. */
async function untilServed(door: Door, timeline: Timeline): Promise<void> {
  await until('the first revision is Healthy', () => {
    const { status = {} } = timeline.of(kinds.rollout).at(-1)?.object ?? {};
    return status.phase === 'Healthy' && status.availableReplicas === replicas;
  });
  let good = 0;
  await until('the proxy knows the way', async () => {
    good = (await ask(door, undefined)).status === 200 ? good + 1 : 0;
    return good >= 20;
  });
}

function objectsOf(scenario: Scenario, router: TrafficRouter, host: string): readonly any[] {
  if (scenario.blueGreen !== undefined) {
    const strategy = { blueGreen: scenario.blueGreen };
    return [service(names.active), ...router.plainRoutes(host, names.active), rollout(strategy, replicas)];
  }
  const strategy = canary(router, scenario.canary?.(router) ?? {});
  return [
    service(names.stable),
    service(names.canary),
    ...router.canaryRoutes(host),
    rollout(strategy, replicas),
  ];
}

const started = new Set<RunningProgram>();

/** Ends all controllers that were started, without a word to them: for whoever is interrupted. */
export function endControllers(): void {
  for (const running of started) if (!running.hasEnded()) running.signal('SIGKILL');
}

/** With the flags that it has by default, for this namespace alone. */
async function startController({ program, kubeconfig }: Stage, namespace: string): Promise<RunningProgram> {
  const flags = ['--loglevel', 'info', '--namespaced', '--namespace', namespace];
  const running = await launchProgram(program, kubeconfig, namespace, flags);
  started.add(running);
  await until('the controllers are ready', async () => {
    if (running.hasEnded()) throw new Error(`the controllers ended:\n${running.log()}`);
    return (await fetch(`${running.healthz}/readyz`).catch(() => undefined))?.status === 200;
  });
  return running;
}

async function applyAll(kube: KubeHttp, namespace: string, objects: readonly any[]): Promise<void> {
  for (const object of objects) {
    const kind = await kube.resolve(object.apiVersion, object.kind);
    if (kind === undefined) throw new Error(`${object.apiVersion} ${object.kind} is not served`);
    const { name } = object.metadata;
    const body = { ...object, metadata: { namespace, name } };
    await kube.patch({ kind, namespace, name }, { type: 'apply', body }, { fieldManager: 'traffic' });
  }
}

/** Waits until nothing is written any more; `false` when that does not come. */
async function comesToRest(timeline: Timeline): Promise<boolean> {
  const isQuiet = (): boolean => Date.now() - (timeline.writes.at(-1)?.at ?? 0) > restMs;
  return until('rest', isQuiet).then(
    () => true,
    () => false,
  );
}

async function leave({ kube, namespace, timeline, running }: Parts): Promise<void> {
  const key = { kind: kinds.rollout, namespace, name: names.rollout };
  await kube.delete(key);
  await until('the rollout is gone', async () => (await kube.get(key)) === undefined).catch(() => undefined);
  await running.stop();
  await timeline.stop();
  await kube.delete({ kind: kinds.namespace, name: namespace }, { propagationPolicy: 'Background' });
}

function shorten({ at, version, type, object }: any): object {
  const { name, generation, labels, annotations, deletionTimestamp } = object.metadata;
  const spec =
    object.kind === 'Pod' || object.kind === 'ReplicaSet' ? { replicas: object.spec.replicas } : object.spec;
  const metadata = { name, generation, labels, annotations, deletionTimestamp };
  return { at, version, type, object: { kind: object.kind, metadata, spec, status: object.status } };
}
