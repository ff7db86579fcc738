import type { JSX } from 'preact';
import type { Detail } from '#core/view/wire/detail.js';
import { live, now } from '../live/store.js';
import { axisOf } from './axis.js';
import { Lanes } from './lanes.js';
import { metricsOf } from './metric-data.js';
import { MetricStrip } from './metric-strip.js';
import { PodsStrip } from './pods-strip.js';
import { Tables } from './tables.js';
import { WeightStrip } from './weight-strip.js';

/** Every strip over one time axis with one crosshair. */
export function Plots({ of, isTable }: { of: Detail; isTable: boolean }): JSX.Element {
  if (isTable) return <Tables of={of} />;
  const axis = axisOf(of, now.value, live.value.state !== 'live');
  return (
    <>
      {of.row.strategy === 'canary' && <WeightStrip of={of} axis={axis} />}
      <PodsStrip of={of} axis={axis} />
      {metricsOf(of)
        .filter(({ spans }) => spans.some((span) => (span.completedAt ?? axis.now) >= axis.range[0]))
        .map((series) => (
          <MetricStrip key={series.metric.name} of={series} axis={axis} />
        ))}
      <Lanes of={of} axis={axis} />
    </>
  );
}
