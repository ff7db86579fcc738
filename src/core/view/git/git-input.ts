import type { KustomizationSpec, KustomizationStatus } from '#api/flux/kustomization.js';
import type { SourceStatus } from '#api/flux/source.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import type { InventoryRef } from '#core/gitops/apply/inventory.js';
import type { Instant } from '#core/time/instant.js';
import type { LedgerPoint } from '../wire/detail.js';
import type { KubeEvent, ViewInput } from '../view-input.js';

/** A source or a Kustomization, with the fields that both have. */
export interface GitObject extends KubeObject {
  readonly spec?: Partial<KustomizationSpec> & { readonly url?: string; readonly endpoint?: string };
  readonly status?: KustomizationStatus & SourceStatus;
}

/** What is known of a commit beside its hash. */
export interface CommitFacts {
  readonly author: string;
  readonly subject: string;
  /** When it was committed. */
  readonly at: Instant | undefined;
}

/** An entry of the inventory and the object that a watch shows: `undefined` there is none, `null` nobody watches it. */
export interface ManagedObject {
  readonly ref: InventoryRef;
  readonly object: UnknownObject | undefined | null;
}

/** A Rollout of the inventory, with what its release left behind. */
export interface ManagedRelease {
  readonly input: ViewInput;
  readonly points: readonly LedgerPoint[];
}

/** Everything that the row of one source or Kustomization may look at. */
export interface GitInput {
  readonly object: GitObject;
  /** Of a Kustomization: what it applies; `undefined` when there is none. */
  readonly source: GitObject | undefined;
  readonly managed: readonly ManagedObject[];
  /** What was told of it, newest or oldest first. */
  readonly events: readonly KubeEvent[];
  readonly now: Instant;
}

/** What only the view of one object needs besides. */
export interface GitDetailInput extends GitInput {
  /** What was told of its source; of a source the same as `events`. */
  readonly sourceEvents: readonly KubeEvent[];
  /** Rollouts that the reader may see. */
  readonly releases: readonly ManagedRelease[];
  readonly commitOf: (sha: string) => CommitFacts | undefined;
}
