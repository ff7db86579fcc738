/**
 * What an absent field of a Rollout's spec means. Who decides reads a field as `spec.x ?? rolloutDefaults.x`; none of
 * them is written into the spec but `replicas`, which an autoscaler needs to see.
 */
export const rolloutDefaults = {
  replicas: 1,
  minReadySeconds: 0,
  revisionHistoryLimit: 10,
  progressDeadlineSeconds: 600,
  successfulRunHistoryLimit: 5,
  unsuccessfulRunHistoryLimit: 5,
  maxSurge: '25%',
  maxUnavailable: '25%',
  /** Of a canary with a router and of blue-green; a canary without a router has none. */
  scaleDownDelaySeconds: 30,
  /** Of a canary with a router and of blue-green. */
  abortScaleDownDelaySeconds: 30,
  autoPromotionEnabled: true,
  autoPromotionSeconds: 0,
  maxTrafficWeight: 100,
} as const;
