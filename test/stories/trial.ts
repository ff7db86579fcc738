import { expect } from 'chai';
import type { Experiment } from '#api/argoproj/experiment.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { routedBy, shopObjects } from './shop.js';
import { createStoryWorld, namespace, type StoryWorld } from './world.js';

/** Pods with a port, so that a Service can be made for them. */
function templateOf(image: string) {
  const containers = [{ name: 'web', image, ports: [{ containerPort: 8080 }] }];
  return { metadata: { labels: { app: 'web' } }, spec: { containers } };
}

/** A release with an experiment in it. */
export interface Trial {
  readonly world: StoryWorld;
  readonly pass: (seconds: number) => Promise<void>;
  readonly apply: (image: string) => Promise<void>;
  readonly status: (body: object) => Promise<void>;
  readonly experiments: () => Promise<readonly Experiment[]>;
  /** `name:phase` of the experiments, `stopped` for those told to end. */
  readonly tried: () => Promise<readonly string[]>;
  readonly says: () => Promise<string>;
}

export interface TrialOptions {
  readonly strategy?: object;
  readonly spec?: object;
  readonly labels?: Readonly<Record<string, string>>;
  readonly objects?: readonly KubeObject[];
  readonly router?: 'istio';
}

/** A Rollout `web` with these steps, its first revision stable, and its second just applied. */
export async function trial(steps: readonly object[], options: TrialOptions = {}): Promise<Trial> {
  const { strategy, spec, labels, objects = [], router } = options;
  const shop = shopObjects({
    replicas: 2,
    ...(router === undefined ? {} : { router }),
    strategy: { canary: { ...(router === undefined ? {} : routedBy(router)), ...strategy, steps } },
    spec: { template: templateOf('web:1'), ...spec },
  }).map((object) =>
    object.kind === 'Rollout'
      ? { ...object, metadata: { ...object.metadata, ...(labels === undefined ? {} : { labels }) } }
      : object,
  );
  const world = createStoryWorld({ objects: [...shop, ...objects] });
  const list = async () => (await world.sandbox.kube.list<Experiment>(kinds.experiment, { namespace })).items;
  const started: Trial = {
    world,
    pass: async (seconds) => {
      await world.sandbox.clock.advance(seconds * 1000);
      await world.sandbox.clock.settle();
    },
    apply: (image) => world.patch(kinds.rollout, 'web', { spec: { template: templateOf(image) } }),
    status: (body) => world.patch(kinds.rollout, 'web', { status: body }, 'status'),
    experiments: list,
    tried: async () =>
      (await list()).map(
        ({ metadata, spec: { terminate }, status }) =>
          `${metadata.name.replace(/^web-[^-]+-/, '')}:${terminate === true ? 'stopped ' : ''}${status?.phase ?? 'none'}`,
      ),
    says: async () => {
      const { phase, message = '' } = (await world.rollout()).status;
      return message === '' ? (phase ?? '') : `${phase}: ${message}`;
    },
  };
  await started.pass(10);
  await started.apply('web:2');
  await started.pass(5);
  return started;
}

/** The end of a trial: nothing failed, and nothing is written any more. */
export async function restsAtLast({ world, pass }: Trial): Promise<void> {
  await pass(60);
  const before = world.sandbox.journal().length;
  await pass(1200);
  expect(world.sandbox.journal().slice(before), 'writes at rest').to.deep.equal([]);
  expect(world.failures, 'failed passes').to.deep.equal([]);
}
