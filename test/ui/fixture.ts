import { createPageServer, type PageAuth, type PageServer } from '#server/index.js';
import { commitOf, liveObjects } from './git-scenes.js';
import { createWorld, start, type World } from './world.js';

export interface Fixture {
  readonly world: World;
  readonly server: PageServer;
}

export const fixtureKey = 'fixture-key';

/** The real page server over a world in memory. */
export async function startFixture(
  assetsDir: string,
  fill: (world: World) => void,
  auth: PageAuth = { mode: 'page-key', key: fixtureKey, user: 'ann' },
  port = 0,
): Promise<Fixture> {
  const world = createWorld(start);
  fill(world);
  const server = await createPageServer({
    ...world,
    assetsDir,
    auth,
    port,
    live: liveObjects,
    commitOf,
  });
  return { world, server };
}
