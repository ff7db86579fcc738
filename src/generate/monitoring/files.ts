import { printYaml } from '#core/yaml/yaml.js';
import type { GeneratedFile } from '../crds.js';
import { alerts } from './alerts.js';
import { dashboardOf } from './dashboard.js';

const writtenBy = '# Written by `make generate` from src/generate/monitoring; do not edit.';

/** Alert rules and the Grafana dashboard, for `deploy/monitoring` and for the chart. */
export function renderMonitoring(): readonly GeneratedFile[] {
  const groups = [{ name: 'sluice', rules: alerts.map(ruleOf) }];
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'sluice', labels: { 'app.kubernetes.io/name': 'sluice' } },
    spec: { groups },
  };
  const dashboard = `${JSON.stringify(dashboardOf(), null, 2)}\n`;
  const rules = `${writtenBy}\n${printYaml({ groups })}`;
  return [
    { path: 'deploy/monitoring/prometheus-rule.yaml', text: `${writtenBy}\n${printYaml(rule)}` },
    { path: 'deploy/monitoring/dashboard.json', text: dashboard },
    { path: 'deploy/chart/files/alerts.yaml', text: rules },
    { path: 'deploy/chart/files/dashboard.json', text: `${JSON.stringify(dashboardOf())}\n` },
  ];
}

function ruleOf({
  alert,
  expr,
  for: lasting,
  severity,
  summary,
  description,
}: (typeof alerts)[number]): object {
  return { alert, expr, for: lasting, labels: { severity }, annotations: { summary, description } };
}
