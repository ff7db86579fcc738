/** One alert rule of Prometheus. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  readonly description: string;
}

/** What somebody should look at; the names of metrics are those of `/metrics`, which a test compares. */
export const alerts: readonly Alert[] = [
  {
    alert: 'SluiceDown',
    expr: 'absent(sluice_leader == 1)',
    for: '5m',
    severity: 'critical',
    summary: 'No controller holds the lease',
    description:
      'Releases stand still; traffic stays as it is. See the log of the pods and the Lease in their namespace.',
  },
  {
    alert: 'SluiceReconcileErrors',
    expr: 'sum by (controller, class) (rate(sluice_reconcile_errors_total{class!~"Conflict|Cancelled|InvalidSpec"}[10m])) > 0.05',
    for: '15m',
    severity: 'warning',
    summary: 'Passes of {{ $labels.controller }} fail ({{ $labels.class }})',
    description: 'The log says which object and why; class Denied is a missing right or a quota.',
  },
  {
    alert: 'SluiceWatchErrors',
    expr: 'sum by (kind) (increase(sluice_watch_errors_total[10m])) > 10',
    for: '15m',
    severity: 'warning',
    summary: 'Watching {{ $labels.kind }} fails again and again',
    description: 'The controllers may not see changes of this kind: rights, the API server or the network.',
  },
  {
    alert: 'SluiceEventLoopSlow',
    expr: 'nodejs_eventloop_lag_p99_seconds{job=~".*sluice.*"} > 0.25',
    for: '15m',
    severity: 'warning',
    summary: 'The controllers are slow to react',
    description:
      'The process has more to do than one thread can: give it more CPU, or split the cluster among instances.',
  },
  {
    alert: 'SluiceQueueDepth',
    expr: 'max by (name) (workqueue_depth{job=~".*sluice.*"}) > 100',
    for: '15m',
    severity: 'warning',
    summary: 'The queue of {{ $labels.name }} does not get empty',
    description: 'Objects wait longer for a pass than they should.',
  },
  {
    alert: 'RolloutAborted',
    expr: 'rollout_info{phase="Abort"} == 1',
    for: '1m',
    severity: 'warning',
    summary: 'Rollout {{ $labels.namespace }}/{{ $labels.name }} was aborted',
    description:
      'All traffic is at the stable version. `sluice why {{ $labels.name }} -n {{ $labels.namespace }}` says what ended it.',
  },
  {
    alert: 'RolloutStuck',
    expr: 'rollout_info{phase=~"Timeout|Error|InvalidSpec"} == 1',
    for: '5m',
    severity: 'warning',
    summary: 'Rollout {{ $labels.namespace }}/{{ $labels.name }} does not get on ({{ $labels.phase }})',
    description: '`sluice why {{ $labels.name }} -n {{ $labels.namespace }}` says what it waits for.',
  },
  {
    alert: 'RolloutPausedLong',
    expr: 'rollout_info{phase="Paused"} == 1',
    for: '24h',
    severity: 'warning',
    summary: 'Rollout {{ $labels.namespace }}/{{ $labels.name }} has been paused for a day',
    description: 'Two versions share the traffic until somebody promotes or aborts.',
  },
  {
    alert: 'RolloutUnavailableReplicas',
    expr: 'rollout_info_replicas_unavailable > 0',
    for: '30m',
    severity: 'warning',
    summary: 'Rollout {{ $labels.namespace }}/{{ $labels.name }} lacks available pods',
    description: 'Pods are not ready for half an hour.',
  },
  {
    alert: 'RolloutNotificationErrors',
    expr: 'sum by (namespace, name) (increase(notification_send_error[15m])) > 0',
    for: '15m',
    severity: 'warning',
    summary: 'Notifications of {{ $labels.namespace }}/{{ $labels.name }} cannot be sent',
    description: 'The log says which service refused and why.',
  },
];
