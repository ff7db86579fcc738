import type { MetricProvider } from '#api/argoproj/metric-provider.js';
import { formatInstant, type Instant } from '#core/time/instant.js';

/** A metric of this provider. */
export type CloudWatchMetric = NonNullable<MetricProvider['cloudWatch']>;

type Query = CloudWatchMetric['metricDataQueries'][number];
type Stat = NonNullable<Query['metricStat']>;

/** The question as the query protocol of AWS has it: lists are numbered from 1, absent fields are left out. */
export function formOf(
  { metricDataQueries }: CloudWatchMetric,
  start: Instant,
  end: Instant,
): URLSearchParams {
  const form = new URLSearchParams({
    Action: 'GetMetricData',
    Version: '2010-08-01',
    StartTime: formatInstant(start),
    EndTime: formatInstant(end),
  });
  for (const [i, query] of metricDataQueries.entries()) {
    for (const [name, value] of fieldsOf(query)) {
      if (value !== undefined) form.set(`MetricDataQueries.member.${i + 1}.${name}`, value);
    }
  }
  return form;
}

type Field = readonly [name: string, value: string | undefined];

function fieldsOf({ id, expression, label, metricStat, period, returnData }: Query): readonly Field[] {
  return [
    ['Id', id],
    ['Expression', expression],
    ['Label', label],
    ...(metricStat === undefined ? [] : statFields(metricStat)),
    ['Period', seconds(period)],
    ['ReturnData', returnData === undefined ? undefined : String(returnData)],
  ];
}

function statFields({ metric, period, stat, unit }: Stat): readonly Field[] {
  const dimensions = (metric?.dimensions ?? []).flatMap(({ name, value }, i): readonly Field[] => [
    [`MetricStat.Metric.Dimensions.member.${i + 1}.Name`, name],
    [`MetricStat.Metric.Dimensions.member.${i + 1}.Value`, value],
  ]);
  return [
    ['MetricStat.Metric.Namespace', metric?.namespace],
    ['MetricStat.Metric.MetricName', metric?.metricName],
    ...dimensions,
    ['MetricStat.Period', seconds(period)],
    ['MetricStat.Stat', stat],
    ['MetricStat.Unit', unit === '' ? undefined : unit],
  ];
}

/** A text that is no number counts as 0, as everywhere in an AnalysisTemplate. */
function seconds(period: number | string | undefined): string | undefined {
  if (period === undefined) return undefined;
  return /^[+-]?\d+$/.test(String(period)) ? String(Number(period)) : '0';
}
