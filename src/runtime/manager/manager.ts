import type { Kind } from '#api/kinds.js';
import type { Instant } from '#core/time/instant.js';
import type { Changes } from '#ports/changes.js';
import type { Clock } from '#ports/clock.js';
import type { DynamicWatches, DynamicWatchRequest, DynamicWatchView } from '#ports/dynamic-watches.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import { cachingKube } from '../cache/own-writes.js';
import { Controller } from '../controller/controller.js';
import type { ControllerDefinition } from '../controller/definition.js';
import type { ControllerDeps } from '../controller/deps.js';
import { KubeEventRecorder } from '../events/event-recorder.js';
import { Elector, type ElectorOptions } from '../leader/elector.js';
import { leadingKube } from '../leader/leading-kube.js';
import type { Metrics } from '../metrics/metrics.js';
import { type WatchRequest, WatchSet } from './watch-set.js';

export interface ManagerOptions {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Namespaced mode: only objects of this namespace are seen. */
  readonly namespace?: string;
  /** Source of the events that controllers record. */
  readonly component: string;
  /** Controllers run only while this process holds the lease. Absent: at once. */
  readonly leader?: Pick<ElectorOptions, 'kube' | 'namespace' | 'name' | 'identity' | 'times'>;
  /** The lease is lost; controllers begin no pass any more. The process should end. Called at most once. */
  readonly onDeposed?: (error: AppError) => void;
}

/**
 * Runs controllers over one API server: opens their watches, waits until the caches are complete and this process leads,
 * then works off keys until it is stopped.
 */
export interface Manager extends DynamicWatches {
  /** What definitions are built from, with a log of their own. May be asked for before `start`. */
  deps(controller: string): ControllerDeps;
  readonly changes: Changes;
  /** Makes a kind readable (and its changes heard) that no controller watches, or not with all of its fields. */
  follow(request: WatchRequest): void;
  /** Every definition before `start`. */
  add(definition: ControllerDefinition): void;
  /** Resolves when the caches are complete. Leadership may come later. */
  start(): Promise<void>;
  /** Ends passes, events, lease and watches, in this order. Resolves when nothing is under way. */
  stop(): Promise<void>;
  /** Whether every cache that may be read has been complete once, and that is enough for one controller at least. */
  ready(): boolean;
  /** Whether it still does what it is for: false once the lease is lost. */
  healthy(): boolean;
  /** Kinds whose first list has not come yet, else what is missing for any work at all; for the probe's answer. */
  waitingFor(): readonly string[];
  /** Whether the cache holds this kind, so that reading it is no bug. */
  isWatched(kind: Kind): boolean;
  /** Whether this process holds the lease, or needs none. */
  leads(): boolean;
}

export function createManager(options: ManagerOptions): Manager {
  return new ControllerManager(options);
}

const flushMs = 2000;
/** A failure that lasts is logged again after this time. */
const sayAgainMs = 600_000;

class ControllerManager implements Manager {
  readonly changes: Changes;
  readonly #options: ManagerOptions;
  readonly #watches: WatchSet;
  readonly #controllers = new Map<string, Controller>();
  readonly #kube: Kube;
  readonly #recorder: KubeEventRecorder;
  readonly #elector: Elector | undefined;
  readonly #dynamic = new Map<string, DynamicWatchView>();
  #onReady: (() => void)[] = [];
  readonly #said = new Map<string, { readonly message: string; readonly at: Instant }>();
  #isElected = false;
  #isDeposed = false;
  #isStopped = false;

  constructor(options: ManagerOptions) {
    const { kube, clock, log, metrics, namespace } = options;
    this.#options = options;
    this.#watches = new WatchSet({
      kube,
      clock,
      log,
      ...(namespace === undefined ? {} : { namespace }),
      onSync: () => this.#proceed(),
      onError: (kind, error) => this.#watchFailed(kind, error),
    });
    this.changes = this.#watches;
    this.#elector = this.#createElector();
    const guarded = leadingKube(kube, () => this.#mayWrite());
    this.#kube = cachingKube(guarded, this.#watches.cache);
    this.#recorder = new KubeEventRecorder({
      kube: guarded,
      clock,
      log,
      component: options.component,
      onRecord: (object, event) => metrics.event(object, event.type, event.reason),
    });
  }

  deps(controller: string): ControllerDeps {
    const { clock, log } = this.#options;
    return {
      cache: this.#watches.cache,
      kube: this.#kube,
      clock,
      log: log.with({ controller }),
      events: this.#recorder,
    };
  }

  follow(request: WatchRequest): void {
    this.#watches.join(request, () => undefined);
  }

  add(definition: ControllerDefinition): void {
    const { clock, log, metrics } = this.#options;
    const controller = new Controller({
      definition,
      cache: this.#watches.cache,
      clock,
      log: log.with({ controller: definition.name }),
      metrics,
    });
    this.#controllers.set(definition.name, controller);
    metrics.watchQueue(definition.name, () => ({
      depth: controller.depth,
      running: controller.runningCount,
    }));
    for (const watch of definition.watches) {
      this.#watches.join(watch, (change) => controller.heed(watch, change));
    }
  }

  async start(): Promise<void> {
    const ready = new Promise<void>((resolve) => this.#onReady.push(resolve));
    this.#watches.start();
    if (this.#elector === undefined) this.#elected();
    else this.#elector.start();
    this.#proceed();
    await ready;
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    await Promise.all([...this.#controllers.values()].map((controller) => controller.stop()));
    await this.#within(flushMs, this.#recorder.flush());
    await this.#within(flushMs, this.#elector?.stop() ?? Promise.resolve());
    this.#watches.stop();
  }

  ready(): boolean {
    return this.#watches.hasSynced() && this.#refusals() === undefined;
  }

  healthy(): boolean {
    return !this.#isDeposed;
  }

  waitingFor(): readonly string[] {
    const open = this.#watches.unsynced();
    return open.length > 0 ? open : (this.#refusals() ?? []);
  }

  isWatched(kind: Kind): boolean {
    return this.#watches.cache.isWatched(kind);
  }

  leads(): boolean {
    return this.#isElected && !this.#isDeposed;
  }

  ensure(request: DynamicWatchRequest): DynamicWatchView {
    const { kind, labelSelector, fieldSelector, only, metadataOnly = false } = request;
    const id = JSON.stringify([request.controller, kind, labelSelector, fieldSelector, only, metadataOnly]);
    const known = this.#dynamic.get(id);
    if (known !== undefined) return known;
    const heed = (change: Parameters<Controller['heed']>[1]) =>
      this.#controllers.get(request.controller)?.heed(request, change);
    const { informer } = this.#watches.join({ ...request, optional: true }, heed);
    // One who joins late hears of what is there already.
    for (const object of informer.list({})) heed({ object });
    const view: DynamicWatchView = {
      hasSynced: () => informer.hasSynced(),
      get: (namespace, name) => informer.get(kind.namespaced ? namespace : undefined, name),
      ownedBy: (ownerUid) => informer.list({ ownerUid }),
    };
    this.#dynamic.set(id, view);
    return view;
  }

  #createElector(): Elector | undefined {
    const { leader, clock, log } = this.#options;
    if (leader === undefined) return undefined;
    return new Elector({
      ...leader,
      clock,
      log,
      onElected: () => this.#elected(),
      onDeposed: () => this.#deposed(),
    });
  }

  #mayWrite(): boolean {
    return this.#elector === undefined || this.#elector.isLeading();
  }

  #elected(): void {
    this.#isElected = true;
    this.#options.metrics.leading(true);
    this.#proceed();
  }

  #deposed(): void {
    this.#isDeposed = true;
    this.#options.metrics.leading(false);
    for (const controller of this.#controllers.values()) void controller.stop();
    this.#options.onDeposed?.(new AppError('NotLeader', 'the lease is lost: this process must end'));
  }

  /** Why no controller can do anything, sentence by sentence; `undefined` as soon as one of them can. */
  #refusals(): readonly string[] | undefined {
    const driving = [...this.#controllers.values()].filter(({ definition: { watches } }) =>
      watches.some(({ only, optional }) => only === undefined && optional !== true),
    );
    const refusals = driving.map((controller) => controller.refusal());
    if (refusals.length === 0 || refusals.includes(undefined)) return undefined;
    return [...new Set(refusals.flatMap((refusal) => (refusal === undefined ? [] : [refusal.message])))];
  }

  /** What lasts is said now and then. */
  #watchFailed(kind: Kind, error: AppError): void {
    const { metrics, log, clock } = this.#options;
    metrics.watchFailed(kind.kind);
    const said = this.#said.get(kind.kind);
    const isKnown = said?.message === error.message && clock.now() - said.at < sayAgainMs;
    if (!isKnown) this.#said.set(kind.kind, { message: error.message, at: clock.now() });
    const fields = { kind: kind.kind, code: error.code, error: error.message };
    log[isKnown ? 'debug' : 'warn']('watch failed', fields);
  }

  /** Begins the work once everything that it needs is there. */
  #proceed(): void {
    for (const controller of this.#controllers.values()) controller.retryRefused();
    if (!this.ready() || this.#isStopped) return;
    for (const resolve of this.#onReady.splice(0)) resolve();
    if (!this.#isElected || this.#isDeposed) return;
    for (const controller of this.#controllers.values()) controller.start();
  }

  async #within(ms: number, work: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([work, limit]);
    clearTimeout(timer);
  }
}
