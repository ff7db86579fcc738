import { type Kind, kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { ChangeType, Changes } from '#ports/changes.js';
import type { Clock } from '#ports/clock.js';
import type { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import { type HeldPart, kindIdOf, WatchCache } from '../cache/watch-cache.js';
import type { Watch } from '../controller/definition.js';
import { Informer } from '../informer/informer.js';
import type { StoreChange } from '../informer/object-store.js';
import { AbsentKinds } from './absent-kinds.js';

/** One watch and those who share it: the same kind, selector and extent. */
export interface SharedWatch {
  readonly informer: Informer;
  readonly optional: boolean;
}

/** What is to be watched, and how much of each object is kept. */
export type WatchRequest = Pick<
  Watch,
  'kind' | 'labelSelector' | 'fieldSelector' | 'only' | 'metadataOnly' | 'project' | 'optional'
>;

/** What a set of watches reads, and how much of it. */
export interface WatchSetOptions {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  /** Only objects of this namespace are watched; kinds that no namespace holds are empty. */
  readonly namespace?: string;
  readonly onSync: () => void;
  readonly onError: (kind: Kind, error: AppError) => void;
  readonly random?: () => number;
}

interface Shared extends SharedWatch {
  /** All who joined can do without the kind. */
  optional: boolean;
  /** Asked for before the start: nothing begins without it. */
  isNeeded: boolean;
  readonly listeners: ((change: StoreChange) => void)[];
}

/** Every watch of the process, each opened once however many ask for it, and the cache over them. */
export class WatchSet implements Changes {
  readonly cache = new WatchCache();
  readonly #options: WatchSetOptions;
  readonly #shared = new Map<string, Shared>();
  readonly #subscribers = new Map<string, Set<(object: UnknownObject, type: ChangeType) => void>>();
  readonly #absent: AbsentKinds;
  #hearsOfDefinitions = false;
  #isStarted = false;

  constructor(options: WatchSetOptions) {
    this.#options = options;
    this.#absent = new AbsentKinds(options.clock);
  }

  /**
   * Joins the watch that this asks for, opening it when it is the first; `onChange` hears what changes from now on.
   * Of those who share a watch the first says what is kept of its objects, so a projection makes a watch of its own; the kind
   * may be missing when all of them can do without it.
   */
  join(request: WatchRequest, onChange: (change: StoreChange) => void): SharedWatch {
    const id = watchIdOf(request);
    const known = this.#shared.get(id);
    if (known !== undefined) {
      known.listeners.push(onChange);
      if (request.optional !== true) {
        known.optional = false;
        known.informer.require();
      }
      return known;
    }
    const shared = this.#open(request, onChange);
    this.#shared.set(id, shared);
    this.cache.add(shared.informer, heldPartOf(request));
    if (this.#isStarted) this.#start(shared);
    return shared;
  }

  start(): void {
    this.#isStarted = true;
    for (const shared of Array.from(this.#shared.values())) this.#start(shared);
  }

  stop(): void {
    this.#absent.stop();
    for (const { informer } of this.#shared.values()) informer.stop();
  }

  /**
   * Whether every watch that was asked for before the start has been complete once; an optional kind that is not served
   * counts as complete, and a kind that may not be read as known.
   */
  hasSynced(): boolean {
    return this.unsynced().length === 0;
  }

  /** The kinds that are still missing. */
  unsynced(): readonly string[] {
    const needed = [...this.#shared.values()].filter(
      (shared) => shared.isNeeded && this.#isWatched(shared.informer.kind),
    );
    const open = needed.filter(({ informer }) => !informer.hasSynced() && informer.refusal() === undefined);
    return open.map(({ informer }) => informer.kind.kind);
  }

  /** The rights of one namespace never reach the kinds of the cluster. */
  #isWatched(kind: Kind): boolean {
    return kind.namespaced || this.#options.namespace === undefined;
  }

  subscribe(kind: Kind, callback: (object: UnknownObject, type: ChangeType) => void): () => void {
    const id = kindIdOf(kind);
    const callbacks = this.#subscribers.get(id) ?? new Set();
    this.#subscribers.set(id, callbacks.add(callback));
    return () => void callbacks.delete(callback);
  }

  #start({ informer, optional }: SharedWatch): void {
    if (!this.#isWatched(informer.kind)) return;
    informer.start();
    if (!(optional || isDefined(informer.kind)) || informer.kind === kindWatch.kind) return;
    this.#absent.follow(informer);
    if (!this.#isWatched(kindWatch.kind)) return this.#absent.pollInstead();
    if (this.#hearsOfDefinitions) return;
    this.#hearsOfDefinitions = true;
    this.join(kindWatch, ({ object }) => {
      if (object !== undefined) this.#absent.definitionChanged(object.metadata.name);
    });
  }

  #open(request: WatchRequest, onChange: (change: StoreChange) => void): Shared {
    const { kube, clock, namespace, onSync, onError, random } = this.#options;
    const listeners = [onChange];
    const optional = request.optional ?? false;
    const { only } = request;
    const scope = only?.namespace ?? namespace;
    const informer = new Informer({
      kube,
      clock,
      ...request,
      optional,
      ...(scope === undefined ? {} : { namespace: scope }),
      ...(only === undefined ? {} : { name: only.name }),
      ...(random === undefined ? {} : { random }),
      onSync,
      onError: (error) => {
        if (request.kind === kindWatch.kind && error.class === 'Denied') this.#absent.pollInstead();
        onError(request.kind, error);
        if (only !== undefined && error.class === 'Denied') shared.isNeeded = false;
        // Nothing waits for what may not be read.
        if (informer.refusal() !== undefined) onSync();
      },
      onChange: (change) => {
        this.#publish(request.kind, change);
        for (const listener of listeners) listener(change);
      },
    });
    const shared: Shared = { informer, optional, listeners, isNeeded: !this.#isStarted };
    return shared;
  }

  #publish(kind: Kind, change: StoreChange): void {
    const object = change.object ?? change.old;
    if (object === undefined) return;
    const type = change.object === undefined ? 'DELETED' : change.old === undefined ? 'ADDED' : 'MODIFIED';
    for (const callback of this.#subscribers.get(kindIdOf(kind)) ?? []) callback(object, type);
  }
}

function heldPartOf({ metadataOnly, project }: WatchRequest): HeldPart {
  if (metadataOnly === true) return 'metadata';
  return project === undefined ? 'whole' : 'projection';
}

/** Whether the kind comes with a definition of its own instead of the API server. */
function isDefined({ group }: Kind): boolean {
  return group.includes('.') && !group.endsWith('.k8s.io');
}

/** The watch that tells of new kinds. */
const kindWatch = {
  kind: kinds.customResourceDefinition,
  metadataOnly: true,
  optional: true,
} as const satisfies WatchRequest;

const projections = new WeakMap<object, number>();
let projectionCount = 0;

function watchIdOf(request: WatchRequest): string {
  return [
    kindIdOf(request.kind),
    request.labelSelector ?? '',
    request.fieldSelector ?? '',
    request.only === undefined ? '' : `${request.only.namespace}/${request.only.name}`,
    request.metadataOnly === true ? 'metadata' : 'whole',
    request.project === undefined ? '' : projectionId(request.project),
  ].join('|');
}

function projectionId(project: object): number {
  const known = projections.get(project);
  if (known !== undefined) return known;
  projections.set(project, ++projectionCount);
  return projectionCount;
}
