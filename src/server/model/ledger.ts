import { isSamePoint, pointOf } from '#core/view/facts/timeline.js';
import type { ViewInput } from '#core/view/view-input.js';
import type { LedgerPoint } from '#core/view/wire/detail.js';

const maxPoints = 500;

interface Book {
  readonly hash: string;
  readonly points: readonly LedgerPoint[];
}

/**
 * Weights and pods of each Rollout over time, transitions only. It is kept in memory and losing it costs no more than
 * precision: the past is put together from events.
 */
export class Ledger {
  readonly #books = new Map<string, Book>();

  /** Notes what holds now, when it differs from the last point. A new revision begins a new book. */
  note(key: string, input: ViewInput): void {
    const hash = input.rollout.status?.currentPodHash ?? '';
    const known = this.#books.get(key);
    const points = known?.hash === hash ? known.points : [];
    const point = pointOf(input);
    const last = points.at(-1);
    if (last !== undefined && isSamePoint(last, point)) return;
    this.#books.set(key, { hash, points: shorten([...points, point]) });
  }

  points(key: string): readonly LedgerPoint[] {
    return this.#books.get(key)?.points ?? [];
  }

  forget(key: string): void {
    this.#books.delete(key);
  }
}

/** Keeps the first point and the newest ones. */
function shorten(points: readonly LedgerPoint[]): readonly LedgerPoint[] {
  const [first] = points;
  if (first === undefined || points.length <= maxPoints) return points;
  return [first, ...points.slice(points.length - maxPoints + 1)];
}
