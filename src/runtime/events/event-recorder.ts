import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import { addMs, formatInstant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { type AppError, toAppError } from '#ports/errors.js';
import type { EventRecorder } from '#ports/event-recorder.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import { EventLane, type Queued } from './event-lane.js';
import { EventLog, type EventWrite } from './event-log.js';
import { eventObject, type Recorded } from './event-object.js';
import { EventPace, merged } from './event-pace.js';

export interface KubeEventRecorderOptions {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  /** Shown as the source of the events, for instance `rollouts-controller`. */
  readonly component: string;
  /** More than these are not kept waiting; the newest are dropped. Default 20,000: a thousand releases at once. */
  readonly mostPending?: number;
  /**
   * For how long at most an object in a hurry has its events held, and repetitions are counted before the count is
   * written; 0 holds nothing. Default 1500: they are told within two seconds.
   */
  readonly holdMs?: number;
  readonly onRecord?: (object: KubeObject, event: EventRecord) => void;
}

const defaultMostPending = 20_000;
const attempts = 3;
const retryMs = 1000;
const laneCount = 4;
const defaultHoldMs = 1500;
/** Events that waited in line for longer are told together with those of the same reason behind them. */
const lateMs = 1000;

/**
 * Writes core/v1 Events in the background, those of one object one after the other. Each new one is told at once and in
 * words of its own, unless its object has much to tell in a short time; repetitions are counted, and what an API server is
 * too slow for is told together.
 */
export class KubeEventRecorder implements EventRecorder {
  readonly #options: KubeEventRecorderOptions;
  readonly #holdMs: number;
  readonly #pace: EventPace;
  readonly #told = new EventLog();
  readonly #lanes = Array.from({ length: laneCount }, () => new EventLane());
  readonly #working = new Map<EventLane, Promise<void>>();
  /** Counts that are not written yet. */
  readonly #repeated = new Map<string, { readonly recorded: Recorded; readonly write: EventWrite }>();
  #counting: Promise<void> | undefined;
  #cancelCounting: (() => void) | undefined;
  #isWakingUp = false;
  #number = 0;
  #dropped = 0;

  constructor(options: KubeEventRecorderOptions) {
    this.#options = options;
    this.#holdMs = options.holdMs ?? defaultHoldMs;
    this.#pace = new EventPace({ holdMs: this.#holdMs });
  }

  record(object: KubeObject, events: readonly EventRecord[]): void {
    const { clock, mostPending = defaultMostPending } = this.#options;
    const at = clock.now();
    for (const event of events) {
      this.#options.onRecord?.(object, event);
      if (event.isUnwritten === true) continue;
      if (this.#pendingCount() >= mostPending) {
        this.#dropped++;
        continue;
      }
      const recorded = { object, event, at };
      this.#queue(this.#pace.take(recorded), recorded);
    }
    this.#wakeForHeld();
  }

  /** Resolves when everything recorded so far has been written or dropped. */
  async flush(): Promise<void> {
    this.#queue(this.#pace.due());
    while (this.#working.size > 0 || this.#counting !== undefined || this.#repeated.size > 0) {
      await Promise.all(this.#working.values());
      await this.#writeCounts();
    }
  }

  /** Puts events in line; all but the one that has just come were held. */
  #queue(all: readonly Recorded[], fresh?: Recorded): void {
    const queuedAt = this.#options.clock.now();
    for (const recorded of all) {
      const lane = this.#laneOf(recorded.object);
      lane.push({ ...recorded, queuedAt, wasHeld: recorded !== fresh });
      this.#start(lane);
    }
  }

  #start(lane: EventLane): void {
    if (lane.length === 0 || this.#working.has(lane)) return;
    const work = this.#work(lane).finally(() => {
      this.#working.delete(lane);
      this.#start(lane); // what came after the last look
    });
    this.#working.set(lane, work);
  }

  #wakeForHeld(): void {
    const { clock } = this.#options;
    const at = this.#pace.dueAt();
    if (at === undefined || this.#isWakingUp) return;
    this.#isWakingUp = true;
    clock.schedule(at, () => {
      this.#isWakingUp = false;
      this.#queue(this.#pace.due(clock.now()));
      this.#wakeForHeld();
    });
  }

  #pendingCount(): number {
    return this.#lanes.reduce((total, lane) => total + lane.length, this.#pace.size);
  }

  #laneOf({ metadata: { namespace = '', name } }: KubeObject): EventLane {
    let hash = 0;
    for (const letter of `${namespace}/${name}`) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
    // As many lanes as the number is taken by: there always is one.
    return this.#lanes[hash % laneCount] as EventLane;
  }

  async #work(lane: EventLane): Promise<void> {
    for (let next = lane.next(); next !== undefined; next = lane.next()) await this.#tell(lane, next);
    if (this.#dropped > 0) this.#options.log.warn('events dropped', { count: this.#dropped });
    this.#dropped = 0;
  }

  async #tell(lane: EventLane, queued: Queued): Promise<void> {
    const { wasHeld, at } = queued;
    const isLate = this.#options.clock.now() > addMs(queued.queuedAt, lateMs);
    const similar = isLate ? lane.takeSimilar(queued) : [];
    const whole = similar.reduce<Recorded>(merged, queued);
    const write = this.#told.take(whole);
    const mayWait = write.name !== undefined && !wasHeld && similar.length === 0;
    // Only repetitions in quick succession are gathered: one that comes later keeps its place among the others.
    const isQuick = write.previousAt !== undefined && at < addMs(write.previousAt, this.#holdMs);
    if (mayWait && isQuick) this.#count(whole, write);
    else await this.#put(whole, write);
  }

  #count(recorded: Recorded, write: EventWrite): void {
    const { clock } = this.#options;
    this.#repeated.set(write.id, { recorded, write });
    this.#cancelCounting ??= clock.schedule(addMs(clock.now(), this.#holdMs), () => void this.#writeCounts());
  }

  #writeCounts(): Promise<void> {
    this.#cancelCounting?.();
    this.#cancelCounting = undefined;
    const due = [...this.#repeated.values()];
    this.#repeated.clear();
    if (due.length === 0) return this.#counting ?? Promise.resolve();
    const before = this.#counting ?? Promise.resolve();
    const work = before.then(async () => {
      for (const { recorded, write } of due) await this.#put(recorded, write);
    });
    this.#counting = work.finally(() => {
      if (this.#repeated.size === 0) this.#counting = undefined;
    });
    return this.#counting;
  }

  async #put(recorded: Recorded, write: EventWrite): Promise<void> {
    const { clock, log } = this.#options;
    this.#repeated.delete(write.id); // this count has it in it
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#write(recorded, write);
        return;
      } catch (thrown) {
        // An event is a courtesy: it never fails what it tells about.
        const error: AppError = toAppError(thrown);
        this.#told.forget(write.id);
        if (error.class !== 'Transient' || attempt === attempts) {
          log.debug('event not written', { reason: recorded.event.reason, error: error.message });
          return;
        }
        await new Promise<void>((resolve) => clock.schedule(addMs(clock.now(), retryMs), resolve));
      }
    }
  }

  async #write(recorded: Recorded, write: EventWrite): Promise<void> {
    const { kube, component } = this.#options;
    const namespace = recorded.object.metadata.namespace ?? 'default';
    const lastTimestamp = formatInstant(recorded.lastAt ?? recorded.at);
    if (write.name !== undefined && (await this.#patch(namespace, write.name, write, lastTimestamp))) return;
    // The peers' names end in nanoseconds of the moment; the counter keeps those of one millisecond apart.
    const nanos = BigInt(Math.floor(recorded.at)) * 1_000_000n + BigInt(this.#number++ % 1_000_000);
    const stored = await kube.create(kinds.event, eventObject(recorded, write, component, nanos));
    this.#told.stored(write.id, stored.metadata.name);
  }

  /** `false` when the Event has expired. */
  async #patch(namespace: string, name: string, write: EventWrite, lastTimestamp: string): Promise<boolean> {
    const key = { kind: kinds.event, namespace, name };
    const body = { count: write.count, lastTimestamp, message: write.message.slice(0, 1024) };
    try {
      await this.#options.kube.patch(key, { type: 'merge', body });
      return true;
    } catch (thrown) {
      if (toAppError(thrown).class === 'Missing') return false;
      throw thrown;
    }
  }
}
