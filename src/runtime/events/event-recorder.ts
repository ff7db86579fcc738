import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import { addMs, formatInstant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { type AppError, toAppError } from '#ports/errors.js';
import type { EventRecorder } from '#ports/event-recorder.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import { EventLane } from './event-lane.js';
import { EventLog, type EventWrite } from './event-log.js';
import { eventObject, type Recorded } from './event-object.js';

export interface KubeEventRecorderOptions {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  /** Shown as the source of the events, for instance `rollouts-controller`. */
  readonly component: string;
  /** More than these are not kept waiting; the newest are dropped. Default 20,000: a thousand releases at once. */
  readonly mostPending?: number;
  /** Repetitions that come so soon after one another are counted for so long before the count is written. Default 1500. */
  readonly countingMs?: number;
  readonly onRecord?: (object: KubeObject, event: EventRecord) => void;
}

const defaultMostPending = 20_000;
const attempts = 3;
const retryMs = 1000;
const laneCount = 4;
const defaultCountingMs = 1500;
/** Events that waited for longer are told together with those of the same reason behind them. */
const lateMs = 1000;

/**
 * Writes core/v1 Events in the background, those of one object one after the other. Each new one is told at once and in
 * words of its own; repetitions are counted, and only what an API server is too slow for is told together.
 */
export class KubeEventRecorder implements EventRecorder {
  readonly #options: KubeEventRecorderOptions;
  readonly #told = new EventLog();
  readonly #lanes = Array.from({ length: laneCount }, () => new EventLane());
  readonly #working = new Map<EventLane, Promise<void>>();
  /** Counts that are not written yet. */
  readonly #repeated = new Map<string, { readonly recorded: Recorded; readonly write: EventWrite }>();
  #counting: Promise<void> | undefined;
  #cancelCounting: (() => void) | undefined;
  #number = 0;
  #dropped = 0;

  constructor(options: KubeEventRecorderOptions) {
    this.#options = options;
  }

  record(object: KubeObject, events: readonly EventRecord[]): void {
    const { clock, mostPending = defaultMostPending } = this.#options;
    const at = clock.now();
    const lane = this.#laneOf(object);
    for (const event of events) {
      this.#options.onRecord?.(object, event);
      if (event.isUnwritten === true) continue;
      if (this.#pendingCount() < mostPending) lane.push({ object, event, at });
      else this.#dropped++;
    }
    if (lane.length === 0 || this.#working.has(lane)) return;
    this.#working.set(
      lane,
      this.#work(lane).finally(() => this.#working.delete(lane)),
    );
  }

  /** Resolves when everything recorded so far has been written or dropped. */
  async flush(): Promise<void> {
    while (this.#working.size > 0 || this.#counting !== undefined || this.#repeated.size > 0) {
      await Promise.all(this.#working.values());
      await this.#writeCounts();
    }
  }

  #pendingCount(): number {
    return this.#lanes.reduce((total, lane) => total + lane.length, 0);
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

  async #tell(lane: EventLane, recorded: Recorded): Promise<void> {
    const { object, event, at } = recorded;
    const isLate = this.#options.clock.now() > addMs(at, lateMs);
    const similar = isLate ? lane.takeSimilar(recorded) : [];
    const last = similar.at(-1) ?? recorded;
    const write =
      similar.length === 0
        ? this.#told.take(object, event, at)
        : this.#told.takeTogether(object, [event, ...similar.map((other) => other.event)], last.at);
    const { countingMs = defaultCountingMs } = this.#options;
    const isRepeated = write.name !== undefined && similar.length === 0 && write.previousAt !== undefined;
    // Only repetitions in quick succession are gathered: one that comes later keeps its place among the others.
    if (isRepeated && at < addMs(write.previousAt, countingMs)) this.#count(last, write, countingMs);
    else await this.#put(last, write);
  }

  #count(recorded: Recorded, write: EventWrite, countingMs: number): void {
    const { clock } = this.#options;
    this.#repeated.set(write.id, { recorded, write });
    this.#cancelCounting ??= clock.schedule(addMs(clock.now(), countingMs), () => void this.#writeCounts());
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
    const { kube, component, clock } = this.#options;
    const namespace = recorded.object.metadata.namespace ?? 'default';
    const lastTimestamp = formatInstant(recorded.at);
    if (write.name !== undefined && (await this.#patch(namespace, write.name, write, lastTimestamp))) return;
    // The peers' names end in nanoseconds; the counter keeps those of one millisecond apart.
    const nanos = BigInt(Math.floor(clock.now())) * 1_000_000n + BigInt(this.#number++ % 1_000_000);
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
