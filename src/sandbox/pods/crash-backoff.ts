const firstMs = 10_000;
const longestMs = 300_000;

/**
 * How long a container that ended waits before its next start, as the kubelet counts: not at all the first time, then
 * 10 s, 20 s, 40 s, ... up to 5 min.
 *
 * @param restarts - how often it was started again before.
 */
export function crashBackoffMs(restarts: number): number {
  return restarts === 0 ? 0 : Math.min(firstMs * 2 ** (restarts - 1), longestMs);
}
