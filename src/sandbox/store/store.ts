import type { UnknownObject } from '#api/k8s/meta.js';
import { deepFreeze } from '#core/json/json.js';
import { addMs } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { checkAccess, openAccess } from './access.js';
import { Registry } from './registry.js';
import type { HistoryEntry } from './ring.js';
import { bookmark, eventsOf, planWatch, type WatchPlan } from './read/watch.js';
import { reduce, resourceOf } from './reduce.js';
import type { ApiRequest, ApiResponse, ApiWatchEvent } from './request.js';
import { StatusError, type Status } from './status.js';
import { Table, type Change } from './table.js';
import type { AccessControl, View } from './view.js';
import { deleteCollection } from './write/delete-collection.js';

export interface StoreOptions {
  readonly clock: Clock;
  /** The same seed and the same requests at the same times give the same uids and names. Default `0`. */
  readonly seed?: string | number;
  /** How many changes of a kind a watch can go back at least. Default 1000. */
  readonly historySize?: number;
  /** Default: everybody may do everything. */
  readonly access?: AccessControl;
  /** How often an open watch is told the version when it asked for bookmarks. Default one minute. */
  readonly bookmarkIntervalMs?: number;
}

/** An API server in this process. Everything that it hands out is frozen. */
export interface ApiStore {
  handle(request: ApiRequest): ApiResponse;
  /**
   * Calls back for each event, in order, before `handle` of the change returns; the events to begin with come before
   * `watch` returns. A watch that cannot begin gets one `ERROR` and ends.
   * @param onEnd - called once when the store ends the watch (timeout, error, kind gone), not when the caller does.
   * @returns a function that ends the watch.
   */
  watch(request: ApiRequest, onEvent: (event: ApiWatchEvent) => void, onEnd?: () => void): () => void;
  /** What a decision reads: the state now. */
  view(): View;
  /** Forgets the history, so that older versions are answered with 410. */
  compact(): void;
  /** Calls back for each stored change; for engines that drive garbage collection. @returns a function that stops it. */
  onChange(listener: (entry: StoredChange) => void): () => void;
}

/** A change that has happened, and the key of its kind, `pods` or `rollouts.argoproj.io`. */
export interface StoredChange extends HistoryEntry<UnknownObject> {
  readonly storageKey: string;
}

interface Watcher {
  readonly plan: WatchPlan;
  readonly onEvent: (event: ApiWatchEvent) => void;
  readonly end: () => void;
}

/** Makes an API server that holds the namespaces of a new cluster. */
export function createStore(options: StoreOptions): ApiStore {
  return new MemoryStore(options);
}

class MemoryStore implements ApiStore {
  readonly #options: StoreOptions;
  readonly #table: Table;
  readonly #registry = new Registry();
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #listeners = new Set<(entry: StoredChange) => void>();
  readonly #pending: StoredChange[] = [];
  #isDelivering = false;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#table = new Table(options.historySize ?? 1000);
    for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system'])
      this.handle({
        verb: 'create',
        group: '',
        version: 'v1',
        resource: 'namespaces',
        userAgent: 'kube-apiserver',
        body: { metadata: { name } },
      });
  }

  view(): View {
    return {
      table: this.#table,
      registry: this.#registry,
      now: this.#options.clock.now(),
      seed: String(this.#options.seed ?? 0),
      access: this.#options.access ?? openAccess,
    };
  }

  handle(request: ApiRequest): ApiResponse {
    if (request.verb === 'deletecollection') return deleteCollection(this, request);
    const { response, change } = reduce(this.view(), request);
    if (change !== undefined) this.#commit(change);
    return { ...response, body: deepFreeze(response.body) };
  }

  compact(): void {
    this.#table.compact(this.#table.version);
  }

  onChange(listener: (entry: StoredChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watch(request: ApiRequest, onEvent: (event: ApiWatchEvent) => void, onEnd?: () => void): () => void {
    const plan = this.#plan(request);
    if (!('resource' in plan)) {
      onEvent({ type: 'ERROR', object: plan });
      onEnd?.();
      return () => undefined;
    }
    return this.#open(plan, request, onEvent, onEnd);
  }

  #plan(request: ApiRequest): WatchPlan | Status {
    try {
      const view = this.view();
      const resource = resourceOf(view, request);
      checkAccess(view, request);
      return planWatch(view, resource, request);
    } catch (thrown) {
      // A refusal is told as the watch's only event.
      if (thrown instanceof StatusError) return thrown.status;
      throw thrown;
    }
  }

  #open(
    plan: WatchPlan,
    request: ApiRequest,
    onEvent: (event: ApiWatchEvent) => void,
    onEnd: (() => void) | undefined,
  ): () => void {
    const { storageKey } = plan.resource.type;
    const watchers = this.#watchers.get(storageKey) ?? new Set<Watcher>();
    this.#watchers.set(storageKey, watchers);
    const cancels: (() => void)[] = [];
    const close = (): boolean => {
      for (const cancel of cancels.splice(0)) cancel();
      return watchers.delete(watcher);
    };
    const watcher: Watcher = { plan, onEvent, end: () => close() && onEnd?.() };
    watchers.add(watcher);
    const seconds = Number(request.query?.['timeoutSeconds'] ?? 0);
    const { clock } = this.#options;
    if (seconds > 0)
      cancels.push(clock.schedule(addMs(clock.now(), seconds * 1000), () => this.#timeOut(watcher)));
    if (plan.wantsBookmarks) this.#bookmarkLater(watcher, cancels);
    for (const event of plan.initial) if (watchers.has(watcher)) onEvent(event);
    return () => void close();
  }

  #timeOut(watcher: Watcher): void {
    if (watcher.plan.wantsBookmarks) watcher.onEvent(bookmark(watcher.plan.resource, this.#table.version));
    watcher.end();
  }

  #bookmarkLater(watcher: Watcher, cancels: (() => void)[]): void {
    const { clock, bookmarkIntervalMs = 60_000 } = this.#options;
    const cancel = clock.schedule(addMs(clock.now(), bookmarkIntervalMs), () => {
      cancels.splice(cancels.indexOf(cancel), 1);
      watcher.onEvent(bookmark(watcher.plan.resource, this.#table.version));
      if (this.#watchers.get(watcher.plan.resource.type.storageKey)?.has(watcher) === true)
        this.#bookmarkLater(watcher, cancels);
    });
    cancels.push(cancel);
  }

  #commit(change: Change): void {
    const entry = this.#table.commit(change);
    this.#pending.push({ storageKey: change.storageKey, ...entry });
    if (change.storageKey === 'customresourcedefinitions.apiextensions.k8s.io') this.#redefine(change);
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift())
        this.#deliver(next);
    } finally {
      this.#isDelivering = false;
    }
  }

  #deliver(entry: StoredChange): void {
    for (const watcher of this.#watchers.get(entry.storageKey) ?? []) {
      if (entry.version <= watcher.plan.startVersion) continue;
      for (const event of eventsOf(watcher.plan, entry)) watcher.onEvent(event);
    }
    // A listener may stop and start again meanwhile; the new one is told from the next change on.
    for (const listener of Array.from(this.#listeners)) if (this.#listeners.has(listener)) listener(entry);
  }

  #redefine(change: Change): void {
    if (change.after !== undefined) return this.#registry.define(change.after);
    if (change.before === undefined) return;
    const gone = this.#registry.forget(change.before);
    for (const object of this.#table.list(gone.storageKey, undefined)) {
      const resourceVersion = String(this.#table.version + 1);
      const removed = deepFreeze({ ...object, metadata: { ...object.metadata, resourceVersion } });
      this.#commit({ storageKey: gone.storageKey, before: object, removed });
    }
    for (const watcher of this.#watchers.get(gone.storageKey) ?? []) watcher.end();
  }
}
