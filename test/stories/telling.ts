import { kinds } from '#api/kinds.js';
import { podTemplateHash } from '#core/template-hash/template-hash.js';
import { keepChronicle, type Chronicle } from './chronicle.js';
import { shopObjects, templateOf, type ShopOptions } from './shop.js';
import { createStoryWorld, type StoryWorld, type StoryWorldOptions } from './world.js';

/** A shop in virtual time, with what a person does to its Rollout. */
export interface Telling {
  readonly world: StoryWorld;
  readonly chronicle: Chronicle;
  readonly wait: (seconds: number) => Promise<void>;
  readonly spec: (patch: object) => Promise<void>;
  readonly status: (patch: object) => Promise<void>;
  /** Another image: a new revision. */
  readonly apply: (image: string) => Promise<void>;
  /** What the image's ReplicaSet has: `4/4` wanted and available, or `none`. */
  readonly pods: (image: string) => Promise<string>;
  readonly replicaSet: (image: string) => ReturnType<typeof findReplicaSet>;
}

/** The hash of the template of an image. */
export function hashOfImage(image: string): string {
  return podTemplateHash(templateOf(image));
}

/** A settled shop after its first deploy. */
export async function tell(
  shop: ShopOptions,
  options: Partial<StoryWorldOptions> = {},
  seconds = 20,
): Promise<Telling> {
  const { objects = [], ...rest } = options;
  const world = createStoryWorld({ ...rest, objects: [...shopObjects(shop), ...objects] });
  const chronicle = keepChronicle(world);
  const telling: Telling = {
    world,
    chronicle,
    wait: (count) => world.sandbox.clock.advance(count * 1000),
    spec: (patch) => world.patch(kinds.rollout, 'web', { spec: patch }),
    status: (patch) => world.patch(kinds.rollout, 'web', { status: patch }, 'status'),
    apply: (image) => telling.spec({ template: templateOf(image) }),
    pods: async (image) => {
      const rs = await findReplicaSet(world, image);
      return rs === undefined ? 'none' : `${rs.spec.replicas ?? 1}/${rs.status?.availableReplicas ?? 0}`;
    },
    replicaSet: (image) => findReplicaSet(world, image),
  };
  await telling.wait(seconds);
  return telling;
}

async function findReplicaSet(world: StoryWorld, image: string) {
  const sets = await world.replicaSets();
  return sets.find(({ spec }) => spec.template?.spec?.containers[0]?.image === image);
}
