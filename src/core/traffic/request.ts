import type { KubeObject, LabelSelector, UnknownObject } from '#api/k8s/meta.js';

/** One place that can get a share of the traffic. */
interface Backend {
  /** Name of the Service; `''` when the router splits by pod hash (subsets) alone. */
  readonly service: string;
  /** Value of the label `rollouts-pod-template-hash`; `''` when it is not known or must be taken away. */
  readonly podTemplateHash: string;
}

/** What a release wants of every router, in neutral words. Weights and `maxWeight` are whole numbers. */
export interface TrafficRequest {
  readonly rollout: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly stable: Backend;
  readonly canary: Backend;
  /** Share of the canary, 0 to `maxWeight`; stable gets what canary and `additional` leave. */
  readonly canaryWeight: number;
  readonly maxWeight: number;
  /** Whether the user set `maxTrafficWeight`, even to 100; some routers then need the total spelled out. */
  readonly isMaxWeightSet: boolean;
  /** Experiment templates with a weight of their own. */
  readonly additional: readonly (Backend & { readonly weight: number })[];
  /** Header and mirror routes that must exist now, in order of precedence; those of `managedRoutes` that are not here must not. */
  readonly routes: readonly ManagedRoute[];
  /** Names from `trafficRouting.managedRoutes` and from any header or mirror step. */
  readonly managedRoutes: readonly string[];
}

export type ManagedRoute =
  | { readonly kind: 'header'; readonly name: string; readonly match: readonly HeaderMatch[] }
  | {
      readonly kind: 'mirror';
      readonly name: string;
      readonly percentage?: number;
      readonly match: readonly RouteMatch[];
    };

export interface StringMatch {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

export interface HeaderMatch {
  readonly headerName: string;
  readonly headerValue: StringMatch;
}

export interface RouteMatch {
  readonly method?: StringMatch;
  readonly path?: StringMatch;
  readonly headers?: Readonly<Record<string, StringMatch>>;
}

/** What a provider wants of the cluster. Executing it twice is harmless; an object that is already so yields no change. */
export type TrafficChange =
  /** Create; the executor sets the Rollout as controller owner when `owned`. */
  | {
      readonly change: 'create';
      readonly object: KubeObject;
      readonly owned: boolean;
      readonly event?: TrafficEvent;
    }
  /** The whole object as it shall be, with the resourceVersion it was planned on. */
  | {
      readonly change: 'update';
      readonly object: KubeObject;
      /** Nobody touched what we wrote: it only follows a change in the object that it was made from. */
      readonly isFollowing?: boolean;
      readonly event?: TrafficEvent;
    }
  | { readonly change: 'delete'; readonly object: KubeObject; readonly event?: TrafficEvent };

interface TrafficEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Planned changes, or why the provider cannot plan: then nothing of it is written and the weight is held. */
export type TrafficPlan =
  | { readonly ok: true; readonly changes: readonly TrafficChange[] }
  | { readonly ok: false; readonly problem: TrafficProblem };

export interface TrafficProblem {
  /** The peer's event reason where it has one, for instance `VirtualServiceNotFound`; else `TrafficRoutingError`. */
  readonly reason: string;
  readonly message: string;
  /** `Kind/namespace/name` of the object at fault. */
  readonly object?: string;
}

/** What the written objects say now. `unknown` when an object is missing or unreadable. */
export type TrafficReading =
  | {
      readonly kind: 'weights';
      readonly canary: number;
      readonly stable: number;
      /** Names of the managed routes that exist. */
      readonly routes: readonly string[];
      /** Pod hashes that the router's subsets select; absent when it has no subsets, `''` where no hash is set. */
      readonly subsets?: { readonly canary: string; readonly stable: string };
      /** Whether the data plane says that it applies exactly this; only routers that confirm by their status tell. */
      readonly isVerified?: boolean;
    }
  | { readonly kind: 'unknown'; readonly why: string };

/** The objects that a provider asked to see, as observed. */
export interface ObservedTraffic {
  /** `undefined` when there is no such object. */
  get(apiGroup: string, kind: string, namespace: string, name: string): UnknownObject | undefined;
  /** Those that carry the labels, sorted by name. */
  list(apiGroup: string, kind: string, namespace: string, selector: LabelSelector): readonly UnknownObject[];
}
