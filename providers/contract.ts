import type { TObject } from '@sinclair/typebox';
import type { Kind } from '#api/kinds.js';
import type { LabelSelector, UnknownObject } from '#api/k8s/meta.js';
import type { Capabilities } from '#core/traffic/capabilities.js';
import type { OwnedField } from '#core/traffic/owned-field.js';
import type {
  ObservedTraffic,
  TrafficChange,
  TrafficPlan,
  TrafficReading,
  TrafficRequest,
} from '#core/traffic/request.js';

/**
 * A way to shift traffic. A value, pure over what `watches` names; the shell diffs and writes.
 * Adding one is a folder and a line in index.ts; schema, CRDs, RBAC, docs and conformance runs follow.
 *
 * @typeParam C - its part of `spec.strategy.canary.trafficRouting`.
 */
export interface TrafficProvider<C = unknown> {
  /** The key under `trafficRouting`, for instance `istio`; of a plugin a short name. */
  readonly id: string;
  /** The configuration stands under `trafficRouting.plugins` by this name: the peer has a plugin for it. */
  readonly plugin?: string;
  /** The peer's type word, for instance `Istio`; used in events and metrics. */
  readonly type: string;
  readonly capabilities: Capabilities;
  /** Kinds that it reads, with the verbs it needs on each. */
  readonly watches: readonly WatchedKind[];
  /** The schema of its part of the spec. */
  readonly schema: TObject;
  /** The objects that this configuration names or selects, so that a change of one of them finds its Rollout. */
  references(config: C, namespace: string, rolloutName: string): readonly ObjectReference[];
  /**
   * What of the configuration decides where traffic is shifted: when it changes in the middle of a release, the traffic
   * is taken back the old way first. Absent: all of it.
   */
  steers?(config: C): unknown;
  /** Rules over the spec alone; the first problem, or none. `path` is relative to `trafficRouting`. */
  validate(config: C): SpecProblem | undefined;
  /** Rules over the objects it names (missing route, missing service); the first problem, or none. */
  validateReferences(config: C, request: TrafficRequest, observed: ObservedTraffic): SpecProblem | undefined;
  /** What must be written so that the cluster says what the request wants. */
  plan(config: C, request: TrafficRequest, observed: ObservedTraffic): TrafficPlan;
  /** What the cluster says now. */
  read(config: C, request: TrafficRequest, observed: ObservedTraffic): TrafficReading;
  /** The fields that it writes in objects of the user, which a Git reconciler must leave alone. */
  owns?(
    config: C,
    namespace: string,
    rolloutName: string,
    managedRoutes: readonly string[],
  ): readonly OwnedField[];
  /**
   * Takes its marks off objects that are no longer configured, or removes objects that it made: `leftovers` are the
   * objects of its kinds in the Rollout's namespace that the spec does not name (all of them when the Rollout is gone).
   */
  release(rollout: TrafficRequest['rollout'], leftovers: readonly UnknownObject[]): readonly TrafficChange[];
}

interface WatchedKind {
  readonly kind: Kind;
  /** The data plane may not be installed: then the watch starts when it is. */
  readonly optional: boolean;
  readonly verbs: readonly ('get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete')[];
}

/** One object by its name, or all that carry labels. */
export type ObjectReference = {
  readonly kind: Kind;
  readonly namespace: string;
} & ({ readonly name: string } | { readonly selector: LabelSelector });

export interface SpecProblem {
  readonly path: string;
  /** The peer reports it as an internal error, without a value. */
  readonly isInternal?: boolean;
  /** The offending value as the peer prints it. */
  readonly value: string;
  readonly message: string;
}
