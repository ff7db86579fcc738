import type { Rollout } from '#api/argoproj/rollout.js';
import type { Kind } from '#api/kinds.js';
import { isObject } from '#core/json/json.js';
import type { ObservedTraffic, TrafficRequest } from '#core/traffic/request.js';
import type { FormerRouting, ReleasedTraffic } from '#core/rollout/snapshot.js';
import { parseRoutingMemory } from '#core/rollout/traffic/record.js';
import type { Router } from '#core/traffic/router.js';
import type { Cache } from '#ports/cache.js';
import type { TrafficProvider } from '#providers/contract.js';

/** Keys under `trafficRouting` that are no routers. */
const otherKeys: readonly string[] = ['managedRoutes', 'maxTrafficWeight', 'plugins'];

export interface Routing {
  readonly routers: readonly Router[];
  /** What the traffic is still shifted by, as it was configured then. */
  readonly former: FormerRouting | undefined;
  /** Configured routers that no provider stands for; plugins by their names. */
  readonly unknown: readonly string[];
}

interface Configured {
  readonly provider: TrafficProvider;
  readonly config: unknown;
}

/** The configured part of each provider for one Rollout, by its spec and by what its traffic is still shifted by. */
export function configsOf(rollout: Rollout, providers: readonly TrafficProvider[]): readonly Configured[] {
  const former = parseRoutingMemory(rollout.status?.traffic)?.trafficRouting;
  const { canary } = rollout.spec.strategy ?? {};
  return [...configured(canary?.trafficRouting, providers), ...configured(former, providers)];
}

function configured(routing: unknown, providers: readonly TrafficProvider[]): readonly Configured[] {
  if (!isObject(routing)) return [];
  return providers.flatMap((provider) => {
    const config = routing[provider.id];
    return config === undefined || config === null ? [] : [{ provider, config }];
  });
}

/** Binds each configured provider to its part of the spec and to the observed objects that it may read. */
export function bindRouters(
  rollout: Rollout,
  providers: readonly TrafficProvider[],
  cache: Cache,
  propagationMs: Readonly<Record<string, number>>,
): Routing {
  const routing = rollout.spec.strategy?.canary?.trafficRouting;
  const memory = parseRoutingMemory(rollout.status?.traffic);
  const bind = (part: unknown) => bindConfigs(configured(part, providers), cache, propagationMs);
  return {
    routers: bind(routing),
    former: memory === undefined ? undefined : { strategy: memory, routers: bind(memory.trafficRouting) },
    unknown: unknownRouters(rollout, providers),
  };
}

function bindConfigs(
  configs: readonly Configured[],
  cache: Cache,
  propagationMs: Readonly<Record<string, number>>,
): readonly Router[] {
  return configs.map(({ provider, config }): Router => {
    const observed = observeFor(provider, cache);
    return {
      id: provider.id,
      type: provider.type,
      capabilities: provider.capabilities,
      propagationMs: propagationMs[provider.id] ?? provider.capabilities.propagationMs,
      steers: provider.steers?.(config) ?? config,
      plan: (request) => provider.plan(config, request, observed),
      read: (request) => provider.read(config, request, observed),
      validate: (request) =>
        provider.validate(config) ?? provider.validateReferences(config, request, observed),
    };
  });
}

function unknownRouters(rollout: Rollout, providers: readonly TrafficProvider[]): readonly string[] {
  const routing = rollout.spec.strategy?.canary?.trafficRouting;
  if (routing === undefined) return [];
  const known = new Set([...otherKeys, ...providers.map((provider) => provider.id)]);
  return [...Object.keys(routing).filter((key) => !known.has(key)), ...Object.keys(routing.plugins ?? {})];
}

function observeFor(provider: TrafficProvider, cache: Cache): ObservedTraffic {
  const kindOf = (group: string, name: string): Kind | undefined =>
    provider.watches.find(({ kind }) => kind.group === group && kind.kind === name)?.kind;
  return {
    get: (group, kindName, namespace, name) => {
      const kind = kindOf(group, kindName);
      return kind === undefined ? undefined : cache.get(kind, namespace, name);
    },
  };
}

/** What each provider takes back from objects that this Rollout no longer names; all of its marks when it is gone. */
export function releasedTraffic(
  cache: Cache,
  providers: readonly TrafficProvider[],
  identity: TrafficRequest['rollout'],
  rollout: Rollout | undefined,
): readonly ReleasedTraffic[] {
  const { namespace, name } = identity;
  const configs = rollout === undefined ? [] : configsOf(rollout, providers);
  return providers.flatMap((provider) => {
    const named = configs
      .filter((one) => one.provider === provider)
      .flatMap(({ config }) => provider.references(config, namespace, name));
    const leftovers = provider.watches
      .flatMap(({ kind }) => cache.list(kind, { namespace }))
      .filter(
        (object) => !named.some((ref) => ref.kind.kind === object.kind && ref.name === object.metadata.name),
      );
    const changes = provider.release(identity, leftovers);
    return changes.length === 0 ? [] : [{ router: provider.type, changes }];
  });
}
