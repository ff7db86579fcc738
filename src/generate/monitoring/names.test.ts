import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { analysisRunFamilies, analysisTemplateFamilies } from '#core/metrics-view/analysis-families.js';
import { experimentFamilies } from '#core/metrics-view/experiment-families.js';
import { rolloutFamilies } from '#core/metrics-view/rollout-families.js';
import { createMetrics } from '#runtime/metrics/metrics.js';
import { queueNames, subjects } from '../../main/scrape.js';
import { alerts } from './alerts.js';
import { dashboardOf } from './dashboard.js';
import { rows } from './panels.js';

/** Every metric that a process serves, with the series of histograms. */
async function served(): Promise<ReadonlySet<string>> {
  const { registry } = createMetrics({ version: 'test', subjects, queueNames });
  const counted = (await registry.getMetricsAsJSON()).flatMap(({ name, type }) =>
    String(type) === 'histogram' ? [name, `${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  );
  const families = [
    ...rolloutFamilies,
    ...analysisRunFamilies,
    ...analysisTemplateFamilies,
    ...experimentFamilies,
  ];
  return new Set([...counted, ...families.map(({ name }) => name)]);
}

/** The metrics that a query names: words that are no function, keyword or label. */
function metricsIn(expr: string): readonly string[] {
  const bare = expr
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(by|without|on)\s*\([^)]*\)/g, '')
    .replaceAll(/\b[a-z_]+\s*\(/g, '(');
  return [...bare.matchAll(/[a-z][a-z0-9_]*/g)]
    .map(([word]) => word)
    .filter((word) => !/^(or|and|unless)$/.test(word));
}

describe('alert rules and dashboard', () => {
  const exprs = [
    ...alerts.map(({ alert, expr }) => [alert, expr] as const),
    ...Object.values(rows).flatMap((panels) => panels.map(({ title, expr }) => [title, expr] as const)),
  ];
  it('ask only for metrics that are served', async () => {
    const names = await served();
    for (const [title, expr] of exprs) {
      const used = metricsIn(expr);
      expect(used, title).not.to.deep.equal([]);
      for (const name of used) expect([...names], `${title}: ${name}`).to.include(name);
    }
  });

  it('lay the panels out without overlap, and number them', () => {
    const { panels }: any = dashboardOf();
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }: any) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)}/${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).to.equal(cells.length);
    expect(Math.max(...panels.map(({ gridPos }: any) => gridPos.x + gridPos.w))).to.equal(24);
    expect(new Set(panels.map(({ id }: any) => id)).size).to.equal(panels.length);
  });

  it('are rules that promtool takes', function () {
    const { status, stdout, error } = spawnSync(
      'promtool',
      ['check', 'rules', 'deploy/chart/files/alerts.yaml'],
      {
        encoding: 'utf8',
      },
    );
    if (error !== undefined) this.skip();
    expect(status, stdout).to.equal(0);
  });
});
