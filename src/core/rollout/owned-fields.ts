import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations, labels } from '#api/argoproj/words.js';
import type { OwnedField } from '#core/traffic/owned-field.js';
import { configIn, type RouterPlace } from '#core/traffic/router-config.js';
import { parseRoutingMemory, type RoutingMemory } from './traffic/record.js';

/** A provider as far as ownership goes; the registered providers are such values. */
interface OwningProvider extends RouterPlace {
  owns?(
    config: unknown,
    namespace: string,
    rolloutName: string,
    managedRoutes: readonly string[],
  ): readonly OwnedField[];
}

export interface OwnershipContext {
  readonly providers: readonly OwningProvider[];
  /** An autoscaler targets the Rollout: then `spec.replicas` is its, not the manifest's. */
  readonly isAutoscaled: boolean;
}

/**
 * The fields that a Rollout's controller writes into objects that a user may keep in Git: selectors of its Services,
 * weights and hash labels of its routes, and of the Rollout itself the revision, the replicas under an autoscaler and
 * what an operator sets by the CLI (`paused`, `restartAt`).
 */
export function ownedFields(rollout: Rollout, context: OwnershipContext): readonly OwnedField[] {
  const namespace = rollout.metadata.namespace ?? '';
  const { name } = rollout.metadata;
  return [
    ownFields(rollout, namespace, context.isAutoscaled),
    ...serviceNames(rollout).map((service) => serviceFields(namespace, service)),
    ...context.providers.flatMap((provider) => {
      const routing: unknown = rollout.spec.strategy?.canary?.trafficRouting;
      const config = configIn(routing, provider);
      return config === undefined
        ? []
        : (provider.owns?.(config, namespace, name, managedRouteNames(rollout)) ?? []);
    }),
  ];
}

/** Whether another revision than the stable one is on its way, or was and is aborted. */
export function isReleasing({ status }: Rollout): boolean {
  const { stableRS = '', currentPodHash = '' } = status ?? {};
  return stableRS !== '' && currentPodHash !== '' && stableRS !== currentPodHash;
}

function ownFields(rollout: Rollout, namespace: string, isAutoscaled: boolean): OwnedField {
  return {
    group: 'argoproj.io',
    kind: 'Rollout',
    namespace,
    name: rollout.metadata.name,
    paths: [
      `/metadata/annotations/${escapePointer(annotations.revision)}`,
      ...(isAutoscaled ? ['/spec/replicas'] : []),
    ],
    returning: ['/spec/restartAt'],
    isAtRest: !isReleasing(rollout),
  };
}

function serviceFields(namespace: string, name: string): OwnedField {
  return {
    group: '',
    kind: 'Service',
    namespace,
    name,
    paths: [
      `/spec/selector/${labels.podTemplateHash}`,
      `/metadata/annotations/${escapePointer(annotations.managedByRollouts)}`,
    ],
  };
}

function managedRouteNames(rollout: Rollout): readonly string[] {
  return (rollout.spec.strategy?.canary?.trafficRouting?.managedRoutes ?? []).map((route) => route.name);
}

/**
 * The Services whose selector the Rollout's controller writes; each once, in the order of the spec. Those that it named
 * before stay until no traffic is shifted by them any more.
 */
export function serviceNames(rollout: Rollout): readonly string[] {
  const { canary, blueGreen } = rollout.spec.strategy ?? {};
  const names = [
    ...canaryServices(canary),
    ...canaryServices(parseRoutingMemory(rollout.status?.traffic)),
    blueGreen?.activeService,
    blueGreen?.previewService,
  ];
  return [...new Set(names.flatMap((name) => (name === undefined || name === '' ? [] : [name])))];
}

function canaryServices(canary: RoutingMemory | undefined): readonly (string | undefined)[] {
  const { stableService, canaryService, pingPong } = canary ?? {};
  return [stableService, canaryService, pingPong?.pingService, pingPong?.pongService];
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
