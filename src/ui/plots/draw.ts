import uPlot from 'uplot';
import { clockText } from '../parts/time.js';
import { faded, pattern, type Ink } from './ink.js';
import { cursorAt, type Held, type SeriesModel, type StripModel } from './strip-model.js';

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
    series: [{}, ...current.series.map((one) => seriesOf(one, ink))],
    hooks: {
      drawClear: [(plot) => clipped(plot, () => model.current.paintUnder?.(plot, ink.current))],
      draw: [
        (plot) =>
          clipped(plot, () => {
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
    splits: () => [...model.current.ySplits],
    values: (_plot, splits) => splits.map((value) => model.current.yText(value)),
  };
}

function seriesOf(one: SeriesModel, ink: Held<Ink>): uPlot.Series {
  const steps = uPlot.paths.stepped?.({ align: 1 });
  return {
    stroke: () => ink.current[one.colour],
    width: one.width,
    points: { show: false },
    ...(one.fill === undefined ? {} : { fill: () => one.fill?.(ink.current) ?? '' }),
    ...(one.dash === undefined ? {} : { dash: [...one.dash] }),
    ...(one.shape === 'steps' && steps !== undefined ? { paths: steps } : {}),
  };
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
