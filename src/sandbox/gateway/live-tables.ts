import type { EndpointSlice, Pod, Service } from '#api/k8s/core-kinds.js';
import { type Kind, kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { addMs } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { ChangeFeed } from '../engine/change-feed.js';
import { KindMirror } from '../engine/mirror.js';
import type { RoutingTables } from './route.js';
import { ServiceTable } from './services.js';

export interface PropagationDelays {
  /** From a write of a Service, an EndpointSlice or a pod until the proxy knows. Default 0. */
  readonly endpointDelayMs?: number;
  /** From a write of a VirtualService, a DestinationRule or an Ingress until the proxy knows. Default 0. */
  readonly routeDelayMs?: number;
}

/** What a proxy knows, following the store with delays. */
export interface LiveTables {
  /** As of now; the same value until something arrives. */
  current(): RoutingTables;
  stop(): void;
}

const istioKind = (kind: string, plural: string): Kind => ({
  group: 'networking.istio.io',
  version: 'v1',
  kind,
  plural,
  namespaced: true,
});
const virtualServices = istioKind('VirtualService', 'virtualservices');
const destinationRules = istioKind('DestinationRule', 'destinationrules');

/** Tables that begin with what there is. */
export function followTables(feed: ChangeFeed, clock: Clock, delays: PropagationDelays = {}): LiveTables {
  let known: RoutingTables | undefined;
  const stops: (() => void)[] = [];
  const follow = (kind: Kind, delayMs: number): KindMirror => {
    const mirror = new KindMirror();
    let isFirstList = true;
    const following = feed.follow(kind, (change) => {
      const take = (): void => {
        mirror.take(change);
        known = undefined;
      };
      if (isFirstList || delayMs === 0) take();
      else clock.schedule(addMs(clock.now(), delayMs), take);
    });
    isFirstList = false;
    stops.push(() => following.stop());
    return mirror;
  };
  const { endpointDelayMs = 0, routeDelayMs = 0 } = delays;
  const mirrors = {
    services: follow(kinds.service, endpointDelayMs),
    slices: follow(kinds.endpointSlice, endpointDelayMs),
    pods: follow(kinds.pod, endpointDelayMs),
    virtualServices: follow(virtualServices, routeDelayMs),
    destinationRules: follow(destinationRules, routeDelayMs),
    ingresses: follow(kinds.ingress, routeDelayMs),
  };
  return {
    current: () => (known ??= buildTables(mirrors)),
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

type Mirrors = Readonly<
  Record<'services' | 'slices' | 'pods' | 'virtualServices' | 'destinationRules' | 'ingresses', KindMirror>
>;

function buildTables(mirrors: Mirrors): RoutingTables {
  return {
    virtualServices: mirrors.virtualServices.list({}),
    destinationRules: mirrors.destinationRules.list({}),
    ingresses: mirrors.ingresses.list({}),
    services: new ServiceTable(
      typed<Service>(mirrors.services.list({})),
      typed<EndpointSlice>(mirrors.slices.list({})),
      typed<Pod>(mirrors.pods.list({})),
    ),
  };
}

/** The store has validated each object against its kind's schema. */
function typed<T>(objects: readonly UnknownObject[]): readonly T[] {
  return objects as unknown as readonly T[];
}
