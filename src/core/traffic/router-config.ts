import { isObject } from '#core/json/json.js';

/** Where a provider's configuration stands in `spec.strategy.canary.trafficRouting`. */
export interface RouterPlace {
  /** The key under `trafficRouting`. */
  readonly id: string;
  /** The name under `trafficRouting.plugins`, for those that the peer has as a plugin. */
  readonly plugin?: string;
}

/** The provider's part of `trafficRouting`; `undefined` when it is not configured. */
export function configIn(routing: unknown, { id, plugin }: RouterPlace): unknown {
  if (!isObject(routing)) return undefined;
  if (plugin === undefined) return routing[id];
  return isObject(routing['plugins']) ? routing['plugins'][plugin] : undefined;
}
