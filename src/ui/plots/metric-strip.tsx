import type { JSX } from 'preact';
import { formatMeasured, formatValue } from '#core/view/words/format.js';
import type { MeasurementView, MetricView } from '#core/view/wire/gate.js';
import { Dot, Mark, outcomeWords } from '../parts/mark.js';
import { clockText } from '../parts/time.js';
import type { TimeAxis } from './axis.js';
import { comparisonModel, EvidenceMeter, pointUnder, rangeWords } from './comparison-strip.js';
import { paintEnvelope, paintLimits, paintMarks, paintSides, paintSpans } from './metric-paint.js';
import { drawable, valueRange, type MetricSeries } from './metric-data.js';
import { cursorAt, type StripModel } from './strip-model.js';
import { Strip } from './strip.js';

/** One metric: measurements by shape, limits as lines, the failing side tinted. */
export function MetricStrip({ of, axis }: { of: MetricSeries; axis: TimeAxis }): JSX.Element {
  const { metric } = of;
  return (
    <div class="strip-block">
      <div class="strip-title">
        <Mark
          of={metric.mark}
          size={14}
          progress={metric.planned === null ? 0.5 : metric.measured / metric.planned}
        />
        <b class="metric-name" title={`${metric.source}: ${metric.query}`}>
          {metric.name}
        </b>
        <Verdict of={metric} />
        {metric.comparison === null ? (
          <LimitMeter of={metric} />
        ) : (
          <EvidenceMeter points={of.points} of={metric.comparison} />
        )}
        {metric.dryRun && <span class="quiet">dry run, does not count</span>}
        <Reading of={of} />
      </div>
      {metric.notALine.length > 0 && (
        <p class="quiet not-a-line">
          not a line: <code>{metric.notALine.join(' · ')}</code>
        </p>
      )}
      {metric.comparison !== null && <p class="says">{metric.comparison.says}</p>}
      <Strip
        model={metric.comparison === null ? modelOf(of, axis) : comparisonModel(of, metric.comparison, axis)}
      />
    </div>
  );
}

function Verdict({ of }: { of: MetricView }): JSX.Element {
  const { counts, measured, planned } = of;
  return (
    <span class="verdict num">
      {planned === null ? `${measured} measured` : `${measured} of ${planned}`}
      {(['pass', 'undecided', 'fail', 'error'] as const)
        .filter((outcome) => counts[outcome] > 0)
        .map((outcome) => (
          <span class="count">
            <Dot of={outcome} hollow={of.dryRun} />
            {counts[outcome]} {outcomeWords[outcome]}
          </span>
        ))}
    </span>
  );
}

/** How much of the tolerated failures is used. */
function LimitMeter({ of }: { of: MetricView }): JSX.Element | null {
  if (of.failureLimit < 0) return <span class="quiet">any number may fail</span>;
  const fatal = of.failureLimit + 1;
  const cells = Math.min(fatal, 10);
  return (
    <span class="meter" title={`fails at ${fatal}`}>
      {Array.from({ length: cells }, (_, i) => (
        <i class={i < of.counts.fail ? 'used' : ''} />
      ))}
      <span class="quiet">fails at {fatal}</span>
    </span>
  );
}

/** The measurement under the crosshair, else the last one. */
function Reading({ of }: { of: MetricSeries }): JSX.Element | null {
  const point = pointUnder(of.points);
  if (point !== undefined)
    return (
      <span class="reading num">
        {clockText(point.at)} <b>{rangeWords(point)}</b>
      </span>
    );
  const at = cursorAt.value ?? Number.POSITIVE_INFINITY;
  const found = of.measurements.findLast((one) => one.at <= at);
  if (found === undefined) return null;
  const value = readingOf(found);
  return (
    <span class="reading num" title={found.message}>
      {clockText(found.at)} <Dot of={found.outcome} hollow={of.metric.dryRun} /> <b>{value.slice(0, 40)}</b>
    </span>
  );
}

function readingOf(one: MeasurementView): string {
  const { drawn, isEnvelope } = drawable([one]);
  if (isEnvelope) {
    const ends = (drawn[0]?.values ?? []).filter((value) => value !== null).slice(0, 2);
    return `${ends.map(formatValue).join('–') || 'NaN'} in ${one.values.length} values`;
  }
  return formatMeasured(one.values, one.text) || one.message;
}

function modelOf(of: MetricSeries, axis: TimeAxis): StripModel {
  const { metric, measurements } = of;
  const y = valueRange(measurements, metric.limits);
  const { drawn, isEnvelope } = drawable(measurements);
  const plotted = drawn.filter((one) => one.values.length > 0);
  const lines = Math.max(1, ...plotted.map((one) => one.values.length));
  const series = Array.from({ length: lines }, (_, i) => plotted.map((one) => clamp(one.values[i], y)));
  return {
    height: 120,
    axis,
    y,
    ySplits: splitsOf(y, metric),
    yText: formatValue,
    hasTimeAxis: false,
    data: [plotted.map((one) => one.at), ...series],
    series: series.map(() => ({ colour: 'text3' as const, width: 1, shape: 'line' as const })),
    paintUnder: (plot, ink) => {
      paintSpans(plot, ink, of, axis.now);
      paintSides(plot, ink, metric.limits);
      if (isEnvelope) paintEnvelope(plot, ink, plotted);
    },
    paintOver: (plot, ink) => {
      paintLimits(plot, ink, metric.limits);
      paintMarks(plot, ink, { ...of, measurements: drawn });
    },
    label: metric.sentence,
    stops: measurements.map((one) => one.at),
    wordsAt: (at) => {
      const one = measurements.findLast((measurement) => measurement.at <= at);
      return one === undefined ? '' : `${clockText(one.at)}: ${outcomeWords[one.outcome]}, ${readingOf(one)}`;
    },
  };
}

/** `null` is a gap: what is no number is never drawn as one. */
function clamp(value: number | null | undefined, [low, high]: readonly [number, number]): number | null {
  if (value === undefined || value === null) return null;
  return Math.min(high, Math.max(low, value));
}

/** The ends of the axis and every limit that does not sit on one. */
function splitsOf([low, high]: readonly [number, number], { limits }: MetricView): readonly number[] {
  const far = (high - low) * 0.18;
  const lines = [...new Set(limits.map((limit) => limit.value))].sort((a, b) => a - b);
  const shown = lines.filter((value, i) => i === 0 || value - (lines[i - 1] ?? value) > far / 2);
  const ends = [low, high].filter((end) => shown.every((value) => Math.abs(value - end) > far));
  return [...ends, ...shown].sort((a, b) => a - b);
}
