/** What one look said. Indices are those of the grid, evidence is in natural logs. */
export interface HistoryPoint {
  /** The number of the look, and when it was: seconds after the first one. */
  readonly look: number;
  readonly seconds: number;
  /** The ratios that were still possible, and the likeliest; `best` is absent while nothing was seen. */
  readonly low: number;
  readonly high: number;
  readonly best?: number;
  readonly worse: number;
  readonly good: number;
}

/** Points in order; the newest is always one of them. */
export type History = readonly HistoryPoint[];

/** As many points as a history has at most. */
export const mostPoints = 60;

/** The history with one look more. When it is full every second look is left out, then three of four: it covers the whole. */
export function addPoint(before: History, point: HistoryPoint): History {
  let step = 1;
  while (point.look / step > mostPoints - 1) step *= 2;
  return [...before.filter(({ look }) => look % step === 0), point];
}

type StoredPoint = readonly number[];

/** Points as short lists of numbers, for storing. */
export function storeHistory(history: History): readonly StoredPoint[] {
  return history.map(({ look, seconds, low, high, best = -1, worse, good }) => [
    look,
    seconds,
    low,
    high,
    best,
    short(worse),
    short(good),
  ]);
}

/** The points that were stored; what is no point is left out. */
export function readHistory(stored: unknown): History {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((point: unknown) => {
    const numbers: readonly unknown[] = Array.isArray(point) ? point : [];
    const [look, seconds, low, high, best, worse, good] = numbers.map((value) =>
      typeof value === 'number' ? value : Number.NaN,
    );
    if (look === undefined || seconds === undefined || low === undefined || high === undefined) return [];
    if (best === undefined || worse === undefined || good === undefined) return [];
    const read = { look, seconds, low, high, worse, good };
    if (Object.values(read).some(Number.isNaN)) return [];
    return [best >= 0 ? { ...read, best } : read];
  });
}

/** Evidence beyond what any level needs is stored as this: huge numbers of requests make huge evidence. */
const most = 9999;

function short(evidence: number): number {
  return Number(Math.min(Math.max(evidence, -most), most).toFixed(2));
}
