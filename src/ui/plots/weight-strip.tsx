import type { JSX } from 'preact';
import type uPlot from 'uplot';
import { formatPercent, formatSpan } from '#core/view/words/format.js';
import type { Detail } from '#core/view/wire/detail.js';
import { keepTogether } from '../parts/time.js';
import { pointAt, type TimeAxis } from './axis.js';
import { faded, pattern, type Ink } from './ink.js';
import { line, write } from './pen.js';
import { cursorAt, type StripModel } from './strip-model.js';
import { Strip } from './strip.js';

/** Wanted and observed weight from 0 to 100 %. */
export function WeightStrip({ of, axis }: { of: Detail; axis: TimeAxis }): JSX.Element {
  const at = cursorAt.value ?? axis.now;
  const point = pointAt(axis.points, at);
  const wanted = point?.wanted ?? null;
  const observed = point?.observed ?? null;
  const by = of.row.weight?.by ?? 'written';
  const words = { confirmed: 'observed', written: 'shown as written', pods: 'by ready pods' } as const;
  return (
    <div class="strip-block">
      <div class="strip-title">
        <b>Traffic of revision {of.row.revision || '–'}</b>
        <span class="key wanted">wanted {wanted === null ? '–' : keepTogether(formatPercent(wanted))}</span>
        <span class="key observed">
          {words[by]} {observed === null ? 'unknown' : keepTogether(formatPercent(observed))}
        </span>
        {of.row.weight?.pendingSince !== undefined && of.row.weight.pendingSince !== null && (
          <span class="wait-text">
            written, not confirmed for {keepTogether(formatSpan(axis.now - of.row.weight.pendingSince))}
          </span>
        )}
        {axis.isLate && <span class="quiet">the release itself was not recorded here</span>}
        {of.timeline.rebuiltUntil !== null && <span class="quiet">begin reconstructed from events</span>}
      </div>
      <Strip model={modelOf(of, axis)} />
    </div>
  );
}

function modelOf(of: Detail, axis: TimeAxis): StripModel {
  const end = Math.min(axis.now, axis.range[1]);
  const points = withEdges(axis.points.filter((point) => point.at <= end));
  const last = points.at(-1);
  const times = [...points.map((point) => point.at), end];
  const wanted = [...points.map((point) => point.wanted), last?.wanted ?? null];
  const observed = [...points.map((point) => point.observed), last?.observed ?? null];
  const isWritten = of.row.weight?.by === 'written';
  return {
    height: 190,
    axis,
    y: [0, 104],
    ySplits: [0, 25, 50, 75, 100],
    yText: (value) => `${value} %`,
    hasTimeAxis: true,
    data: [times, observed, wanted],
    series: [
      {
        colour: 'canary',
        width: 2,
        shape: 'steps',
        fill: (ink) => faded(ink.canary, 0.18),
        ...(isWritten ? { dash: [2, 3] } : {}),
      },
      { colour: 'text2', width: 1.5, shape: 'steps', dash: [6, 4] },
    ],
    paintUnder: (plot, ink) => {
      paintUnconfirmed(plot, ink, times, wanted, observed);
      paintSteps(plot, ink, axis, of.row.step?.[1] ?? 0);
    },
    paintOver: (plot, ink) => {
      paintNow(plot, ink, axis);
      if (!axis.isStale) paintPlan(plot, ink, axis);
    },
    label: `weight: wanted ${last?.wanted ?? 'unknown'} percent, observed ${last?.observed ?? 'unknown'} percent`,
  };
}

/** A known weight is held until the moment at which it becomes unknown: the plot draws no value that stands alone. */
function withEdges(points: TimeAxis['points']): TimeAxis['points'] {
  return points.flatMap((point, i) => {
    const next = points[i + 1];
    const isLost = next !== undefined && point.observed !== null && next.observed === null;
    return isLost && next.at - 1 > point.at ? [point, { ...point, at: next.at - 1 }] : [point];
  });
}

/** Hatched where something was written and not yet seen. */
function paintUnconfirmed(
  plot: uPlot,
  ink: Ink,
  times: readonly number[],
  wanted: readonly (number | null)[],
  observed: readonly (number | null)[],
): void {
  const { ctx } = plot;
  ctx.fillStyle = pattern(ctx, 'hatch', faded(ink.canary, 0.55));
  for (let i = 0; i + 1 < times.length; i += 1) {
    const want = wanted[i];
    if (want === null || want === undefined || observed[i] !== null) continue;
    const x = plot.valToPos(times[i] ?? 0, 'x', true);
    const width = plot.valToPos(times[i + 1] ?? 0, 'x', true) - x;
    const y = plot.valToPos(Math.max(want, 4), 'y', true);
    ctx.fillRect(x, y, width, plot.valToPos(0, 'y', true) - y);
  }
}

/** A hairline and the number of the step where each began; the end of the last one begins no other. */
function paintSteps(plot: uPlot, ink: Ink, { points }: TimeAxis, steps: number): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.setLineDash([]);
  let before: number | null | undefined;
  let lastX = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    if (point.step === null || point.step === before || point.step >= steps) continue;
    before = point.step;
    const x = plot.valToPos(point.at, 'x', true);
    line(ctx, ink.hairline, [x, bbox.top, x, bbox.top + bbox.height], 1.5 * ratio);
    if (x - lastX < 16 * ratio) continue;
    lastX = x;
    write(ctx, ink.text3, String(point.step + 1), [x + 3 * ratio, bbox.top + 9 * ratio]);
  }
}

function paintNow(plot: uPlot, ink: Ink, axis: TimeAxis): void {
  if (!axis.isOpen) return;
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const x = plot.valToPos(axis.now, 'x', true);
  ctx.setLineDash([]);
  line(ctx, ink.accent, [x, bbox.top, x, bbox.top + bbox.height], 1 * ratio);
  const words = axis.isStale ? 'last data' : 'now';
  write(ctx, ink.accent, words, [x + 4 * ratio, bbox.top + bbox.height - 8 * ratio]);
}

/** Thin stairs to the right of now, up to a pause that has no end. */
function paintPlan(plot: uPlot, ink: Ink, { plan }: TimeAxis): void {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  ctx.strokeStyle = ink.text3;
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  ctx.beginPath();
  let y = 0;
  plan.forEach((point, i) => {
    const x = plot.valToPos(point.at, 'x', true);
    const next = plot.valToPos(point.weight, 'y', true);
    if (i === 0) ctx.moveTo(x, next);
    else {
      ctx.lineTo(x, y);
      ctx.lineTo(x, next);
    }
    y = next;
  });
  ctx.stroke();
  ctx.setLineDash([]);
  const stop = plan.find((point) => point.isBreak);
  if (stop === undefined) return;
  const x = plot.valToPos(stop.at, 'x', true) + 8 * ratio;
  const at = plot.valToPos(stop.weight, 'y', true);
  for (const offset of [0, 5]) {
    const left = x + offset * ratio;
    line(ctx, ink.text2, [left, at + 7 * ratio, left + 6 * ratio, at - 7 * ratio], 1.5 * ratio);
  }
  write(ctx, ink.text3, 'a person', [x + 16 * ratio, at]);
}
