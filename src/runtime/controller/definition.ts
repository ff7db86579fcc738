import type { Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import type { Instant } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';

/**
 * A controller as a value: what it watches, which keys a change concerns, and one level-triggered reconcile.
 * The same definition is run by the runtime against a real API server and by the sandbox in virtual time.
 */
export interface ControllerDefinition {
  /** Lower-case, for logs and metrics, for instance `rollout`. */
  readonly name: string;
  readonly watches: readonly Watch[];
  /** Keys in work at the same time; never two passes of one key. Default 10. */
  readonly workers?: number;
  /**
   * One pass for one key. Reads caches only before it decides; throws an AppError when the pass failed.
   * The object may be gone: then it forgets what it holds for the key.
   */
  reconcile(key: ReconcileKey): Promise<ReconcileResult>;
  /** Work that goes on between passes, for instance measurements under way. Absent: there is none. */
  readonly background?: BackgroundWork;
}

/** What a controller does outside its passes. Losing it at any moment costs time, never correctness. */
export interface BackgroundWork {
  /**
   * Called once before the first pass: `enqueue` asks for a pass of a key as soon as possible.
   * @returns a function that ends the work, aborting what is under way; after it nothing is enqueued any more.
   */
  subscribe(enqueue: (key: ReconcileKey) => void): () => void;
  /** Resolves when nothing is under way any more. An engine in virtual time awaits it before it moves the clock. */
  settled(): Promise<void>;
}

export interface ReconcileKey {
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
  readonly name: string;
}

export interface ReconcileResult {
  /** What the pass changed, for the log; absent: nothing that is worth a line at the default level. */
  readonly did?: Readonly<Record<string, unknown>>;
  /** Look again at this moment even when nothing changes. */
  readonly requeueAt?: Instant;
}

export interface Watch {
  readonly kind: Kind;
  /** Server-side filter; watches of one kind with different selectors are different watches. */
  readonly labelSelector?: string;
  /**
   * Only this object, wherever it is: also outside the one namespace that a process may be held to. A process that may
   * not read it goes on without it and keeps asking.
   */
  readonly only?: { readonly namespace: string; readonly name: string };
  /** Another server-side filter, for instance `involvedObject.kind=Rollout`; whoever gives `keysOf` filters too. */
  readonly fieldSelector?: string;
  /** Only metadata is fetched and cached. */
  readonly metadataOnly?: boolean;
  /** What is kept of each object; default everything but managedFields. */
  readonly project?: (object: UnknownObject) => KubeObject;
  /** The watch starts only when the API server serves the kind, and when it begins to. Default false: it must. */
  readonly optional?: boolean;
  /**
   * A process that may not read the kind goes on: each pass asks `Cache.refusalOf` for what its object needs. Default
   * false: without the kind every pass of the controller fails with what is missing.
   */
  readonly isJudgedByPass?: boolean;
  /** The keys that a change of this object concerns; called with the old object too when an update moved it. Must not throw. */
  readonly keysOf: (object: UnknownObject, cache: Cache) => readonly ReconcileKey[];
  /** Whether somebody waits for what follows from this change: its keys go before all others. Must not throw. */
  readonly isUrgent?: (before: UnknownObject, after: UnknownObject) => boolean;
  /** Of the first watch: whether an object has nothing to do at first sight, so that a start looks at it last. Must not throw. */
  readonly isAtRest?: (object: UnknownObject) => boolean;
}
