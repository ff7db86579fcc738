import type { Kube } from '#ports/kube.js';
import { istio, istioSubsets } from './istio.js';
import type { TrafficRouter } from './router.js';
import { gatewayApi, nginx, traefik } from './traefik.js';

/** All data planes of the proof. `server` is the API server's address: Traefik of the lab listens beside it. */
export function trafficRouters(kube: Kube, server: string): readonly TrafficRouter[] {
  const address = process.env['TRAFFIC_TRAEFIK'] ?? new URL(server).hostname;
  return [istio(kube), nginx(address), traefik(address), gatewayApi(address), istioSubsets(kube)];
}
