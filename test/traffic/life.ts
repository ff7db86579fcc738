import { execFile } from 'node:child_process';
import { kinds } from '#api/kinds.js';
import type { JsonPatchOperation } from '#ports/kube.js';
import type { KubeHttp } from '#adapters/kube-http/kube-http.js';
import type { RunningProgram } from '../e2e/program.js';
import { container } from './app.js';
import type { Load } from './load.js';
import { names, type TrafficRouter } from './routers/router.js';
import type { Timeline } from './timeline.js';

/** What somebody did to the Rollout from outside. */
export interface Act {
  readonly at: number;
  readonly what: string;
}

/** A Rollout under load, and what a scenario can do to it. */
export interface Life {
  readonly namespace: string;
  readonly router: TrafficRouter;
  readonly timeline: Timeline;
  readonly load: Load;
  readonly acts: readonly Act[];
  readonly controller: () => RunningProgram;
  /** Ends the controller without a word to it and starts another one. */
  killController(): Promise<void>;
  /** Changes the version, as an apply of a new manifest does; `operations` go with it. */
  update(version: string, ...operations: readonly JsonPatchOperation[]): Promise<void>;
  /** A command of the program about the Rollout. */
  sluice(...words: readonly string[]): Promise<void>;
  /** As an autoscaler does. */
  scale(replicas: number): Promise<void>;
  /** Deletes some of the pods of a version that run. */
  deletePods(version: string, count: number): Promise<void>;
  deleteRollout(): Promise<void>;
  /** Waits for a state of the Rollout that answers the last act. */
  reaches(sentence: string, holds: (status: any, rollout: any) => boolean, withinMs?: number): Promise<void>;
  /** Waits in front of the pause with this index. */
  pauses(index: number): Promise<void>;
  /** Waits for the version to be stable and all to be said and done. */
  isHealthy(version: string): Promise<void>;
  /** Waits for an abort to be told and for the weight to be back. */
  isAborted(): Promise<void>;
}

/** What a life is led with. */
export interface LifeParts {
  readonly kube: KubeHttp;
  readonly kubeconfig: string;
  readonly program: string;
  readonly namespace: string;
  readonly router: TrafficRouter;
  readonly timeline: Timeline;
  readonly load: Load;
  start(): Promise<RunningProgram>;
  running: RunningProgram;
}

export function leadLife(parts: LifeParts): Life {
  const { kube, namespace, timeline } = parts;
  const key = { kind: kinds.rollout, namespace, name: names.rollout };
  const acts: Act[] = [];
  let floor = 0;
  const act = async (what: string, done: () => Promise<unknown>): Promise<void> => {
    acts.push({ at: Date.now(), what });
    await done();
    const now = await kube.get(key);
    floor = Number(now?.metadata.resourceVersion ?? floor);
  };
  const reaches: Life['reaches'] = (sentence, holds, withinMs = 60_000) =>
    until(
      sentence,
      () => {
        const last = timeline.of(kinds.rollout).at(-1);
        if (last === undefined || last.version < floor) return false;
        const { metadata, status = {} } = last.object;
        return status.observedGeneration === String(metadata.generation) && holds(status, last.object);
      },
      () => JSON.stringify(timeline.of(kinds.rollout).at(-1)?.object.status ?? {}),
      withinMs,
    );
  const patch = (body: readonly JsonPatchOperation[]) => kube.patch(key, { type: 'json', body });
  return {
    ...parts,
    acts,
    reaches,
    controller: () => parts.running,
    killController: () =>
      act('kill -9 of the controller', async () => {
        await parts.running.kill();
        parts.running = await parts.start();
      }),
    update: (version, ...more) =>
      act(`update to ${version}`, () =>
        patch([
          { op: 'replace', path: '/spec/template/spec/containers/0', value: container(version) },
          ...more,
        ]),
      ),
    sluice: (...words) => act(words.join(' '), () => runProgram(parts, [...words, names.rollout])),
    scale: (replicas) =>
      act(`scale to ${replicas}`, () =>
        kube.patch(key, { type: 'merge', body: { spec: { replicas } } }, { subresource: 'scale' }),
      ),
    deletePods: (version, count) =>
      act(`delete ${count} pods of ${version}`, () => deletePods(parts, version, count)),
    deleteRollout: () =>
      act('delete the rollout', () => kube.delete(key, { propagationPolicy: 'Background' })),
    pauses: (index) =>
      reaches(
        `pauses at step ${index}`,
        (status) => status.phase === 'Paused' && status.currentStepIndex === index,
      ),
    isHealthy: (version) =>
      reaches(`is Healthy with ${version}`, (status, { spec }) => {
        const isStable = status.stableRS === status.currentPodHash || spec.strategy.blueGreen !== undefined;
        return status.phase === 'Healthy' && isStable;
      }),
    isAborted: () =>
      reaches(
        'is aborted',
        (status) => status.phase === 'Degraded' && (status.canary?.weights?.canary.weight ?? 0) === 0,
      ),
  };
}

async function deletePods({ kube, namespace }: LifeParts, version: string, count: number): Promise<void> {
  const { items } = await kube.list<any>(kinds.pod, { namespace });
  const chosen = items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .filter(({ spec }) => spec.containers[0].image.endsWith(`:${version}`))
    .slice(0, count);
  for (const { metadata } of chosen) await kube.delete({ kind: kinds.pod, namespace, name: metadata.name });
}

function runProgram(
  { program, kubeconfig, namespace }: LifeParts,
  words: readonly string[],
): Promise<string> {
  const line = [program, '--kubeconfig', kubeconfig, '--namespace', namespace, ...words];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, line, { timeout: 60_000 }, (error, out, err) => {
      if (error === null) resolve(out);
      else reject(new Error(`sluice ${words.join(' ')}: ${err}${out}`));
    });
  });
}

/** Looks every 20 ms until it holds; rejects with what was seen last. */
export async function until(
  sentence: string,
  holds: () => boolean | Promise<boolean>,
  seen: () => string = () => '',
  withinMs = 60_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`never: ${sentence}; seen ${seen()}`);
    await pause(20);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
