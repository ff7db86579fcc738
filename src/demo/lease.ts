import { isEqual } from '#core/json/json.js';
import { objectAt, objectsAt, textAt, textsAt } from '#core/json/read.js';
import type { Check } from './report.js';
import type { ScenarioParts } from './scenario.js';
import { isHealthyAt, type Scene } from './scene.js';

const route = 'VirtualService/shop/storefront';
const file = 'storefront-virtual-service.yaml';
const changes = [
  ['weight: 100', 'weight: 50'],
  ['weight: 0', 'weight: 50'],
  ['    - name: primary\n', '    - name: primary\n      timeout: 9s\n'],
] as const;

/** Somebody commits weights, and a timeout, while the canary has the weights: they wait, the timeout does not. */
export async function conflictWithGit(parts: ScenarioParts): Promise<Check> {
  const { stage, repository, stack, screen } = parts;
  const isOver = (scene: Scene) => isHealthyAt(scene.views.storefront, 'v2');
  await stage.until(
    'the canary has the weights',
    60_000,
    (scene) => leaseOf(scene) !== undefined || isOver(scene),
  );
  screen.say('» commit in the middle of the canary: weights 50/50 and a timeout, by hand');
  await repository.edit(file, changes, 'shop: 50/50 by hand');
  const scene = await stage.until(
    'the edit waits for the canary',
    60_000,
    (now) => queued(now).length > 0 || isOver(now),
  );
  const kind = await stack.sandbox.kube.resolve('networking.istio.io/v1', 'VirtualService');
  const live =
    kind === undefined
      ? undefined
      : await stack.sandbox.kube.get({ kind, namespace: 'shop', name: 'storefront' });
  const http = objectsAt(objectAt(live, 'spec'), 'http')[0];
  const weights = objectsAt(http, 'route').map(({ weight }) => weight);
  const isLeft = queued(scene).length > 0 && !isEqual(weights, [50, 50]);
  for (const field of queued(scene))
    screen.say(`  ${route} ${field}: ${textAt(leaseOf(scene), 'note') ?? ''}`);
  return {
    what: 'a conflict of Git with the running canary was resolved by the lease',
    isKept: isLeft && textAt(http, 'timeout') === '9s',
    detail: `timeout ${textAt(http, 'timeout') ?? 'not'} applied, weights ${weights.map(String).join('/')} left to the canary`,
  };
}

/** The lease is gone behind the promotion; Git says what is at rest again. */
export async function endOfLease({ stage, repository }: ScenarioParts): Promise<Check> {
  const endedAt = Date.now();
  await stage.until('the lease has ended', 30_000, (now) => leaseOf(now) === undefined);
  const lag = Date.now() - endedAt;
  // Each replacement is of the first place: the order of the weights counts.
  const back = [changes[2], ['weight: 50', 'weight: 100'], ['weight: 50', 'weight: 0']] as const;
  await repository.edit(file, [[back[0][1], back[0][0]], back[1], back[2]], 'shop: weights at rest again');
  return {
    what: 'the lease ended with the promotion',
    isKept: lag < 10_000,
    detail: `${(lag / 1000).toFixed(1)} s after it`,
  };
}

function leaseOf({ kustomization }: Scene) {
  const leased = objectsAt(objectAt(kustomization, 'status'), 'leased');
  return leased.find((lease) => textAt(lease, 'object') === route);
}

function queued(scene: Scene): readonly string[] {
  return textsAt(leaseOf(scene), 'queued');
}
