import type { TrafficRouting } from '#api/argoproj/rollout.js';
import type { Capabilities } from '#core/traffic/capabilities.js';

/** What the rules of a spec need to know about a router. */
export type RouterFacts = Pick<
  Capabilities,
  'headerRoutes' | 'mirrorRoutes' | 'additionalDestinations' | 'maxTrafficWeight' | 'pingPong'
>;

const none: RouterFacts = {
  headerRoutes: false,
  mirrorRoutes: false,
  additionalDestinations: false,
  maxTrafficWeight: false,
  pingPong: false,
};

/** What the peer allows with each of its routers; those that this build brings along say so themselves. */
const peerFacts: Readonly<Record<string, RouterFacts>> = {
  istio: { ...none, headerRoutes: true, mirrorRoutes: true, additionalDestinations: true, pingPong: true },
  nginx: { ...none, maxTrafficWeight: true },
  alb: { ...none, headerRoutes: true, additionalDestinations: true, pingPong: true },
  smi: { ...none, additionalDestinations: true },
  ambassador: none,
  appMesh: none,
  traefik: none,
  apisix: { ...none, headerRoutes: true },
  plugins: {
    headerRoutes: true,
    mirrorRoutes: true,
    additionalDestinations: true,
    maxTrafficWeight: true,
    pingPong: true,
  },
};

/** A router of this build: its key under `trafficRouting` and what it can do. */
export interface KnownRouter {
  readonly id: string;
  readonly capabilities: RouterFacts;
}

/** The keys of the routers that a spec configures. */
export function configuredRouters(routing: TrafficRouting | undefined): readonly string[] {
  const { managedRoutes: _routes, maxTrafficWeight: _max, plugins, ...routers } = routing ?? {};
  const set = Object.entries(routers).flatMap(([id, config]) => (config === undefined ? [] : [id]));
  return Object.keys(plugins ?? {}).length === 0 ? set : [...set, 'plugins'];
}

/** Whether some configured router can do this. */
export function canSome(
  routing: TrafficRouting | undefined,
  known: readonly KnownRouter[],
  fact: keyof RouterFacts,
): boolean {
  return configuredRouters(routing).some((id) => {
    const facts = known.find((router) => router.id === id)?.capabilities ?? peerFacts[id];
    return facts?.[fact] === true;
  });
}
