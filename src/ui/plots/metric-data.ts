import type { Detail } from '#core/view/wire/detail.js';
import type { ComparisonPoint, GateView, Limit, MeasurementView, MetricView } from '#core/view/wire/gate.js';

/** One metric of all current runs that measure it, over the whole release. */
export interface MetricSeries {
  readonly metric: MetricView;
  readonly measurements: readonly MeasurementView[];
  readonly spans: readonly Pick<GateView, 'startedAt' | 'completedAt' | 'mark' | 'run'>[];
  readonly kind: GateView['kind'];
  /** What comparisons came to, look by look; empty for other metrics. */
  readonly points: readonly ComparisonPoint[];
}

/** Metrics of the current runs by name; one that several runs measure is one strip. */
export function metricsOf({ gates }: Detail): readonly MetricSeries[] {
  const byName = new Map<string, MetricSeries>();
  for (const gate of gates.filter((one) => one.isCurrent).toReversed())
    for (const metric of gate.metrics) {
      const known = byName.get(metric.name);
      byName.set(metric.name, {
        metric,
        measurements: [...(known?.measurements ?? []), ...metric.measurements].toSorted(
          (a, b) => a.at - b.at,
        ),
        spans: [...(known?.spans ?? []), gate],
        kind: gate.kind,
        points: [...(known?.points ?? []), ...(metric.comparison?.points ?? [])],
      });
    }
  return [...byName.values()];
}

/** As many values of a measurement are drawn; of more only the lowest and the highest. */
const mostLines = 4;

/** The measurements as they are drawn: where one has many values, each has its lowest and highest. */
export function drawable(measurements: readonly MeasurementView[]): {
  readonly drawn: readonly MeasurementView[];
  readonly isEnvelope: boolean;
} {
  const isEnvelope = measurements.some(({ values }) => values.length > mostLines);
  if (!isEnvelope) return { drawn: measurements, isEnvelope };
  const drawn = measurements.map((one) => {
    const known = one.values.filter((value) => value !== null);
    return { ...one, values: known.length === 0 ? one.values : [Math.min(...known), Math.max(...known)] };
  });
  return { drawn, isEnvelope };
}

/** Values beyond are outliers of any axis: the distance of two of them may be no number. */
const farthest = 1e300;

/** The part of the value axis that is shown: every limit, and values that do not dwarf them. */
export function valueRange(
  measurements: readonly MeasurementView[],
  limits: readonly Limit[],
): readonly [number, number] {
  const values = measurements.flatMap((one) =>
    one.values.flatMap((value) => (value !== null && Math.abs(value) < farthest ? [value] : [])),
  );
  const lines = limits.map((limit) => limit.value);
  if (values.length + lines.length === 0) return [0, 1];
  const scale = Math.max(...lines.map(Math.abs), 1e-9);
  const near = lines.length === 0 ? values : values.filter((value) => Math.abs(value) <= scale * 3);
  const all = [...near, ...lines];
  const low = Math.min(...all);
  const high = Math.max(...all);
  const room = (high - low || Math.abs(high) || 1) * 0.25;
  const isRatio = low >= 0 && high <= 1;
  return [
    low >= 0 ? Math.max(0, low - room) : low - room,
    isRatio ? Math.min(1.02, high + room) : high + room,
  ];
}
