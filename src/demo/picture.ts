import { formatCount, formatPercent, formatValue, printPhrase } from '#core/view/format.js';
import { gatesOf } from '#core/view/gates.js';
import { phaseOf } from '#core/view/phase.js';
import { planOf } from '#core/view/plan.js';
import { revisionsOf } from '#core/view/pods.js';
import { headlineOf } from '#core/view/sentence.js';
import type { ViewInput } from '#core/view/view-input.js';
import type { Block, MetricView } from '#core/view/wire.js';
import type { HostTotals } from './ledger.js';
import { canaryWeight, shopRollouts, type Scene } from './scene.js';

/** What the terminal shows at one moment. */
export interface Picture {
  /** What happens now, for instance `commit v2 3f2a91c`. */
  readonly title: string;
  readonly elapsedMs: number;
  readonly scene: Scene;
  /** By host: totals and the share of each version among recent answers. */
  readonly traffic: readonly { readonly totals: HostTotals; readonly shares: ReadonlyMap<string, number> }[];
  readonly pageUrl: string | undefined;
}

const marks: Readonly<Record<Block['state'], string>> = {
  done: '✔',
  current: '◔',
  future: '○',
  skipped: '⤼',
  failed: '✖',
  undone: '↶',
};

/** The picture as lines no wider than `columns`. */
export function drawPicture(picture: Picture, columns: number): readonly string[] {
  const seconds = Math.floor(picture.elapsedMs / 1000);
  const lines = [
    `${picture.title}   ${seconds} s`,
    ...(picture.pageUrl === undefined ? [] : [`page: ${picture.pageUrl}`]),
    '',
  ];
  for (const name of shopRollouts) {
    const view = picture.scene.views[name];
    const traffic = picture.traffic.find(({ totals }) => totals.host === `${name}.example`);
    if (view !== undefined) lines.push(...drawRollout(view, traffic), '');
  }
  return lines.map((line) => cut(line, columns));
}

/** One line that says where a rollout is; equal lines mean that nothing moved. */
export function plainLine(view: ViewInput): string {
  const weight = canaryWeight(view);
  const share = weight === undefined ? '' : ` canary ${formatPercent(weight)};`;
  return `${view.rollout.metadata.name}: ${phaseOf(view.rollout).phase};${share} ${headlineWithoutTimes(view)}`;
}

function headlineWithoutTimes(view: ViewInput): string {
  return printPhrase(
    headlineOf(view).filter((part) => typeof part === 'string'),
    view.now,
  );
}

function drawRollout(view: ViewInput, traffic: Picture['traffic'][number] | undefined): readonly string[] {
  const gates = gatesOf(view.runs, view.rollout.status?.currentPodHash);
  const blocks = planOf(view, gates).map((block) => `${marks[block.state]} ${block.label}`);
  const current = gates.filter((gate) => gate.isCurrent);
  return [
    `${view.rollout.metadata.name.padEnd(12)}${phaseOf(view.rollout).phase.padEnd(12)}${printPhrase(headlineOf(view), view.now)}`,
    ...(blocks.length === 0 ? [] : [`  steps     ${blocks.join('  ')}`]),
    `  weight    ${bar(canaryWeight(view) ?? 0)} wanted ${formatPercent(canaryWeight(view) ?? 0)}${seen(traffic)}`,
    `  replicas  ${revisionsOf(view)
      .filter((revision) => revision.total > 0)
      .map((revision) => `${revision.role} ${revision.image} ${revision.ready}/${revision.desired}`)
      .join('   ')}`,
    ...current.flatMap((gate) => gate.metrics.map(drawMetric)),
    ...(traffic === undefined ? [] : [`  requests  ${drawTotals(traffic.totals)}`]),
  ];
}

function drawMetric(metric: MetricView): string {
  const last = metric.measurements.at(-1);
  const value = last?.values[0];
  const shown =
    last === undefined
      ? 'not measured yet'
      : value === undefined || value === null
        ? 'no data'
        : formatValue(value);
  const limits = metric.limits.map((limit) => `${limit.op} ${formatValue(limit.value)}`).join(' and ');
  const verdict = last === undefined ? '' : last.outcome === 'pass' ? ' ✔' : ` ✖ ${last.outcome}`;
  return `  gate      ${metric.name.padEnd(16)}${shown.padStart(10)}  wanted ${limits}${verdict}`;
}

function drawTotals({ sent, failed, dropped }: HostTotals): string {
  return `${formatCount(sent, 'request')} sent, ${failed} failed by the app, ${dropped} dropped by delivery`;
}

function seen(traffic: Picture['traffic'][number] | undefined): string {
  const shares = [...(traffic?.shares ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (shares.length === 0) return '';
  return `, answered by ${shares.map(([version, share]) => `${version} ${formatPercent(Math.round(share * 100))}`).join(', ')}`;
}

function bar(percent: number): string {
  const filled = Math.round(percent / 5);
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)}`;
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
