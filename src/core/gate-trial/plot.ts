import { parseValues } from '#core/view/gates/measurements.js';
import type { Limit } from '#core/view/wire/gate.js';
import { formatGoDuration } from '#core/time/duration.js';
import { ink, line, markAt, text, type Point } from './plot-shapes.js';
import type { MetricReport, TimelineEntry, TrialReport } from './report.js';

const width = 860;
const left = 84;
const right = 24;
const stripHeight = 120;
const headHeight = 34;
const laneHeight = 18;
const footHeight = 30;
const smallestRatio = 1e-6;
/** Far beyond what anybody measures, and what can be subtracted. */
const largest = 1e150;
const titleHeight = 34;

/**
 * A picture of a trial as SVG: a strip for each metric with its limits, a mark for each measurement by its outcome, and
 * where the metric ended. What has no number stands in a lane of its own.
 */
export function plotTrial(title: string, report: TrialReport): string {
  const blockHeight = headHeight + stripHeight + laneHeight + footHeight;
  const height = titleHeight + report.metrics.length * blockHeight;
  const seconds = Math.max(1, ...report.timeline.map(({ afterSeconds }) => afterSeconds));
  const x = (at: number): number => left + (at / seconds) * (width - left - right);
  const verdict = `${report.verdict} after ${formatGoDuration(report.afterSeconds * 1000)}`;
  const blocks = report.metrics.flatMap((metric, i) =>
    stripOf(metric, report.timeline, { top: titleHeight + i * blockHeight, x, seconds }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeXml(`${title}: ${verdict}. ${report.message}`)}</title>`,
    `<rect width="${width}" height="${height}" fill="${ink.ground}"/>`,
    text({ x: 16, y: 22, fill: ink.text, weight: 600 }, escapeXml(title)),
    text(
      { x: width - right, y: 22, fill: ink[report.verdict] ?? ink.text, anchor: 'end', weight: 600 },
      verdict,
    ),
    ...blocks,
    '</svg>',
    '',
  ].join('\n');
}

interface Frame {
  readonly top: number;
  readonly x: (seconds: number) => number;
  readonly seconds: number;
}

function stripOf(metric: MetricReport, timeline: readonly TimelineEntry[], frame: Frame): readonly string[] {
  const entries = timeline.filter((entry) => entry.metric === metric.name && entry.what === 'measured');
  const { limits } = metric;
  const points = entries.flatMap((entry) => {
    const [value] = parseValues(entry.value);
    return value === undefined || !Number.isFinite(value) ? [] : [{ entry, value }];
  });
  const ranges = entries.flatMap((entry) =>
    entry.possible === undefined ? [] : [{ entry, ...entry.possible }],
  );
  // Ratios: twice as much is as far from the same as half.
  const place = (value: number): number =>
    ranges.length > 0
      ? Math.log(Math.max(value, smallestRatio))
      : Math.max(-largest, Math.min(largest, value));
  const scale = scaleOf([
    ...points.map(({ value }) => value),
    ...limits.map(({ value }) => value),
    ...ranges.flatMap(({ low, high }) => [low, high]),
  ]);
  const bottom = frame.top + headHeight + stripHeight;
  const y = (value: number): number => {
    const part = (place(value) - place(scale.low)) / (place(scale.high) - place(scale.low));
    return bottom - 8 - part * (stripHeight - 16);
  };
  return [
    ...headOf(metric, frame.top),
    line([left, bottom], [width - right, bottom], ink.axis),
    ...limits.flatMap((limit) => limitOf(limit, { y, top: frame.top + headHeight, bottom })),
    ...[scale.low, scale.high].map((value) =>
      text({ x: left - 8, y: y(value) + 4, fill: ink.muted, anchor: 'end' }, short(value)),
    ),
    ...ranges.map(({ entry, low, high }) => rangeAt(frame.x(entry.afterSeconds), y(low), y(high))),
    ...path(points.map(({ entry, value }): Point => [frame.x(entry.afterSeconds), y(value)])),
    ...points.map(({ entry, value }) => markAt(entry.phase, frame.x(entry.afterSeconds), y(value))),
    ...laneOf(
      entries.filter((entry) => !points.some((point) => point.entry === entry)),
      frame,
      bottom + laneHeight / 2 + 2,
    ),
    ...endOf(metric, frame, bottom),
    ...ticksOf(frame, bottom + laneHeight + 14),
  ];
}

function headOf(metric: MetricReport, top: number): readonly string[] {
  const { successful, failed, inconclusive, error } = metric;
  const counts = [
    `${successful} pass`,
    ...(failed === 0 ? [] : [`${failed} fail`]),
    ...(inconclusive === 0 ? [] : [`${inconclusive} undecided`]),
    ...(error === 0 ? [] : [`${error} source ${error === 1 ? 'error' : 'errors'}`]),
    ...(metric.because === '' ? [] : [metric.because]),
    ...(metric.dryRun ? ['dry run: does not count'] : []),
  ].join(' · ');
  const name = escapeXml(metric.name);
  const rest = `<tspan fill="${ink.muted}" font-weight="400">  ${escapeXml(counts)}</tspan>`;
  return [text({ x: 16, y: top + 20, fill: ink[metric.phase] ?? ink.text, weight: 600 }, `${name}${rest}`)];
}

interface Strip {
  readonly y: (value: number) => number;
  readonly top: number;
  readonly bottom: number;
}

/** The line of a limit, with the side on which a measurement fails tinted. */
function limitOf({ value, fails }: Limit, { y, top, bottom }: Strip): readonly string[] {
  const at = y(value);
  const [from, to] = fails === 'above' ? [top, at] : [at, bottom];
  const isSide = fails === 'above' || fails === 'below';
  const area = `<rect x="${left}" y="${fix(from)}" width="${width - left - right}" height="${fix(to - from)}" fill="${ink.Failed}" fill-opacity="0.07"/>`;
  return [
    ...(isSide ? [area] : []),
    line([left, at], [width - right, at], ink.Failed, '4 3'),
    text({ x: width - right - 4, y: at - 4, fill: ink.Failed, anchor: 'end' }, `limit ${short(value)}`),
  ];
}

/** Measurements without a number: errors, nothing found, NaN. */
function laneOf(entries: readonly TimelineEntry[], { x }: Frame, y: number): readonly string[] {
  if (entries.length === 0) return [];
  return [
    text({ x: left - 8, y: y + 4, fill: ink.muted, anchor: 'end' }, 'no number'),
    ...entries.map(({ phase, afterSeconds }) => markAt(phase, x(afterSeconds), y)),
  ];
}

function endOf(
  { endedAfterSeconds, phase }: MetricReport,
  { x, top }: Frame,
  bottom: number,
): readonly string[] {
  if (endedAfterSeconds === undefined) return [];
  const at = x(endedAfterSeconds);
  return [line([at, top + headHeight], [at, bottom], ink[phase] ?? ink.muted)];
}

function ticksOf({ x, seconds }: Frame, y: number): readonly string[] {
  const step = [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400].find(
    (s) => seconds / s <= 10,
  );
  const every = step ?? seconds / 10;
  const count = Math.floor(seconds / every) + 1;
  return Array.from({ length: count }, (_, i) =>
    text({ x: x(i * every), y, fill: ink.muted, anchor: 'middle' }, formatGoDuration(i * every * 1000)),
  );
}

function path(points: readonly Point[]): readonly string[] {
  if (points.length < 2) return [];
  const d = points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${fix(px)} ${fix(py)}`).join('');
  return [`<path d="${d}" fill="none" stroke="${ink.muted}" stroke-opacity="0.5"/>`];
}

/** The ratios that are still possible, as a bar behind the mark. */
function rangeAt(at: number, from: number, to: number): string {
  return `<line x1="${fix(at)}" y1="${fix(from)}" x2="${fix(at)}" y2="${fix(to)}" stroke="${ink.Running}" stroke-width="7" stroke-opacity="0.25"/>`;
}

function scaleOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  if (values.length === 0) return { low: 0, high: 1 };
  const bounded = values.map((value) => Math.max(-largest, Math.min(largest, value)));
  const [low, high] = [Math.min(...bounded), Math.max(...bounded)];
  const pad = Math.max(Math.abs(low) * 0.1, 0.1);
  return high > low ? { low, high } : { low: low - pad, high: high + pad };
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function fix(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeXml(given: string): string {
  return given
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
