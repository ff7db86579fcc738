import type { Rollout } from '#api/argoproj/rollout.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { Kind } from '#api/kinds.js';
import type { ObservedTraffic, TrafficRequest } from '#core/traffic/request.js';
import type { FormerRouting, ReleasedTraffic } from '#core/rollout/snapshot.js';
import { parseRoutingMemory } from '#core/rollout/traffic/record.js';
import { configIn } from '#core/traffic/router-config.js';
import type { Router } from '#core/traffic/router.js';
import type { Cache } from '#ports/cache.js';
import { matchesSelector } from '#core/kube/selector.js';
import { groupOf } from '#core/kube/object.js';
import type { ObjectReference, TrafficProvider } from '#providers/contract.js';

/** Keys under `trafficRouting` that are no routers. */
const otherKeys: readonly string[] = ['managedRoutes', 'maxTrafficWeight', 'plugins'];

export interface Routing {
  readonly routers: readonly Router[];
  /** What the traffic is still shifted by, as it was configured then. */
  readonly former: FormerRouting | undefined;
  /** Configured routers that no provider stands for; plugins by their names. */
  readonly unknown: readonly string[];
}

/** Whether a reference names or selects this object. */
export function isMeant(reference: ObjectReference, object: UnknownObject): boolean {
  const { kind, namespace } = reference;
  const { metadata } = object;
  if (kind.kind !== object.kind || kind.group !== groupOf(object.apiVersion)) return false;
  if (namespace !== metadata.namespace) return false;
  return 'name' in reference
    ? reference.name === metadata.name
    : matchesSelector(reference.selector, metadata.labels);
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
  return providers.flatMap((provider) => {
    const config = configIn(routing, provider);
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
  const known = new Set([...otherKeys, ...providers.map(({ id, plugin }) => plugin ?? id)]);
  const named = [...Object.keys(routing), ...Object.keys(routing.plugins ?? {})];
  return named.filter((key) => !known.has(key));
}

function observeFor(provider: TrafficProvider, cache: Cache): ObservedTraffic {
  const kindOf = (group: string, name: string): Kind | undefined =>
    provider.watches.find(({ kind }) => kind.group === group && kind.kind === name)?.kind;
  return {
    get: (group, kindName, namespace, name) => {
      const kind = kindOf(group, kindName);
      return kind === undefined ? undefined : cache.get(kind, namespace, name);
    },
    list: (group, kindName, namespace, selector) => {
      const kind = kindOf(group, kindName);
      const all = kind === undefined ? [] : cache.list(kind, { namespace });
      return all.filter((object) => matchesSelector(selector, object.metadata.labels));
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
      .filter((object) => !named.some((reference) => isMeant(reference, object)));
    const changes = provider.release(identity, leftovers);
    return changes.length === 0 ? [] : [{ router: provider.type, changes }];
  });
}
