import type { Rollout } from '#api/argoproj/rollout.js';
import { parseTrafficRecord } from '#core/rollout/traffic/record.js';

/**
 * Whether some proxy may still send requests to a Service of the experiment: pods and Service stay until the Rollout has
 * seen the end of the experiment, has taken the destination away, and every proxy had the time to learn that.
 */
export function mayBeRouted(rollout: Rollout | undefined, experiment: string, service: string): boolean {
  const { canary, traffic } = rollout?.status ?? {};
  const record = parseTrafficRecord(traffic);
  if (canary?.weights === undefined && record === undefined) return false;
  const named = [
    ...(canary?.weights?.additional ?? []).map(({ serviceName }) => serviceName),
    ...(record?.additional ?? []).map((extra) => extra.service),
  ];
  const isSettled = record === undefined || record.confirmedAt !== undefined;
  const isInUse = [canary?.currentExperiment, canary?.leavingExperiment].includes(experiment);
  return isInUse || named.includes(service) || !isSettled;
}
