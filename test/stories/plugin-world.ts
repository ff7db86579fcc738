import { kinds } from '#api/kinds.js';
import { addMs } from '#core/time/instant.js';
import type { Kube } from '#ports/kube.js';
import type { PluginReply, PluginRequest } from '#ports/plugin-host.js';
import { dyingKube } from '#test/fakes/dying-kube.js';
import { lateConfiguration, pluginConfigMapOf, ScriptedPlugins } from '#test/fakes/scripted-plugins.js';
import { createSilentLog } from '#test/fakes/silent-log.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld, type StoryWorld } from './world.js';

/** Two plugins, as the ConfigMap names them. */
export const stepPlugins = `
- name: team/gate
  location: file:///plugins/gate
- name: team/second
  location: file:///plugins/second
`;

export type Script = (request: PluginRequest, n: number) => PluginReply | Promise<PluginReply>;

interface PluginWorldOptions {
  /** No events: for worlds that are told many times. */
  readonly isBare?: boolean;
  readonly data?: Readonly<Record<string, string>>;
  readonly lagMs?: number;
  readonly spec?: object;
  /** The controller is killed right after this many writes, and started again 1.5 s later. */
  readonly crashAfter?: number;
}

/** A Rollout that has just got a second template, whose plugins answer like this. */
export async function createPluginWorld(
  steps: readonly object[],
  script: Script,
  options: PluginWorldOptions = {},
) {
  let story: StoryWorld | undefined;
  const log = createSilentLog();
  const plugins = new ScriptedPlugins(() => story?.sandbox.clock.now() ?? 0);
  plugins.answer = script;
  const deps = () => {
    if (story === undefined) throw new Error('read before the world began');
    return { cache: story.sandbox.engine.cache, log, events: story.sandbox.events };
  };
  story = createStoryWorld({
    objects: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'sluice' } },
      pluginConfigMapOf(options.data ?? { stepPlugins }),
      ...shopObjects({ replicas: 1, strategy: { canary: { steps } }, spec: options.spec ?? {} }),
    ],
    plugins: lateConfiguration(deps, plugins),
    ...(options.lagMs === undefined ? {} : { lagMs: options.lagMs }),
    isBare: options.isBare ?? false,
    ...(options.crashAfter === undefined ? {} : { wrapKube: killer(options.crashAfter, () => story) }),
  });
  const { clock } = story.sandbox;
  await clock.advance(60_000);
  const begin = clock.now();
  await story.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
  await clock.settle();
  const here = story;
  return {
    ...here,
    log,
    plugins,
    after: (seconds: number) => clock.runUntil((begin + seconds * 1000) as never),
    asked: () => plugins.asked.map(({ method, atMs }) => `${method} ${(atMs - begin) / 1000}s`),
    entries: async () => (await here.rollout()).status.canary?.stepPluginStatuses ?? [],
    status: async () => (await here.rollout()).status,
    order: (patch: object) => here.patch(kinds.rollout, 'web', { status: patch }, 'status'),
    configure: (data: Readonly<Record<string, string>>) =>
      here.sandbox.kube.patch(
        { kind: kinds.configMap, namespace: 'sluice', name: 'argo-rollouts-config' },
        { type: 'merge', body: { data } },
      ),
    condition: async () =>
      (await here.rollout()).status.conditions?.find(({ type }) => type === 'PluginUnavailable'),
    told: async (reason: string) => (await here.events()).filter((event) => event.startsWith(`${reason}:`)),
  };
}

/** Kills the first controller of a world; the next ones live. */
function killer(afterWrites: number, story: () => StoryWorld | undefined): (kube: Kube) => Kube {
  let isFirst = true;
  return (kube) => {
    if (!isFirst) return kube;
    isFirst = false;
    return dyingKube(kube, afterWrites, () => {
      const clock = story()?.sandbox.clock;
      clock?.schedule(addMs(clock.now(), 1500), () => story()?.restart());
    }).kube;
  };
}
