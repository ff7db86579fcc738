/** One panel of the Grafana dashboard. */
export interface Panel {
  readonly title: string;
  readonly type: 'stat' | 'timeseries' | 'table';
  readonly expr: string;
  readonly legend?: string;
  readonly unit?: string;
  /** Of 24 columns; default 8. */
  readonly width?: number;
}

/** The rows of the dashboard. */
export const rows: Readonly<Record<string, readonly Panel[]>> = {
  Releases: [
    { title: 'Rollouts', type: 'stat', expr: 'count(rollout_info{namespace=~"$namespace"})', width: 4 },
    {
      title: 'In progress',
      type: 'stat',
      expr: 'count(rollout_info{namespace=~"$namespace",phase="Progressing"}) or vector(0)',
      width: 4,
    },
    {
      title: 'Paused',
      type: 'stat',
      expr: 'count(rollout_info{namespace=~"$namespace",phase="Paused"}) or vector(0)',
      width: 4,
    },
    {
      title: 'Aborted or stuck',
      type: 'stat',
      expr: 'count(rollout_info{namespace=~"$namespace",phase=~"Abort|Timeout|Error|InvalidSpec"}) or vector(0)',
      width: 4,
    },
    {
      title: 'Unavailable replicas',
      type: 'stat',
      expr: 'sum(rollout_info_replicas_unavailable{namespace=~"$namespace"})',
      width: 4,
    },
    {
      title: 'Running analyses',
      type: 'stat',
      expr: 'count(analysis_run_info{namespace=~"$namespace",phase="Running"}) or vector(0)',
      width: 4,
    },
    {
      title: 'Not finished',
      type: 'table',
      expr: 'rollout_info{namespace=~"$namespace",phase!="Completed"} == 1',
      width: 12,
    },
    {
      title: 'Events of Rollouts',
      type: 'timeseries',
      expr: 'sum by (reason) (increase(rollout_events_total{namespace=~"$namespace"}[$__rate_interval]))',
      legend: '{{reason}}',
      width: 12,
    },
    {
      title: 'Duration of releases, 95 %',
      type: 'timeseries',
      expr: 'histogram_quantile(0.95, sum by (le) (rate(rollout_duration_seconds_bucket[1h])))',
      unit: 's',
    },
    {
      title: 'Waiting for people, 95 %',
      type: 'timeseries',
      expr: 'histogram_quantile(0.95, sum by (le) (rate(rollout_manual_pause_duration_seconds_bucket[1h])))',
      unit: 's',
    },
    {
      title: 'Phases of analysis metrics',
      type: 'timeseries',
      expr: 'sum by (phase) (analysis_run_metric_phase{namespace=~"$namespace"})',
      legend: '{{phase}}',
    },
  ],
  Controllers: [
    { title: 'Leads', type: 'stat', expr: 'sum(sluice_leader)', width: 4 },
    { title: 'Version', type: 'table', expr: 'sluice_build_info', width: 8 },
    {
      title: 'Failed passes',
      type: 'timeseries',
      expr: 'sum by (controller, class) (rate(sluice_reconcile_errors_total[$__rate_interval]))',
      legend: '{{controller}} {{class}}',
      width: 12,
    },
    {
      title: 'Duration of passes, 95 %',
      type: 'timeseries',
      expr: 'histogram_quantile(0.95, sum by (controller, le) (rate(sluice_reconcile_seconds_bucket[$__rate_interval])))',
      legend: '{{controller}}',
      unit: 's',
    },
    {
      title: 'Keys in line',
      type: 'timeseries',
      expr: 'sum by (name) (workqueue_depth)',
      legend: '{{name}}',
    },
    {
      title: 'Requests to the API server',
      type: 'timeseries',
      expr: 'sum by (verb, kind) (rate(sluice_kube_requests_total[$__rate_interval]))',
      legend: '{{verb}} {{kind}}',
      unit: 'reqps',
    },
    {
      title: 'Answers that are no success',
      type: 'timeseries',
      expr: 'sum by (code) (rate(sluice_kube_requests_total{code!~"2.."}[$__rate_interval]))',
      legend: '{{code}}',
      unit: 'reqps',
    },
    {
      title: 'Event-loop delay, 99 %',
      type: 'timeseries',
      expr: 'max(nodejs_eventloop_lag_p99_seconds)',
      unit: 's',
    },
    {
      title: 'Memory',
      type: 'timeseries',
      expr: 'process_resident_memory_bytes{job=~".*sluice.*"}',
      unit: 'bytes',
    },
    {
      title: 'Notifications',
      type: 'timeseries',
      expr: 'sum by (type) (rate(notification_send_success[$__rate_interval])) or sum by (type) (rate(notification_send_error[$__rate_interval]))',
      legend: '{{type}}',
    },
  ],
};
