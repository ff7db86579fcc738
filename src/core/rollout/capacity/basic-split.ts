/** How many pods each side of a canary without a router gets in the end of a step. */
export interface Split {
  readonly canary: number;
  readonly stable: number;
}

/**
 * The whole numbers of pods that come nearest to a weight. Stable keeps a pod below the full weight and the canary gets
 * one above zero, where the bounds leave room for both.
 *
 * The peer finds no candidate for some weights when nothing may surge (75 of 2, 90 of 5, 95 of 10, ...) and then takes
 * the canary away. We take the floor there: the most pods the canary may have while stable keeps one.
 */
export function basicSplit(replicas: number, weight: number, maxWeight: number, canSurge: boolean): Split {
  if (replicas === 0) return { canary: 0, stable: 0 };
  const exact = (total: number) => (total * weight) / maxWeight;
  const isTied = (total: number) => exact(total) % 1 === 0.5;
  const mayEmpty = weight === 0 || weight === maxWeight || (replicas === 1 && !canSurge);
  const up = Math.ceil(exact(replicas));
  const down = Math.floor(exact(replicas));
  const candidates: { canary: number; total: number }[] = [];
  if (up < replicas || mayEmpty) candidates.push({ canary: up, total: replicas });
  if (!isTied(replicas) && (down !== 0 || mayEmpty)) candidates.push({ canary: down, total: replicas });
  if (canSurge) {
    const total = replicas + 1;
    candidates.push({ canary: up, total });
    if (!isTied(total) && (down !== 0 || mayEmpty)) candidates.push({ canary: down, total });
  }
  const error = (c: { canary: number; total: number }) => Math.abs((c.canary * maxWeight) / c.total - weight);
  const first = candidates[0] ?? { canary: down, total: replicas };
  const best = candidates.reduce((a, b) => (error(b) < error(a) ? b : a), first);
  return { canary: best.canary, stable: best.total - best.canary };
}
