import { createTokenBucket, takeToken, type TokenBucket } from '#core/time/token-bucket.js';
import type { Clock } from '#ports/clock.js';

/** Messages of one service at the same time, a second on average, and at once. */
const mostAtOnce = 4;
const ratePerSecond = 5;
const burst = 20;

interface Lane {
  running: number;
  readonly waiting: (() => Promise<void>)[];
  bucket: TokenBucket;
  isWaiting: boolean;
}

/** Lets the messages of each service go one after the other, a few at a time and not too fast. */
export class SendLane {
  readonly #clock: Clock;
  readonly #lanes = new Map<string, Lane>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param work - must not throw. */
  add(service: string, work: () => Promise<void>): void {
    const lane = this.#lanes.get(service) ?? this.#open(service);
    lane.waiting.push(work);
    this.#pump(lane);
  }

  #open(service: string): Lane {
    const bucket = createTokenBucket(ratePerSecond, burst, this.#clock.now());
    const lane: Lane = { running: 0, waiting: [], bucket, isWaiting: false };
    this.#lanes.set(service, lane);
    return lane;
  }

  #pump(lane: Lane): void {
    while (!lane.isWaiting && lane.running < mostAtOnce && lane.waiting.length > 0) {
      const now = this.#clock.now();
      const { bucket, goAt } = takeToken(lane.bucket, now);
      if (goAt > now) {
        lane.isWaiting = true;
        this.#clock.schedule(goAt, () => {
          lane.isWaiting = false;
          this.#pump(lane);
        });
        return;
      }
      lane.bucket = bucket;
      const work = lane.waiting.shift();
      if (work !== undefined) void this.#run(lane, work);
    }
  }

  async #run(lane: Lane, work: () => Promise<void>): Promise<void> {
    lane.running += 1;
    await work();
    lane.running -= 1;
    this.#pump(lane);
  }
}
