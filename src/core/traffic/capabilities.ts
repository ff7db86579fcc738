/** What a way to shift traffic can do. */
export interface Capabilities {
  readonly weights: boolean;
  readonly headerRoutes: boolean;
  readonly mirrorRoutes: boolean;
  /** Experiment templates can get a weight of their own. */
  readonly additionalDestinations: boolean;
  /** Weights may be given in parts of `maxTrafficWeight` instead of 100. */
  readonly maxTrafficWeight: boolean;
  readonly pingPong: boolean;
  /** Splits by pod hash, so that no Service of its own is needed. */
  readonly subsets: boolean;
  /**
   * How it is known that a written weight took effect: `wait` means `propagationMs` after it was seen in the cluster,
   * `status` that the reading must say `isVerified` besides.
   */
  readonly confirm: 'wait' | 'status';
  /** One backend without a ready pod takes the whole route away, whatever its weight. Absent: only its own share is lost. */
  readonly needsEveryBackend?: boolean;
  /** Longest time from a write until every proxy has it, unless configured otherwise. */
  readonly propagationMs: number;
}
