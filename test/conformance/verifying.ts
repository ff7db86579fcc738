import { Type } from '@sinclair/typebox';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual } from '#core/json/json.js';
import { objectAt, textAt } from '#core/json/read.js';
import type { ObservedTraffic, TrafficReading, TrafficRequest } from '#core/traffic/request.js';
import type { TrafficProvider } from '#providers/contract.js';
import type { ProviderWorld } from './world.js';

interface DialConfig {
  readonly dial: string;
}

/**
 * A data plane that tells what it applies: weights are written into `data.wanted` of a ConfigMap, and whoever plays the
 * data plane answers in `data.applied`. No provider of this build can tell; this one shows that the contract holds.
 */
export const verifying: TrafficProvider<DialConfig> = {
  id: 'dial',
  type: 'Dial',
  capabilities: {
    weights: true,
    headerRoutes: false,
    mirrorRoutes: false,
    additionalDestinations: true,
    maxTrafficWeight: false,
    pingPong: false,
    subsets: false,
    confirm: 'status',
    propagationMs: 0,
  },
  watches: [{ kind: kinds.configMap, optional: false, verbs: ['get', 'list', 'watch', 'update'] }],
  schema: Type.Object({ dial: Type.String() }),
  references: ({ dial }, namespace) => [{ kind: kinds.configMap, namespace, name: dial }],
  validate: () => undefined,
  validateReferences: (config, request, observed) =>
    find(config, request, observed) === undefined
      ? { path: 'dial.dial', value: config.dial, message: `configmap "${config.dial}" not found` }
      : undefined,
  plan: (config, request, observed) => {
    const live = find(config, request, observed);
    if (live === undefined) {
      const object = `ConfigMap/${request.rollout.namespace}/${config.dial}`;
      return { ok: false, problem: { reason: 'TrafficRoutingError', message: 'not found', object } };
    }
    const object = { ...live, data: { ...objectAt(live, 'data'), wanted: wordsOf(request) } };
    return { ok: true, changes: isEqual(live, object) ? [] : [{ change: 'update', object }] };
  },
  read: (config, request, observed): TrafficReading => {
    const data = objectAt(find(config, request, observed), 'data');
    const wanted = textAt(data, 'wanted') ?? '';
    const [canary, stable] = (wanted.split(' ')[0] ?? '').split('/').map(Number);
    const fault = textAt(data, 'fault');
    if (fault !== undefined) return { kind: 'unknown', why: fault };
    if (canary === undefined || stable === undefined) return { kind: 'unknown', why: 'nothing was written' };
    return { kind: 'weights', canary, stable, routes: [], isVerified: textAt(data, 'applied') === wanted };
  },
  release: () => [],
};

export const verifyingWorlds: readonly ProviderWorld[] = [
  {
    name: 'a dial',
    isWithoutServices: true,
    config: { dial: 'dial' },
    manifests: `{apiVersion: v1, kind: ConfigMap, metadata: {name: dial, namespace: shop}, data: {theirs: stays, wanted: 0/100}}`,
    foreign: (objects) => objects.map((object) => objectAt(object, 'data')['theirs']),
  },
];

function find(
  config: DialConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): UnknownObject | undefined {
  return observed.get('', 'ConfigMap', request.rollout.namespace, config.dial);
}

/** `20/70 exp-a=10`: canary, stable, and experiments. */
function wordsOf({ canaryWeight, maxWeight, additional }: TrafficRequest): string {
  const extra = additional.reduce((sum, { weight }) => sum + weight, 0);
  const split = `${canaryWeight}/${maxWeight - canaryWeight - extra}`;
  return [split, ...additional.map(({ service, weight }) => `${service}=${weight}`)].join(' ');
}
