import type { Deployment } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import type { ImageScripts } from '#sandbox/pods/scripted/script.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld, namespace, type StoryWorld, type StoryWorldOptions } from './world.js';

/** A live Deployment `web-old` behind the Services of the shop, and no Rollout yet. */
export interface LiveShop extends Partial<StoryWorldOptions> {
  readonly replicas?: number;
  readonly images?: ImageScripts;
  readonly others?: readonly KubeObject[];
}

export const lendingDeployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web-old' } as const;

export function deploymentOf(replicas: number, image = 'web:1'): KubeObject {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web-old', namespace },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: templateOf(image) },
  };
  return object;
}

/** The shop with its Deployment up and ready. */
export async function liveShop({
  replicas = 4,
  others = [],
  ...options
}: LiveShop = {}): Promise<StoryWorld> {
  const services = shopObjects({ strategy: {} }).filter(({ kind }) => kind === 'Service');
  const world = createStoryWorld({
    ...options,
    objects: [...services, deploymentOf(replicas), ...others],
  });
  await world.sandbox.clock.advance(10_000);
  return world;
}

export interface Migration {
  readonly replicas?: number;
  readonly ref?: object;
  readonly scaleDown?: string;
  readonly strategy?: object;
  readonly spec?: object;
}

/** The Rollout `web` that takes the template of the Deployment. */
export function rolloutFor(options: Migration = {}): KubeObject {
  const { replicas = 4, scaleDown, ref = lendingDeployment, strategy = { canary: {} }, spec } = options;
  const workloadRef = { ...ref, ...(scaleDown === undefined ? {} : { scaleDown }) };
  const rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace },
    spec: { replicas, workloadRef, strategy, ...spec },
  };
  return rollout;
}

export async function migrate(world: StoryWorld, options: Migration = {}): Promise<void> {
  await world.sandbox.kube.create(kinds.rollout, rolloutFor(options));
  await world.sandbox.clock.settle();
}

export async function deployment(world: StoryWorld): Promise<Deployment> {
  const found = await world.sandbox.kube.get<Deployment>({
    kind: kinds.deployment,
    namespace,
    name: 'web-old',
  });
  if (found === undefined) throw new Error('the Deployment is gone');
  return found;
}
