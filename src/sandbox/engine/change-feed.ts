import type { Kind } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** As stored; for DELETED its last state. */
  readonly object: UnknownObject;
}

/** What an engine needs of the store: every committed change of a kind, in order, told before the write returns. */
export interface ChangeFeed {
  /** Tells of what there is as ADDED, at once, and then of every change. A kind that is not served yet begins when it is. */
  follow(kind: Kind, listener: (change: Change) => void): Following;
}

export interface Following {
  /** Whether the kind is served, so that what was not told of does not exist. */
  hasBegun(): boolean;
  /** Nothing is told after it. */
  stop(): void;
}
