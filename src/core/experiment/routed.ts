import type { Rollout } from '#api/argoproj/rollout.js';
import { parseTrafficRecord } from '#core/rollout/traffic/record.js';

/**
 * Whether some proxy may still send requests to a Service of the experiment: pods and Service stay until the Rollout has
 * seen the end of the experiment, has taken the destination away, and every proxy had the time to learn that.
 */
export function mayBeRouted(rollout: Rollout | undefined, experiment: string, service: string): boolean {
  const { canary, traffic } = rollout?.status ?? {};
  if (canary?.weights === undefined) return false;
  const isNamed = (canary.weights.additional ?? []).some(({ serviceName }) => serviceName === service);
  const record = parseTrafficRecord(traffic);
  const isSettled = record === undefined || record.confirmedAt !== undefined;
  return canary.currentExperiment === experiment || isNamed || !isSettled;
}
