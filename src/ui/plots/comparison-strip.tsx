import type { JSX } from 'preact';
import type uPlot from 'uplot';
import type { ComparisonPoint, ComparisonView } from '#core/view/wire/gate.js';
import { formatValue } from '#core/view/words/format.js';
import { clockText } from '../parts/time.js';
import type { TimeAxis } from './axis.js';
import { faded, type Ink } from './ink.js';
import type { MetricSeries } from './metric-data.js';
import { paintSpans, shape, tintSide } from './metric-paint.js';
import { line, write } from './pen.js';
import { cursorAt, type StripModel } from './strip-model.js';

/** How far the evidence is on both sides; a full side decides. */
export function EvidenceMeter({
  points,
  of,
}: {
  points: MetricSeries['points'];
  of: ComparisonView;
}): JSX.Element {
  const point = pointUnder(points);
  const share = (evidence: number): number => Math.min(1, Math.max(0, evidence / of.needed));
  const [worse, good] = [share(point?.worse ?? 0), share(point?.good ?? 0)];
  const words = `evidence ${formatValue(point?.worse ?? 0)} for worse, ${formatValue(point?.good ?? 0)} for good enough; ${formatValue(of.needed)} decides`;
  return (
    <span class="evidence" role="img" aria-label={words} title={words}>
      <span class="quiet">worse</span>
      <i class="worse">
        <b style={{ width: `${worse * 100}%` }} />
      </i>
      <i>
        <b style={{ width: `${good * 100}%` }} />
      </i>
      <span class="quiet">good enough</span>
    </span>
  );
}

/** The look under the crosshair, else the newest. */
export function pointUnder(points: MetricSeries['points']): ComparisonPoint | undefined {
  const at = cursorAt.value ?? Number.POSITIVE_INFINITY;
  return points.findLast((point) => point.at <= at);
}

/** `2.1 (1.3–3.4)`. */
export function rangeWords({ ratio, low, high }: ComparisonPoint): string {
  const short = (value: number): string => String(Number(value.toPrecision(2)));
  const between = `${short(low)}–${short(high)}`;
  return ratio === null ? between : `${short(ratio)} (${between})`;
}

/** The band of ratios that are still possible, which only narrows, with the likeliest; heights are logarithms. */
export function comparisonModel(of: MetricSeries, view: ComparisonView, axis: TimeAxis): StripModel {
  const { points, measurements } = of;
  const newest = measurements.at(-1);
  const ended = newest === undefined || newest.outcome === 'pending' ? axis.now : newest.at;
  const last = points.at(-1);
  const held =
    last === undefined ? [] : [...points, { ...last, at: Math.max(last.at, Math.min(ended, axis.now)) }];
  const y = rangeOf(view, last);
  return {
    height: 140,
    axis,
    y,
    ySplits: marks.map(Math.log10).filter((at) => at >= y[0] && at <= y[1]),
    yText: (value) => formatValue(10 ** value),
    hasTimeAxis: false,
    data: [
      held.map((point) => point.at),
      held.map(({ ratio }) => (ratio === null ? null : clamp(Math.log10(ratio), y))),
    ],
    series: [{ colour: 'canary', width: 2, shape: 'steps' }],
    paintUnder: (plot, ink) => {
      paintSpans(plot, ink, of, axis.now);
      tintSide(plot, ink, Math.log10(view.tolerance), true);
      paintBand(plot, ink, held);
    },
    paintOver: (plot, ink) => {
      paintLines(plot, ink, view);
      paintVerdicts(plot, ink, of, y);
    },
    label: of.metric.sentence,
    stops: points.map((point) => point.at),
    wordsAt: (at) => {
      const point = points.findLast((one) => one.at <= at);
      return point === undefined ? '' : `${clockText(point.at)}: ${rangeWords(point)}`;
    },
  };
}

const marks = [0.1, 0.2, 0.5, 1, 2, 5, 10];

/** Limits and what is possible now are always in view, on a scale that changes in few steps. */
function rangeOf(
  { tolerance, margin }: ComparisonView,
  last: ComparisonPoint | undefined,
): readonly [number, number] {
  const high = Math.max(tolerance, margin, last?.high ?? 10, 1) * 1.1;
  const low = Math.min(tolerance, margin, last?.low ?? 0.1, 1) / 1.1;
  return [
    Math.log10(marks.findLast((mark) => mark <= low) ?? 0.1) - 0.03,
    Math.log10(marks.find((mark) => mark >= high) ?? 10) + 0.03,
  ];
}

function clamp(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(high, Math.max(low, value));
}

function paintBand(plot: uPlot, ink: Ink, points: readonly ComparisonPoint[]): void {
  const { ctx, bbox } = plot;
  const heightOf = (ratio: number): number =>
    clamp(plot.valToPos(Math.log10(ratio), 'y', true), [bbox.top, bbox.top + bbox.height]);
  const xOf = (at: number): number => plot.valToPos(at, 'x', true);
  points.forEach((point, i) => {
    const left = xOf(point.at);
    // A comparison that ended at its first look is still to be seen.
    const least = points.length > 2 ? 0 : 4 * devicePixelRatio;
    const right = Math.max(xOf(points[i + 1]?.at ?? point.at), left + least);
    const [top, bottom] = [heightOf(point.high), heightOf(point.low)];
    ctx.fillStyle = faded(ink.canary, 0.18);
    ctx.fillRect(left, top, right - left, bottom - top);
    for (const edge of [top, bottom])
      line(ctx, faded(ink.canary, 0.7), [left, edge, right, edge], devicePixelRatio);
  });
}

function paintLines(plot: uPlot, ink: Ink, { tolerance, margin }: ComparisonView): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const right = bbox.left + bbox.width;
  const at = (value: number, colour: string, dash: readonly number[]): void => {
    const y = plot.valToPos(Math.log10(value), 'y', true);
    ctx.setLineDash(dash.map((length) => length * ratio));
    line(ctx, colour, [bbox.left, y, right, y], 1.25 * ratio);
  };
  at(1, ink.text3, [2, 3]);
  at(tolerance, ink.bad, []);
  at(margin, ink.ok, [4, 3]);
  ctx.setLineDash([]);
  const words = (text: string, colour: string, y: number): void =>
    write(ctx, colour, text, [right - 4 * ratio, y], 'right');
  words('fails', ink.bad, bbox.top + 9 * ratio);
  words('good enough', ink.ok, bbox.top + bbox.height - 9 * ratio);
}

/** How each comparison ended, by shape, at the ratio that it ended with. Sources that failed stand at the bottom. */
function paintVerdicts(plot: uPlot, ink: Ink, of: MetricSeries, y: readonly [number, number]): void {
  const { ctx, bbox } = plot;
  const r = 5.5 * devicePixelRatio;
  for (const { at, outcome, values } of of.measurements) {
    if (outcome === 'pending') continue;
    const ratio = values[0] ?? null;
    const height =
      ratio === null || ratio <= 0 ? undefined : plot.valToPos(clamp(Math.log10(ratio), y), 'y', true);
    const x = plot.valToPos(at, 'x', true);
    shape(ctx, ink, outcome, [x, height ?? bbox.top + bbox.height - r, r], of.metric.dryRun);
  }
}
