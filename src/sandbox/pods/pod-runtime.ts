import type { Pod } from '#api/k8s/core-kinds.js';
import type { Instant } from '#core/time/instant.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';
import type { LogBuffer } from './log-buffer.js';

/** Where pods run: scripted for virtual time, or real processes. The kubelet writes what it says into the pods' status. */
export interface PodRuntime {
  /** Starts the pod unless it runs, and says how it is. Called at every change of the pod and at `changesAt`. */
  sync(pod: Pod, now: Instant): PodReality;
  /** Asks the pod to end within its grace period; asking again changes nothing. */
  terminate(pod: Pod, graceMs: number, now: Instant): void;
  /** Ends at once whatever is left of the pod and frees its address. */
  forget(uid: string): void;
  /** Calls back when a pod changed by itself. @returns a function that ends it. */
  onChange(listener: (key: ReconcileKey) => void): () => void;
  /** What the container wrote in its current or last run, or in the run before; `undefined` when there was none here. */
  logs(uid: string, container: string, isPrevious: boolean): LogBuffer | undefined;
}

/** A pod as it is. */
export interface PodReality {
  readonly address: string;
  readonly containers: readonly ContainerReality[];
  /** After `terminate`: nothing of it runs any more. */
  readonly isOver: boolean;
  /** When time alone changes the answer. */
  readonly changesAt?: Instant;
  /** Annotations that tell how to reach it, when the address alone does not. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ContainerReality {
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  /** How it ended the last time. */
  readonly lastState?: ContainerTerminated;
  readonly restartCount: number;
  /** Its readiness probe, or that it runs when it has none. */
  readonly isReady: boolean;
}

export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly kind: 'running'; readonly startedAt: Instant }
  | ContainerTerminated;

export interface ContainerTerminated {
  readonly kind: 'terminated';
  readonly exitCode: number;
  readonly signal?: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
}
