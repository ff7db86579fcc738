const firstMs = 10_000;
const longestMs = 300_000;

/** How long a container that ended waits before its next start, as the kubelet counts: 10 s, 20 s, 40 s, ... 5 min. */
export function crashBackoffMs(restarts: number): number {
  return Math.min(firstMs * 2 ** restarts, longestMs);
}
