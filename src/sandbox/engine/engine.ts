import type { Kind } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { addMs } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import type { DynamicWatches, DynamicWatchRequest } from '#ports/dynamic-watches.js';
import type { Kube } from '#ports/kube.js';
import { cachingKube } from '#runtime/cache/own-writes.js';
import { kindIdOf } from '#runtime/cache/watch-cache.js';
import type { ControllerDefinition, Watch } from '#runtime/controller/definition.js';
import type { Change, ChangeFeed, Following } from './change-feed.js';
import { type Drive, driveByClock, driveByEventLoop } from './drive.js';
import { type Lens, lensOf, mergeLenses } from './lens.js';
import { cacheOver, KindMirror, type Watched } from './mirror.js';
import { type PassFailure, RunningController } from './running-controller.js';
import { isVirtualClock } from './virtual-clock.js';

export interface EngineOptions {
  /** Whose changes are followed; a store's by `createStoreFeed`. */
  readonly feed: ChangeFeed;
  /** A virtual clock drives the engine itself; with any other it runs freely. */
  readonly clock: Clock;
  /** Started in this order, which is also the order of their passes at one instant. More by `start`. */
  readonly definitions?: readonly ControllerDefinition[];
  /** Told of every failed pass; it is retried as its class says, whatever this does. */
  readonly onError?: (failure: PassFailure) => void;
  /** How long after a write the cache shows it and the keys are queued; own writes (`ownWrites`) show at once. Default 0. */
  readonly lagMs?: number;
}

/** Runs controllers over a store in this process. Dynamic watches end when their controller is stopped. */
export interface Engine extends DynamicWatches {
  /** What the definitions of this engine read. A kind that none of them watches cannot be read. */
  readonly cache: Cache;
  /** A Kube whose writes the cache shows at once. */
  ownWrites(kube: Kube): Kube;
  /** Queues a key for everything there is. A definition of this name that runs already is stopped first. */
  start(definition: ControllerDefinition): void;
  /** As if its process were killed: no pass begins, nothing is remembered; a pass under way is not awaited. */
  stop(name: string): void;
  /** Resolves when no pass is under way; none begins after the call. */
  close(): Promise<void>;
}

/** An engine that runs at once. */
export function createEngine(options: EngineOptions): Engine {
  return new StoreEngine(options);
}

interface FollowedKind {
  readonly mirror: KindMirror;
  readonly following: Following;
}

class StoreEngine implements Engine {
  readonly cache: Cache;
  readonly #options: EngineOptions;
  readonly #kinds = new Map<string, FollowedKind>();
  readonly #controllers = new Map<string, RunningController>();
  readonly #watches = new Map<string, Watch[]>();
  /** What the watches of a kind show together; made anew when they change. */
  readonly #lenses = new Map<string, Lens>();
  readonly #drive: Drive;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.cache = cacheOver((kind) => this.#watched(kind));
    const controllers = () => [...this.#controllers.values()];
    this.#drive = isVirtualClock(options.clock)
      ? driveByClock(options.clock, controllers)
      : driveByEventLoop(controllers);
    for (const definition of options.definitions ?? []) this.start(definition);
  }

  ownWrites(kube: Kube): Kube {
    if ((this.#options.lagMs ?? 0) === 0) return kube;
    const mirrorOf = (kind: Kind) => this.#kinds.get(kindIdOf(kind))?.mirror;
    return cachingKube(kube, {
      isWatched: (kind) => mirrorOf(kind) !== undefined,
      wrote: (kind, object) => {
        const mirror = mirrorOf(kind);
        if (mirror !== undefined) this.#take(kind, mirror, { type: 'MODIFIED', object: { ...object } });
      },
      removed: (kind, namespace, name, uid) => mirrorOf(kind)?.bury(namespace, name, uid),
      uidOf: (kind, namespace, name) => mirrorOf(kind)?.get(namespace, name)?.metadata.uid,
    });
  }

  start(definition: ControllerDefinition): void {
    this.stop(definition.name);
    const controller = new RunningController(
      definition,
      this.#options.clock,
      () => this.#drive.wake(),
      (failure) => this.#options.onError?.(failure),
    );
    for (const watch of definition.watches) this.#follow(watch.kind);
    this.#controllers.set(definition.name, controller);
    this.#watches.set(definition.name, [...definition.watches]);
    this.#lenses.clear();
    controller.begin();
    for (const watch of definition.watches) this.#heedAll(controller, watch);
  }

  stop(name: string): void {
    this.#controllers.get(name)?.stop();
    this.#controllers.delete(name);
    this.#watches.delete(name);
    this.#lenses.clear();
  }

  ensure(request: DynamicWatchRequest): ReturnType<DynamicWatches['ensure']> {
    const { mirror, following } = this.#follow(request.kind);
    const watches = this.#watches.get(request.controller);
    const controller = this.#controllers.get(request.controller);
    if (controller !== undefined && watches?.some((watch) => isSameWatch(watch, request)) === false) {
      const watch: Watch = request;
      watches.push(watch);
      this.#lenses.clear();
      this.#heedAll(controller, watch);
    }
    const lens = lensOf(request);
    return {
      hasSynced: () => following.hasBegun(),
      get: (namespace, name) => {
        const object = mirror.get(request.kind.namespaced ? namespace : undefined, name);
        return object === undefined ? undefined : lens(object);
      },
      ownedBy: (ownerUid) => mirror.list({ ownerUid }).flatMap((object) => lens(object) ?? []),
    };
  }

  async close(): Promise<void> {
    for (const name of Array.from(this.#controllers.keys())) this.stop(name);
    for (const { following } of this.#kinds.values()) following.stop();
    this.#kinds.clear();
    await this.#drive.end();
  }

  #watched(kind: Kind): Watched | undefined {
    const id = kindIdOf(kind);
    const followed = this.#kinds.get(id);
    if (followed === undefined) return undefined;
    const lens = this.#lenses.get(id) ?? mergeLenses(this.#watchesOf(id));
    this.#lenses.set(id, lens);
    return { mirror: followed.mirror, lens };
  }

  #watchesOf(id: string): readonly Watch[] {
    const all = [...this.#watches.values()].flat();
    return all.filter((watch) => kindIdOf(watch.kind) === id);
  }

  #follow(kind: Kind): FollowedKind {
    const known = this.#kinds.get(kindIdOf(kind));
    if (known !== undefined) return known;
    const mirror = new KindMirror();
    let isFirstList = true;
    const following = this.#options.feed.follow(kind, (change) => {
      if (isFirstList) this.#take(kind, mirror, change);
      else this.#takeLater(kind, mirror, change);
    });
    isFirstList = false;
    const followed = { mirror, following };
    this.#kinds.set(kindIdOf(kind), followed);
    return followed;
  }

  #takeLater(kind: Kind, mirror: KindMirror, change: Change): void {
    const { clock, lagMs = 0 } = this.#options;
    if (lagMs === 0) this.#take(kind, mirror, change);
    else clock.schedule(addMs(clock.now(), lagMs), () => this.#take(kind, mirror, change));
  }

  #take(kind: Kind, mirror: KindMirror, change: Change): void {
    const { taken, old } = mirror.take(change);
    if (!taken) return;
    for (const [name, controller] of this.#controllers) {
      for (const watch of this.#watches.get(name) ?? []) {
        if (kindIdOf(watch.kind) === kindIdOf(kind)) controller.heed(watch, this.cache, change.object, old);
      }
    }
  }

  #heedAll(controller: RunningController, watch: Watch): void {
    const objects: readonly UnknownObject[] = this.#kinds.get(kindIdOf(watch.kind))?.mirror.list({}) ?? [];
    for (const object of objects) controller.heed(watch, this.cache, object, undefined);
  }
}

function isSameWatch(watch: Watch, request: DynamicWatchRequest): boolean {
  return (
    kindIdOf(watch.kind) === kindIdOf(request.kind) &&
    watch.labelSelector === request.labelSelector &&
    watch.fieldSelector === request.fieldSelector &&
    watch.only?.namespace === request.only?.namespace &&
    watch.only?.name === request.only?.name &&
    (watch.metadataOnly ?? false) === (request.metadataOnly ?? false)
  );
}
