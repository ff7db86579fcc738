import type { Capabilities } from './capabilities.js';
import type { TrafficPlan, TrafficReading, TrafficRequest } from './request.js';

/**
 * A traffic provider bound to its part of one Rollout's spec and to the objects observed for it: pure functions of the
 * request alone. A plan without changes means that the cluster already says what the request wants.
 */
export interface Router {
  readonly id: string;
  /** The peer's type word, for instance `Istio`. */
  readonly type: string;
  readonly capabilities: Capabilities;
  /** The configured propagation time, else that of the capabilities. */
  readonly propagationMs: number;
  /** What of its configuration decides where traffic is shifted, as plain data. */
  readonly steers: unknown;
  plan(request: TrafficRequest): TrafficPlan;
  read(request: TrafficRequest): TrafficReading;
  /** The first problem of the spec or of the objects it names; `path` is relative to `spec.strategy.canary.trafficRouting`. */
  validate(request: TrafficRequest): RouterProblem | undefined;
}

interface RouterProblem {
  readonly path: string;
  /** The peer reports it as an internal error, without a value. */
  readonly isInternal?: boolean;
  /** The offending value as the peer prints it. */
  readonly value: string;
  readonly message: string;
}
