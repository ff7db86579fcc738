import type uPlot from 'uplot';
import type { Limit, MeasurementView, Outcome } from '#core/view/wire/gate.js';
import { faded, pattern, type Ink } from './ink.js';
import type { MetricSeries } from './metric-data.js';
import { line, write } from './pen.js';

/** A bar on top for the life of each run. */
export function paintSpans(plot: uPlot, ink: Ink, { spans }: MetricSeries, now: number): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  for (const span of spans) {
    if (span.startedAt === null) continue;
    const from = plot.valToPos(span.startedAt, 'x', true);
    const to = plot.valToPos(span.completedAt ?? now, 'x', true);
    const colour = span.mark === 'bad' ? ink.bad : span.mark === 'undecided' ? ink.undecided : ink.text3;
    ctx.fillStyle = faded(colour, 0.6);
    ctx.fillRect(from, bbox.top - 5 * ratio, Math.max(2 * ratio, to - from), 3 * ratio);
  }
}

interface Conditions {
  readonly success: readonly Limit[];
  readonly failure: readonly Limit[];
}

function conditionsOf(limits: readonly Limit[]): Conditions {
  const of = (condition: Limit['condition']) => limits.filter((limit) => limit.condition === condition);
  return { success: of('success'), failure: of('failure') };
}

/** The failing side tinted, and an undecided band dotted. */
export function paintSides(plot: uPlot, ink: Ink, limits: readonly Limit[]): void {
  const { ctx, bbox } = plot;
  const { success, failure } = conditionsOf(limits);
  const tinted = failure.length > 0 ? failure : success;
  for (const limit of tinted) tint(plot, ink, limit);
  const band = bandBetween(success, failure);
  if (band === undefined) return;
  const [low, high] = band.map((value) => plot.valToPos(value, 'y', true));
  ctx.fillStyle = pattern(ctx, 'dots', faded(ink.undecided, 0.7));
  ctx.fillRect(bbox.left, high ?? 0, bbox.width, (low ?? 0) - (high ?? 0));
}

/** Lines where a condition turns; that of success is dashed where both have one. */
export function paintLimits(plot: uPlot, ink: Ink, limits: readonly Limit[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const { failure } = conditionsOf(limits);
  for (const limit of limits) {
    const y = plot.valToPos(limit.value, 'y', true);
    ctx.setLineDash(limit.condition === 'success' && failure.length > 0 ? [4 * ratio, 3 * ratio] : []);
    line(ctx, ink.bad, [bbox.left, y, bbox.left + bbox.width, y], 1.25 * ratio);
  }
  ctx.setLineDash([]);
}

function tint(plot: uPlot, ink: Ink, limit: Limit): void {
  if (limit.fails === 'on' || limit.fails === 'off') return;
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const isAbove = limit.fails === 'above';
  const y = tintSide(plot, ink, limit.value, isAbove);
  const right = bbox.left + bbox.width - 4 * ratio;
  write(ctx, ink.bad, 'fails', [right, y + (isAbove ? -9 : 9) * ratio], 'right');
}

/** Tints the side of a value on which a measurement fails, and says how high it is. */
export function tintSide(plot: uPlot, ink: Ink, value: number, isAbove: boolean): number {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(value, 'y', true);
  ctx.fillStyle = faded(ink.bad, 0.08);
  ctx.fillRect(
    bbox.left,
    isAbove ? bbox.top : y,
    bbox.width,
    isAbove ? y - bbox.top : bbox.top + bbox.height - y,
  );
  return y;
}

/** Between two different limits a measurement is neither: undecided. */
function bandBetween(
  success: readonly Limit[],
  failure: readonly Limit[],
): readonly [number, number] | undefined {
  const [a] = success;
  const [b] = failure;
  if (a === undefined || b === undefined || a.value === b.value || a.fails !== b.fails) return undefined;
  return [Math.min(a.value, b.value), Math.max(a.value, b.value)];
}

/** The area between the lowest and the highest value of each measurement. */
export function paintEnvelope(plot: uPlot, ink: Ink, measurements: readonly MeasurementView[]): void {
  const { ctx } = plot;
  const pointsOf = (which: 0 | 1) =>
    measurements.flatMap(({ at, values }): readonly (readonly [number, number])[] => {
      const value = values[which] ?? null;
      return value === null ? [] : [[plot.valToPos(at, 'x', true), positionOf(plot, value)]];
    });
  const area = new Path2D();
  polygon(area, ...pointsOf(1), ...pointsOf(0).toReversed());
  ctx.fillStyle = faded(ink.text3, 0.2);
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, not an array
  ctx.fill(area);
}

/** Each measurement by its shape; those without a number in a lane of their own at the bottom. */
export function paintMarks(plot: uPlot, ink: Ink, { measurements, metric }: MetricSeries): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const r = radiusOf(plot, measurements);
  for (const one of measurements) {
    const x = plot.valToPos(one.at, 'x', true);
    const values = one.values.filter((value) => value !== null);
    if (values.length === 0) {
      shape(ctx, ink, one.outcome, [x, bbox.top + bbox.height - 6 * ratio, r], metric.dryRun);
      continue;
    }
    for (const value of values) shape(ctx, ink, one.outcome, [x, positionOf(plot, value), r], metric.dryRun);
    paintOutlier(plot, ink, one, x);
  }
}

/** Marks get smaller where there are so many that they would hide each other, down to a size that still has a shape. */
function radiusOf(plot: uPlot, measurements: readonly MeasurementView[]): number {
  const [first, last] = [measurements[0], measurements.at(-1)];
  if (first === undefined || last === undefined || first === last) return 4.5 * devicePixelRatio;
  const width = plot.valToPos(last.at, 'x', true) - plot.valToPos(first.at, 'x', true);
  const room = width / (measurements.length - 1) / devicePixelRatio;
  return Math.min(4.5, Math.max(2.5, room * 0.6)) * devicePixelRatio;
}

function positionOf(plot: uPlot, value: number): number {
  const { bbox } = plot;
  const y = plot.valToPos(value, 'y', true);
  return Math.min(bbox.top + bbox.height - 4, Math.max(bbox.top + 4, y));
}

/** An arrow on the edge for a value that is out of the picture. */
function paintOutlier(plot: uPlot, ink: Ink, { values }: MeasurementView, x: number): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const heights = values.map((value) => (value === null ? bbox.top : plot.valToPos(value, 'y', true)));
  const bottom = bbox.top + bbox.height;
  const arrow = (edge: number, away: -1 | 1): void => {
    const path = new Path2D();
    polygon(path, [x, edge + 6 * ratio * away], [x + 4 * ratio, edge], [x - 4 * ratio, edge]);
    ctx.fillStyle = ink.text2;
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, not an array
    ctx.fill(path);
  };
  if (heights.some((y) => y < bbox.top - 1)) arrow(bbox.top - ratio, -1);
  if (heights.some((y) => y > bottom + 1)) arrow(bottom - 8 * ratio, 1);
}

const colourOf: Readonly<Record<Outcome, keyof Ink>> = {
  pass: 'ok',
  fail: 'bad',
  undecided: 'undecided',
  error: 'wait',
  nodata: 'off',
  pending: 'text3',
};

export function shape(
  ctx: CanvasRenderingContext2D,
  ink: Ink,
  outcome: Outcome,
  [x, y, r]: readonly [x: number, y: number, radius: number],
  hollow: boolean,
): void {
  const path = new Path2D();
  if (outcome === 'fail') {
    path.moveTo(x - r, y - r);
    path.lineTo(x + r, y + r);
    path.moveTo(x + r, y - r);
    path.lineTo(x - r, y + r);
  } else if (outcome === 'undecided')
    polygon(path, [x, y - r * 1.2], [x + r * 1.2, y], [x, y + r * 1.2], [x - r * 1.2, y]);
  else if (outcome === 'error') polygon(path, [x, y - r * 1.1], [x + r * 1.1, y + r], [x - r * 1.1, y + r]);
  else path.arc(x, y, outcome === 'pending' ? r * 0.5 : r, 0, 2 * Math.PI);
  ctx.strokeStyle = ink[colourOf[outcome]];
  ctx.fillStyle = ink[colourOf[outcome]];
  ctx.lineWidth = (outcome === 'fail' ? 2.5 : 1.6) * devicePixelRatio;
  if (outcome === 'fail' || outcome === 'nodata' || hollow) ctx.stroke(path);
  else {
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, not an array
    ctx.fill(path);
    ctx.strokeStyle = ink.bg;
    ctx.lineWidth = devicePixelRatio;
    ctx.stroke(path);
  }
}

function polygon(path: Path2D, ...points: readonly (readonly [number, number])[]): void {
  points.forEach(([x, y], i) => (i === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  path.closePath();
}
