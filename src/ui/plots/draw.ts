import uPlot from 'uplot';
import { clockText } from '../parts/time.js';
import { faded, pattern, type Ink } from './ink.js';
import { cursorAt, type Held, type StripModel } from './strip-model.js';

const gutter = 76;
const rightGutter = 12;

/** Draws a strip into a box; it reads its model anew at each drawing. */
export function drawStrip(model: Held<StripModel>, ink: Held<Ink>, box: HTMLElement): uPlot {
  return new uPlot(optionsOf(model, ink, box.clientWidth), model.current.data, box);
}

function optionsOf(model: Held<StripModel>, ink: Held<Ink>, width: number): uPlot.Options {
  const { current } = model;
  return {
    width,
    height: current.height,
    ms: 1,
    padding: [6, rightGutter, current.hasTimeAxis ? 0 : 9, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false }, sync: { key: 'release' } },
    scales: {
      x: { time: true, range: () => [...model.current.axis.range] as [number, number] },
      y: { range: () => [...model.current.y] as [number, number] },
    },
    axes: [timeAxis(current.hasTimeAxis, ink), valueAxis(model, ink)],
    series: [{}, ...current.series.map(() => ({}))],
    hooks: {
      drawClear: [(plot) => clipped(plot, () => model.current.paintUnder?.(plot, ink.current))],
      draw: [
        (plot) =>
          clipped(plot, () => {
            paintSeries(plot, model.current, ink.current);
            if (model.current.axis.isStale) paintUnknown(plot, ink.current, model.current.axis.now);
            model.current.paintOver?.(plot, ink.current);
          }),
      ],
      setCursor: [
        (plot) => {
          const left = plot.cursor.left ?? -1;
          cursorAt.value = left < 0 ? null : plot.posToVal(left, 'x');
        },
      ],
    },
  };
}

const font = '12px system-ui, sans-serif';

function timeAxis(isShown: boolean, ink: Held<Ink>): uPlot.Axis {
  return {
    stroke: () => ink.current.text3,
    font,
    size: isShown ? 26 : 0,
    gap: 4,
    space: 76,
    grid: { stroke: () => ink.current.hairline, width: 1 },
    ticks: { show: false },
    incrs: [...timeSteps],
    splits: (_plot, _axis, from, to, step) => timeSplits(from, to, step),
    values: (plot, splits) =>
      splits.map((at) => (isShown && hasRoom(plot, at) ? shortClock(at, splits) : null)),
  };
}

/** A time on the very edge would be cut, or run into the figures of the other axis. */
function hasRoom(plot: uPlot, at: number): boolean {
  const x = plot.valToPos(at, 'x');
  return x > 24 && x < plot.width - gutter - rightGutter - 16;
}

/** Seconds only where ticks are closer than a minute. */
function shortClock(at: number, splits: readonly number[]): string {
  const step = (splits[1] ?? at + 60_000) - (splits[0] ?? at);
  const text = clockText(at);
  return step < 60_000 ? text : text.slice(0, 5);
}

function valueAxis(model: Held<StripModel>, ink: Held<Ink>): uPlot.Axis {
  return {
    stroke: () => ink.current.text3,
    font,
    size: gutter,
    gap: 6,
    grid: { stroke: () => ink.current.hairline, width: 1 },
    ticks: { show: false },
    // The splits stand in the model; this only has to be wide enough.
    incrs: [1e9],
    splits: () => [...model.current.ySplits],
    values: (_plot, splits) => splits.map((value) => model.current.yText(value)),
  };
}

const minute = 60_000;
const hour = 60 * minute;
/** What may lie between two ticks of time. */
const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].flatMap((count) => [count * 1000, count * minute]),
  ...[1, 2, 3, 6, 12, 24, 48, 96, 192, 384, 768].map((count) => count * hour),
].toSorted((a, b) => a - b);

/** Ticks on whole steps of the local clock. */
function timeSplits(from: number, to: number, step: number): number[] {
  const zone = new Date(from).getTimezoneOffset() * minute;
  const first = Math.ceil((from - zone) / step) * step + zone;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step);
}

/** Every series over its fill; where a value is unknown there is a gap, and no value stands alone. */
function paintSeries(plot: uPlot, { data: [times, ...all], series }: StripModel, ink: Ink): void {
  const { ctx } = plot;
  const base = plot.valToPos(0, 'y', true);
  series.forEach(({ colour, fill, dash, width, shape }, i) => {
    ctx.save();
    ctx.lineWidth = width * devicePixelRatio;
    ctx.lineJoin = 'round';
    ctx.setLineDash((dash ?? []).map((length) => length * devicePixelRatio));
    ctx.strokeStyle = ink[colour];
    ctx.translate((ctx.lineWidth % 2) / 2, (ctx.lineWidth % 2) / 2);
    for (const run of runsOf(plot, times, all[i] ?? [])) {
      const path = new Path2D();
      run.forEach(([x, y], at) => {
        if (shape === 'steps' && at > 0) path.lineTo(x, run[at - 1]?.[1] ?? y);
        path.lineTo(x, y);
      });
      if (fill !== undefined) {
        const area = new Path2D(path);
        area.lineTo(run.at(-1)?.[0] ?? 0, base);
        area.lineTo(run[0]?.[0] ?? 0, base);
        ctx.fillStyle = fill(ink);
        // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, not an array
        ctx.fill(area);
      }
      ctx.stroke(path);
    }
    ctx.restore();
  });
}

type Point = readonly [x: number, y: number];

/** Known values in a row, in device pixels. */
function runsOf(
  plot: uPlot,
  times: ArrayLike<number>,
  values: ArrayLike<number | null | undefined>,
): readonly (readonly Point[])[] {
  const runs: Point[][] = [[]];
  for (let i = 0; i < times.length; i += 1) {
    const [at, value] = [times[i] ?? 0, values[i]];
    if (value === null || value === undefined) runs.push([]);
    else
      runs
        .at(-1)
        ?.push([Math.round(plot.valToPos(at, 'x', true)), Math.round(plot.valToPos(value, 'y', true))]);
  }
  return runs;
}

/** Hatched: nobody knows what happened after the last data. */
function paintUnknown(plot: uPlot, ink: Ink, from: number): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(from, 'x', true);
  ctx.fillStyle = pattern(ctx, 'hatch', faded(ink.wait, 0.5));
  ctx.fillRect(x, bbox.top, bbox.left + bbox.width - x, bbox.height);
}

function clipped(plot: uPlot, paint: () => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(
    bbox.left,
    bbox.top - 8 * devicePixelRatio,
    bbox.width + 10 * devicePixelRatio,
    bbox.height + 10 * devicePixelRatio,
  );
  ctx.clip();
  paint();
  ctx.restore();
}
