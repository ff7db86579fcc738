import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { GitRepositorySpec } from '#api/flux/git-repository.js';
import type { KustomizationSpec } from '#api/flux/kustomization.js';
import { createRolloutController } from '#controllers/rollout/index.js';
import { printYaml } from '#core/yaml/yaml.js';
import { GitopsWorld } from '../fakes/gitops-world.js';
import { createSilentLog } from '../fakes/silent-log.js';
import { routedBy, shopObjects } from './shop.js';
import { namespace } from './world.js';

export const steps = [
  { setWeight: 20 },
  { pause: { duration: '2m' } },
  { setWeight: 60 },
  { pause: { duration: '10s' } },
];

/** The shop as files of a repository; `annotations` go onto its Rollout. */
export function shopManifests(
  image: string,
  annotations: Readonly<Record<string, string>> = {},
  more: readonly KubeObject[] = [],
): Record<string, string> {
  const strategy = { canary: { ...routedBy('istio'), steps } };
  const objects: readonly KubeObject[] = shopObjects({ image, router: 'istio', strategy });
  const annotated = objects.map((object) =>
    object.kind === 'Rollout' ? { ...object, metadata: { ...object.metadata, annotations } } : object,
  );
  return { 'app.yaml': [...annotated, ...more].map((object) => printYaml(object)).join('---\n') };
}

export interface ShopFromGit {
  readonly files?: Record<string, string>;
  readonly spec?: Partial<KustomizationSpec>;
  readonly source?: Partial<GitRepositorySpec>;
  readonly world?: GitopsWorld;
}

/** Git, the reconciler and the rollout controller in one cluster; the Kustomization looks every 20 seconds. */
export async function shopFromGit({
  files = shopManifests('web:1'),
  spec = {},
  source = {},
  world = new GitopsWorld(),
}: ShopFromGit = {}): Promise<GitopsWorld> {
  const { engine, clock, kube, events } = world.sandbox;
  const deps = { cache: engine.cache, kube: engine.ownWrites(kube), clock, log: createSilentLog(), events };
  engine.start(createRolloutController(deps, { watches: engine }));
  world.git.commit('refs/heads/main', 'one', files);
  await world.createSource({ interval: '30s', ...source });
  await world.createKustomization({ interval: '20s', ...spec });
  await clock.advance(60_000);
  return world;
}

const place = { namespace, name: 'web' };

/** The Rollout of the shop, which must be there. */
export async function rolloutOf({ sandbox }: GitopsWorld): Promise<Rollout> {
  const found = await sandbox.kube.get<Rollout>({ kind: kinds.rollout, ...place });
  if (found === undefined) throw new Error('the Rollout is gone');
  return found;
}

/** The image of its template. */
export async function imageOf(world: GitopsWorld): Promise<string> {
  return (await rolloutOf(world)).spec.template?.spec?.containers[0]?.image ?? '';
}

/** What a person's `abort` writes. */
export async function abort({ sandbox }: GitopsWorld): Promise<void> {
  const body = { status: { abort: true } };
  await sandbox.kube.patch(
    { kind: kinds.rollout, ...place },
    { type: 'merge', body },
    { subresource: 'status' },
  );
}

interface IstioSpec {
  readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[];
}

/** The weights of its route, stable first. */
export async function weightsOf({ sandbox }: GitopsWorld): Promise<readonly unknown[]> {
  const kind = await sandbox.kube.resolve('networking.istio.io/v1', 'VirtualService');
  if (kind === undefined) throw new Error('VirtualService is not served');
  const found = await sandbox.kube.get<KubeObject & { spec: IstioSpec }>({ kind, ...place });
  return found?.spec.http[0]?.route.map(({ weight }) => weight) ?? [];
}
