import type { JSX } from 'preact';
import type { ComparisonPoint } from '#core/view/wire/gate.js';
import { formatPercent, formatValue } from '#core/view/words/format.js';
import type { Detail } from '#core/view/wire/detail.js';
import { Dot, outcomeWords } from '../parts/mark.js';
import { clockText } from '../parts/time.js';
import { rangeWords } from './comparison-strip.js';
import { metricsOf } from './metric-data.js';

/** Every plot as its table. */
export function Tables({ of }: { of: Detail }): JSX.Element {
  return (
    <>
      <h3>Traffic and pods</h3>
      <div class="scroll">
        <table class="plain-table num">
          <thead>
            <tr>
              {['Time', 'Step', 'Wanted', 'Observed', 'Stable', 'Canary', 'Older'].map((head) => (
                <th scope="col">{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {of.timeline.points.map((point) => (
              <tr key={point.at}>
                <td>{clockText(point.at)}</td>
                <td>{point.step === null ? '–' : point.step + 1}</td>
                <td>{point.wanted === null ? '–' : formatPercent(point.wanted)}</td>
                <td>{point.observed === null ? 'unknown' : formatPercent(point.observed)}</td>
                <td>{point.stable}</td>
                <td>{point.canary}</td>
                <td>{point.older}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {metricsOf(of).map(({ metric, measurements, points }) => (
        <div key={metric.name}>
          <h3>{metric.name}</h3>
          <p class="quiet">{metric.conditions.join(' · ')}</p>
          {metric.query !== '' && <pre>{metric.query}</pre>}
          <div class="scroll">
            <table class="plain-table num">
              <tbody>
                {measurements.map((one) => (
                  <tr key={one.at}>
                    <td>{clockText(one.at)}</td>
                    <td>
                      <Dot of={one.outcome} hollow={metric.dryRun} /> {outcomeWords[one.outcome]}
                    </td>
                    <td class="grow">{one.text || one.message}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {points.length > 0 && <Looks of={points} />}
        </div>
      ))}
    </>
  );
}

/** A comparison look by look. */
function Looks({ of }: { of: readonly ComparisonPoint[] }): JSX.Element {
  return (
    <div class="scroll">
      <table class="plain-table num">
        <thead>
          <tr>
            {['Time', 'Ratio (possible)', 'Evidence: worse', 'Good enough'].map((head) => (
              <th scope="col">{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.map((point) => (
            <tr key={point.at}>
              <td>{clockText(point.at)}</td>
              <td>{rangeWords(point)}</td>
              <td>{formatValue(point.worse)}</td>
              <td>{formatValue(point.good)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
