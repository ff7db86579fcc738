import type { Phrase } from '../words/format.js';
import type { ActionView, ConditionView, EventView, FactView } from './detail.js';
import type { Attention, Mark } from './list.js';

/** What a person may do to a source or a Kustomization; also the verbs of its access review. */
export const gitVerbs = ['reconcile', 'suspend', 'resume'] as const;

export type GitVerb = (typeof gitVerbs)[number];

/** Names one source or Kustomization. */
export interface GitRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The objects of one kind that a Kustomization manages, and the worst of their states. */
export interface KindCount {
  readonly kind: string;
  readonly count: number;
  readonly mark: Mark;
}

/** A Rollout that a Kustomization manages. */
export interface ManagedRollout {
  readonly namespace: string;
  readonly name: string;
  readonly mark: Mark;
  readonly text: string;
}

/** One node of the graph of sources and Kustomizations. */
export interface GitRow extends GitRef {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly mark: Mark;
  readonly state: string;
  readonly sentence: Phrase;
  readonly attention: Attention;
  /** `main 3f2a91c`; empty before the first. */
  readonly revision: string;
  /** The whole hash, when the revision has one. */
  readonly commit: string | null;
  /** What its source has and it has not applied; empty when they are equal. */
  readonly waiting: string;
  readonly since: number | null;
  readonly isSuspended: boolean;
  readonly source: GitRef | null;
  /** Kustomizations that must be ready before. */
  readonly needs: readonly GitRef[];
  readonly objects: readonly KindCount[];
  readonly rollouts: readonly ManagedRollout[];
  /** Values that others had changed and that were set back in the last hour. */
  readonly drift: number;
  /** Objects with fields that a running release owns. */
  readonly leased: number;
  /** Workloads that are kept at their last good revision. */
  readonly held: number;
  readonly can: readonly GitVerb[];
}

/** One moment on the way of a commit; `at` is `null` for what is still to come, and for what nobody here saw happen. */
export interface TrailStop {
  readonly what: string;
  readonly at: number | null;
  readonly mark: Mark;
  readonly note: string;
  /** Since the stop before it. */
  readonly tookMs: number | null;
}

/** A commit as far as somebody here has seen it. */
export interface CommitView {
  readonly revision: string;
  readonly sha: string | null;
  readonly author: string | null;
  readonly subject: string | null;
}

/** What a commit did to one Rollout. */
export interface ReleaseTrail {
  readonly namespace: string;
  readonly name: string;
  readonly mark: Mark;
  readonly stops: readonly TrailStop[];
}

/** From a commit to its releases on one line of time. */
export interface Trail {
  readonly commit: CommitView;
  readonly kustomization: GitRef;
  readonly stops: readonly TrailStop[];
  readonly releases: readonly ReleaseTrail[];
  /** From its first moment to its last; `null` while it goes on or when too little is known. */
  readonly leadMs: number | null;
  /** A newer commit that the source has already. */
  readonly next: { readonly commit: CommitView; readonly fetchedAt: number | null } | null;
}

/** One object of an inventory. */
export interface ManagedView {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly mark: Mark;
  readonly state: string;
  readonly message: string;
}

/** Values that somebody had changed and that were set back. */
export interface DriftView {
  readonly at: number;
  readonly object: string;
  readonly who: string;
  readonly fields: string;
  readonly count: number;
}

/** Fields of one object that a running release owns. */
export interface LeaseView {
  readonly object: string;
  readonly fields: readonly string[];
  readonly note: string;
}

/** A workload that is kept at its last good revision, or a commit that was reverted. */
export interface HeldView {
  readonly object: string;
  readonly why: string;
  readonly since: number | null;
}

/** A run that is over. */
export interface RunView {
  readonly commit: CommitView;
  readonly status: string;
  readonly mark: Mark;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly took: string;
  readonly count: number;
}

/** Everything of one source or Kustomization that its view draws. */
export interface GitDetail {
  readonly row: GitRow;
  /** What it is connected with: its source, what it needs, who needs or uses it. */
  readonly around: readonly GitRow[];
  /** Of its access review: `kustomizations.kustomize.toolkit.fluxcd.io`. */
  readonly resource: string;
  readonly trail: Trail | null;
  readonly objects: readonly ManagedView[];
  /** Objects of the inventory beyond those that are listed. */
  readonly moreObjects: number;
  readonly drift: readonly DriftView[];
  readonly leases: readonly LeaseView[];
  readonly held: readonly HeldView[];
  readonly runs: readonly RunView[];
  readonly conditions: readonly ConditionView[];
  readonly events: readonly EventView[];
  readonly actions: readonly ActionView<GitVerb>[];
  readonly facts: readonly FactView[];
}

/** The answer about all that the viewer may see. */
export interface GitRowsAnswer {
  readonly seq: number;
  readonly now: number;
  readonly rows: readonly GitRow[];
  /** Whether there are some that the viewer may not see. */
  readonly hidden: boolean;
  /** Why nothing can be told: the process may not read them. */
  readonly refused: string | null;
}

export interface GitDetailAnswer {
  readonly seq: number;
  readonly now: number;
  readonly detail: GitDetail;
}

/** What a person asks of a source or Kustomization. */
export interface GitActRequest {
  readonly verb: GitVerb;
  readonly object: GitRef;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly reason?: string;
  readonly requestId: string;
}
