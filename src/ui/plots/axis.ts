import type { Block, Detail, LedgerPoint } from '#core/view/wire/detail.js';

/** The time that all strips share, and the part of it that is still to come. */
export interface TimeAxis {
  readonly range: readonly [from: number, to: number];
  readonly now: number;
  /** Whether the release still runs, so that the picture grows. */
  readonly isOpen: boolean;
  /** Nothing is live: `now` stands still, and what came after it is not known. */
  readonly isStale: boolean;
  /** The release was over before anybody noted it: only what came after is shown. */
  readonly isLate: boolean;
  readonly points: readonly LedgerPoint[];
  readonly plan: readonly PlanPoint[];
}

/** From this moment the plan wants this weight; the last one may be a break: a person decides. */
interface PlanPoint {
  readonly at: number;
  readonly weight: number;
  readonly isBreak: boolean;
}

const leastMs = 20_000;

export function axisOf({ timeline, blocks, row }: Detail, now: number, isStale: boolean): TimeAxis {
  const first = timeline.points[0];
  const from = timeline.startedAt ?? first?.at ?? now - leastMs;
  const isOpen = row.phase !== 'Healthy' && blocks.some((block) => block.state === 'current');
  const last = timeline.points.at(-1);
  const ended = row.phase === 'Healthy' && row.since !== null ? row.since : (last?.at ?? from);
  if (!isOpen && first !== undefined && first.at > ended + leastMs)
    return {
      range: [first.at, Math.max(now, first.at + leastMs)],
      now,
      isOpen,
      isStale,
      isLate: true,
      points: timeline.points,
      plan: [],
    };
  const closed = Math.min(now, Math.max(from, ended) + Math.max(leastMs, (ended - from) * 0.15));
  const shown = isOpen ? now : Math.max(closed, from + leastMs);
  const plan = isOpen ? planAhead(blocks, now) : [];
  const ahead = (plan.at(-1)?.at ?? shown) - shown;
  const elapsed = Math.max(leastMs, shown - from);
  const future = isOpen ? Math.max(elapsed * 0.14, Math.min(ahead * 1.06, elapsed * 1.2)) : 0;
  return {
    isLate: false,
    range: [from, Math.max(shown, from + leastMs) + future],
    now,
    isOpen,
    isStale,
    points: timeline.points,
    plan,
  };
}

/** The blocks that are left as stairs. It ends at a pause that only a person ends: no time is invented. */
function planAhead(blocks: readonly Block[], now: number): readonly PlanPoint[] {
  const points: PlanPoint[] = [];
  let at = now;
  let weight = 0;
  for (const block of blocks) {
    weight = block.weight ?? weight;
    if (block.state !== 'current' && block.state !== 'future') continue;
    points.push({ at, weight, isBreak: false });
    if (block.endless) return [...points, { at, weight, isBreak: true }];
    at = block.state === 'current' ? Math.max(now, block.until ?? now) : at + (block.plannedMs ?? 0);
  }
  return [...points, { at, weight, isBreak: false }];
}

/** What held at a moment; `undefined` before the first point. */
export function pointAt(points: readonly LedgerPoint[], at: number): LedgerPoint | undefined {
  return points.findLast((point) => point.at <= at);
}
