import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { ChangeFeed } from '../engine/change-feed.js';
import type { ScriptedPods } from '../pods/scripted/scripted-pods.js';
import { followTables, type PropagationDelays } from './live-tables.js';
import { route } from './route.js';
import type { DropReason, Random, RoutedRequest, Target } from './routing.js';
import { createSeededRandom } from './seeded-random.js';

export interface VirtualGatewayOptions extends PropagationDelays {
  readonly feed: ChangeFeed;
  readonly clock: Clock;
  readonly pods: Pick<ScriptedPods, 'isServing'>;
  /** Default 1. */
  readonly seed?: number;
  /** The code that a pod answers with. Default 200. */
  readonly app?: (target: Target, at: Instant, random: Random) => number;
}

/** A steady stream of equal requests. */
interface Load {
  readonly host: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly perSecond: number;
}

/** Why delivery lost a request; `connect-failed`: nobody listens at the address. */
type LossReason = DropReason | 'connect-failed';

interface Loss {
  readonly at: Instant;
  readonly reason: LossReason;
  readonly route: string;
  readonly service: string;
}

/** What became of the requests so far. */
interface Tally {
  readonly sent: number;
  /** By image of the pod that answered. */
  readonly byImage: Readonly<Record<string, number>>;
  /** Answered by the app with 500 or more. */
  readonly failedByApp: number;
  readonly dropped: number;
  /** The first hundred of them. */
  readonly losses: readonly Loss[];
  /** Copies sent to mirrors, by image. */
  readonly mirrored: Readonly<Record<string, number>>;
}

/** A gateway and its clients in virtual time. A request takes no time; a pod that is asked to end answers until it has. */
export interface VirtualGateway {
  /** Sends now. @returns the image that answered, or why nobody did. */
  send(
    request: Partial<RoutedRequest> & { readonly host: string },
  ): { readonly image: string; readonly code: number } | Loss;
  /** @returns a function that ends the stream. */
  startLoad(load: Load): () => void;
  tally(): Tally;
  /** Begins a new tally. */
  reset(): void;
}

const tickMs = 100;
const keptLosses = 100;

export function createVirtualGateway(options: VirtualGatewayOptions): VirtualGateway {
  return new ScriptedGateway(options);
}

class ScriptedGateway implements VirtualGateway {
  readonly #options: VirtualGatewayOptions;
  readonly #tables: ReturnType<typeof followTables>;
  readonly #random: Random;
  #tally = emptyTally();

  constructor(options: VirtualGatewayOptions) {
    this.#options = options;
    this.#tables = followTables(options.feed, options.clock, options);
    this.#random = createSeededRandom(options.seed ?? 1);
  }

  send(
    partial: Partial<RoutedRequest> & { readonly host: string },
  ): { readonly image: string; readonly code: number } | Loss {
    const request = { method: 'GET', path: '/', headers: {}, ...partial };
    const at = this.#options.clock.now();
    this.#tally.sent++;
    const decision = route(request, this.#tables.current(), this.#random);
    const { route: name, service } = decision;
    if (decision.kind === 'drop') return this.#lose({ at, reason: decision.reason, route: name, service });
    const { mirror, target } = decision;
    if (mirror !== undefined) increment(this.#tally.mirrored, mirror.target.image);
    if (!this.#options.pods.isServing(target.address, at)) {
      return this.#lose({ at, reason: 'connect-failed', route: name, service });
    }
    const code = this.#options.app?.(target, at, this.#random) ?? 200;
    if (code >= 500) this.#tally.failedByApp++;
    increment(this.#tally.byImage, target.image);
    return { image: target.image, code };
  }

  startLoad(load: Load): () => void {
    const { clock } = this.#options;
    const { perSecond, ...request } = load;
    const startedAt = clock.now();
    let sent = 0;
    let cancel = (): void => undefined;
    const tick = (): void => {
      const due = Math.floor(((clock.now() - startedAt) * perSecond) / 1000);
      for (; sent < due; sent++) this.send(request);
      cancel = clock.schedule(addMs(clock.now(), tickMs), tick);
    };
    tick();
    return () => cancel();
  }

  tally(): Tally {
    return structuredClone(this.#tally);
  }

  reset(): void {
    this.#tally = emptyTally();
  }

  #lose(loss: Loss): Loss {
    this.#tally.dropped++;
    if (this.#tally.losses.length < keptLosses) this.#tally.losses.push(loss);
    return loss;
  }
}

function emptyTally(): {
  sent: number;
  byImage: Record<string, number>;
  failedByApp: number;
  dropped: number;
  losses: Loss[];
  mirrored: Record<string, number>;
} {
  return { sent: 0, byImage: {}, failedByApp: 0, dropped: 0, losses: [], mirrored: {} };
}

function increment(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
