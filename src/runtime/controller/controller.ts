import type { UnknownObject } from '#api/k8s/meta.js';
import { addMs, type Instant } from '#core/time/instant.js';
import { createTokenBucket, takeToken } from '#core/time/token-bucket.js';
import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import { type AppError, toAppError } from '#ports/errors.js';
import type { Log, LogFields } from '#ports/log.js';
import type { StoreChange } from '../informer/object-store.js';
import { KeyQueue } from '../queue/key-queue.js';
import type { ControllerDefinition, ReconcileKey, Watch } from './definition.js';
import { decideRetry, type Failures, logLevelOf, noFailures } from './retry.js';

/** What a pass and its queue tell to whoever counts. */
export interface ControllerMetrics {
  added(controller: string): void;
  /** A pass begins for a key that was in line for so long. */
  began(controller: string, key: ReconcileKey, waitedMs: number): void;
  passed(controller: string, key: ReconcileKey, ms: number, error: AppError | undefined): void;
  retried(controller: string): void;
}

export interface ControllerOptions {
  readonly definition: ControllerDefinition;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: ControllerMetrics;
  /** Between 0 and 1; default Math.random. */
  readonly random?: () => number;
}

/** Retries of failed passes of one controller: on average and at once. First passes are not held up. */
const retriesPerSecond = 10;
const retryBurst = 100;
const defaultWorkers = 10;
/** Of passes in one go. */
const sliceMs = 10;
/** Beside the others, for urgent keys alone. */
const urgentWorkers = 4;

/** Runs one definition: keys in, passes out, failures retried as their class says. */
export class Controller {
  readonly definition: ControllerDefinition;
  readonly #options: ControllerOptions;
  readonly #queue = new KeyQueue();
  readonly #failures = new Map<string, Failures>();
  /** What was logged last of a key, so that a lasting refusal is said once. */
  readonly #said = new Map<string, string>();
  /** Keys whose last pass lacked a right or a kind. */
  readonly #refused = new Map<string, ReconcileKey>();
  #retries;
  #isRunning = false;
  #isYielding = false;
  #sliceBeganAt = performance.now();
  #timer: { readonly at: Instant; readonly cancel: () => void } | undefined;
  #endBackground: (() => void) | undefined;
  #idle: (() => void)[] = [];

  constructor(options: ControllerOptions) {
    this.definition = options.definition;
    this.#options = options;
    this.#retries = createTokenBucket(retriesPerSecond, retryBurst, options.clock.now());
  }

  /** Begins to work off what is in line. Keys may be added before. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#endBackground = this.definition.background?.subscribe((key) => this.add(key));
    this.#pump();
  }

  /** Begins no pass any more; resolves when those under way are over. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#endBackground?.();
    this.#endBackground = undefined;
    this.#queue.clear();
    if (this.#queue.runningCount > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  add(key: ReconcileKey): void {
    this.#options.metrics?.added(this.definition.name);
    this.#addAt(key, this.#options.clock.now());
  }

  /** Adds the keys that a change of a watched object concerns, those of the object before it included. */
  heed(watch: Pick<Watch, 'keysOf' | 'isUrgent' | 'isAtRest'>, change: StoreChange): void {
    const { old, object } = change;
    const { keysOf, isUrgent } = watch;
    const canWait = this.#canWait(watch, change);
    const hurries = old !== undefined && object !== undefined && isUrgent?.(old, object) === true;
    const states: readonly (UnknownObject | undefined)[] = [change.old, change.object];
    for (const state of states) {
      if (state === undefined) continue;
      for (const key of keysOf(state, this.#options.cache)) {
        if (hurries) this.#hurry(key);
        else if (canWait) this.#addLast(key);
        else this.add(key);
      }
    }
  }

  /**
   * Before the first pass every object is new. Those that have something to do are looked at first: not those at rest, and
   * nothing on account of what belongs to them.
   */
  #canWait(watch: Pick<Watch, 'isAtRest'>, { old, object }: StoreChange): boolean {
    if (this.#isRunning || old !== undefined || object === undefined) return false;
    return watch !== this.definition.watches[0] || watch.isAtRest?.(object) === true;
  }

  #addLast(key: ReconcileKey): void {
    this.#options.metrics?.added(this.definition.name);
    this.#queue.addLast(key, this.#options.clock.now());
  }

  /** A right or a kind may be there by now: tries again what failed without one. */
  retryRefused(): void {
    const keys = [...this.#refused.values()];
    this.#refused.clear();
    for (const key of keys) this.add(key);
  }

  /** What no pass of this controller can do without and may not be read. */
  refusal(): AppError | undefined {
    const needed = this.definition.watches.filter(
      ({ only, isJudgedByPass }) => only === undefined && isJudgedByPass !== true,
    );
    return needed
      .map(({ kind }) => this.#options.cache.refusalOf?.(kind))
      .find((refusal) => refusal !== undefined);
  }

  #hurry(key: ReconcileKey): void {
    this.#options.metrics?.added(this.definition.name);
    this.#queue.addUrgent(key, this.#options.clock.now());
    this.#pump();
  }

  /** Keys in line now. */
  get depth(): number {
    return this.#queue.length;
  }

  /** Passes under way. */
  get runningCount(): number {
    return this.#queue.runningCount;
  }

  #addAt(key: ReconcileKey, at: Instant): void {
    this.#queue.add(key, at, this.#options.clock.now());
    this.#pump();
  }

  #pump(): void {
    if (!this.#isRunning || this.#mustYield()) return;
    const { clock, metrics } = this.#options;
    const workers = this.definition.workers ?? defaultWorkers;
    // Somebody waits for an urgent key: it does not wait for a worker to have time.
    const most = () => (this.#queue.urgentCount > 0 ? workers + urgentWorkers : workers);
    while (this.#queue.runningCount < most()) {
      const taken = this.#queue.take(clock.now());
      if (taken === undefined) break;
      metrics?.began(this.definition.name, taken.key, taken.waitedMs);
      void this.#pass(taken.key);
    }
    if (this.#queue.runningCount < workers) this.#wakeAt(this.#queue.nextAt(clock.now()));
  }

  /**
   * Passes that write nothing follow each other without a look at timers and sockets: thousands of them would lose the
   * lease. After a slice of time the rest waits for its turn.
   */
  #mustYield(): boolean {
    if (this.#isYielding) return true;
    if (performance.now() - this.#sliceBeganAt < sliceMs) return false;
    this.#isYielding = true;
    setImmediate(() => {
      this.#isYielding = false;
      this.#sliceBeganAt = performance.now();
      this.#pump();
    });
    return true;
  }

  #wakeAt(at: Instant | undefined): void {
    if (at === this.#timer?.at) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (at === undefined) return;
    const cancel = this.#options.clock.schedule(at, () => {
      this.#timer = undefined;
      this.#pump();
    });
    this.#timer = { at, cancel };
  }

  async #pass(key: ReconcileKey): Promise<void> {
    const { clock, metrics } = this.#options;
    const startedAt = clock.now();
    const subject = this.#subjectOf(key);
    let error: AppError | undefined;
    try {
      const refusal = this.refusal();
      if (refusal !== undefined) throw refusal;
      const result = await this.definition.reconcile(key);
      const level = result.did === undefined ? 'debug' : 'info';
      const fields = { time_ms: clock.now() - startedAt, ...subject, ...result.did };
      this.#options.log[level]('Reconciliation completed', fields);
      this.#succeed(key, result.requeueAt);
    } catch (thrown) {
      error = toAppError(thrown);
      this.#fail(key, error, subject);
    }
    metrics?.passed(this.definition.name, key, clock.now() - startedAt, error);
    this.#queue.done(key, clock.now());
    this.#pump();
    if (!this.#isRunning && this.#queue.runningCount === 0)
      for (const resolve of this.#idle.splice(0)) resolve();
  }

  #succeed(key: ReconcileKey, requeueAt: Instant | undefined): void {
    this.#failures.delete(idOf(key));
    this.#said.delete(idOf(key));
    this.#refused.delete(idOf(key));
    if (this.#isRunning && requeueAt !== undefined) this.#addAt(key, requeueAt);
  }

  /** The fields that the peer logs of what a pass is about: the object under its kind, and the version looked at. */
  #subjectOf(key: ReconcileKey): LogFields {
    const kind = this.definition.watches[0]?.kind;
    if (kind === undefined) return { ...key };
    const { namespace, name } = key;
    const object = this.#options.cache.get(kind, namespace, name);
    const { generation, resourceVersion } = object?.metadata ?? {};
    return { [kind.kind.toLowerCase()]: name, namespace, generation, resourceVersion };
  }

  #fail(key: ReconcileKey, error: AppError, subject: LogFields): void {
    this.#say(key, error, subject);
    if (error.class === 'Denied' || error.code === 'KubeNoSuchKind') this.#refused.set(idOf(key), key);
    if (!this.#isRunning) return;
    const { clock, metrics } = this.#options;
    const random = (this.#options.random ?? Math.random)();
    const { retry, failures } = decideRetry(error, this.#failures.get(idOf(key)) ?? noFailures, random);
    if (retry === 'on change') this.#failures.delete(idOf(key));
    else this.#failures.set(idOf(key), failures);
    if (retry === 'on change') return;
    metrics?.retried(this.definition.name);
    const taken = takeToken(this.#retries, clock.now());
    this.#retries = taken.bucket;
    this.#addAt(key, addMs(taken.goAt, retry === 'at once' ? 0 : retry.afterMs));
  }

  #say(key: ReconcileKey, error: AppError, subject: LogFields): void {
    const level = logLevelOf(error);
    const isLasting = level === 'info' || error.class === 'Denied';
    if (isLasting && this.#said.get(idOf(key)) === error.message) return;
    this.#said.set(idOf(key), error.message);
    const fields = { ...key, ...subject, code: error.code, error: error.message };
    this.#options.log[level](
      'reconcile failed',
      level === 'error' ? { ...fields, stack: stackOf(error) } : fields,
    );
  }
}

function stackOf(error: AppError): string | undefined {
  return error.cause instanceof Error ? error.cause.stack : error.stack;
}

function idOf(key: ReconcileKey): string {
  return `${key.namespace ?? ''}/${key.name}`;
}
