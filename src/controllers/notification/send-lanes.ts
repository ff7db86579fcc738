import { createTokenBucket, takeToken, type TokenBucket } from '#core/time/token-bucket.js';
import type { Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';

/** Messages of one service a second on average, and at once. */
const ratePerSecond = 5;
const burst = 20;

interface Lane {
  isRunning: boolean;
  /** No message before this moment. */
  freeAt: Instant | undefined;
  /** Rollouts with messages for this lane, in the order in which they came. */
  readonly waiting: Map<string, ReconcileKey>;
}

/**
 * One lane a recipient: its messages go one after the other, so that they arrive in order, and not faster than the
 * service bears. Who finds a lane busy is asked for a pass when it is free again.
 */
export class SendLanes {
  readonly #clock: Clock;
  readonly #ask: (key: ReconcileKey) => void;
  readonly #lanes = new Map<string, Lane>();
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(clock: Clock, ask: (key: ReconcileKey) => void) {
    this.#clock = clock;
    this.#ask = ask;
  }

  busy(): ReadonlySet<string> {
    return new Set([...this.#lanes].filter(([, lane]) => this.#isBusy(lane)).map(([id]) => id));
  }

  begin(id: string, service: string): void {
    const now = this.#clock.now();
    const before = this.#buckets.get(service) ?? createTokenBucket(ratePerSecond, burst, now);
    const { bucket, goAt } = takeToken(before, now);
    this.#buckets.set(service, bucket);
    const lane = this.#lane(id);
    lane.isRunning = true;
    if (goAt <= now) return;
    lane.freeAt = goAt;
    this.#clock.schedule(goAt, () => this.wake());
  }

  end(id: string): void {
    this.#lane(id).isRunning = false;
    this.wake();
  }

  wait(id: string, key: ReconcileKey): void {
    this.#lane(id).waiting.set(`${key.namespace ?? ''}/${key.name}`, key);
  }

  /** Asks the first of those who wait at each free lane; forgets lanes that nobody uses. */
  wake(): void {
    for (const [id, lane] of this.#lanes) {
      if (this.#isBusy(lane)) continue;
      const [first] = lane.waiting;
      if (first === undefined) this.#lanes.delete(id);
      else {
        lane.waiting.delete(first[0]);
        this.#ask(first[1]);
      }
    }
  }

  #isBusy({ isRunning, freeAt }: Lane): boolean {
    return isRunning || (freeAt !== undefined && freeAt > this.#clock.now());
  }

  #lane(id: string): Lane {
    const known = this.#lanes.get(id);
    if (known !== undefined) return known;
    const lane: Lane = { isRunning: false, freeAt: undefined, waiting: new Map() };
    this.#lanes.set(id, lane);
    return lane;
  }
}
