import { fitLine, wrapWords } from '#cli/print/fit.js';
import { tinted } from '#cli/print/colour.js';
import {
  formatCount,
  formatPercent,
  formatValue,
  printPhrase,
  printTimeless,
} from '#core/view/words/format.js';
import { gatesOf } from '#core/view/gates/gates.js';
import { phaseOf } from '#core/view/words/phase.js';
import { planOf } from '#core/view/plan/plan.js';
import { revisionsOf } from '#core/view/facts/pods.js';
import { headlineOf } from '#core/view/words/sentence.js';
import type { ViewInput } from '#core/view/view-input.js';
import { weightOf } from '#core/view/facts/weight.js';
import type { Block } from '#core/view/wire/detail.js';
import type { GateView, Limit, MetricView, Outcome } from '#core/view/wire/gate.js';
import type { Mark } from '#core/view/wire/list.js';
import type { HostTotals } from './ledger.js';
import { imageTag, shopRollouts, type Scene } from './scene.js';

/** What the terminal shows at one moment. */
export interface Picture {
  /** What happens now, for instance `commit v2: a good version`. */
  readonly title: string;
  readonly elapsedMs: number;
  readonly scene: Scene;
  /** By host: totals and the share of each version among recent answers. */
  readonly traffic: readonly Traffic[];
  readonly pageUrl: string | undefined;
}

interface Traffic {
  readonly totals: HostTotals;
  readonly shares: ReadonlyMap<string, number>;
}

interface Paper {
  readonly columns: number;
  readonly isColoured: boolean;
}

const steps: Readonly<Record<Block['state'], readonly [sign: string, mark: Mark]>> = {
  done: ['✔', 'ok'],
  current: ['▶', 'run'],
  future: ['○', 'off'],
  skipped: ['⤼', 'off'],
  failed: ['✖', 'bad'],
  undone: ['↶', 'off'],
};

const outcomes: Readonly<Record<Outcome, readonly [words: string, mark: Mark]>> = {
  pass: ['✔ passes', 'ok'],
  fail: ['✖ fails', 'bad'],
  undecided: ['? undecided', 'undecided'],
  error: ['? source error', 'wait'],
  nodata: ['? no data yet', 'wait'],
  pending: ['… measuring', 'run'],
};

const barCells = 16;

/** The picture as lines no wider than the paper. */
export function drawPicture(picture: Picture, paper: Paper): readonly string[] {
  const clock = `${Math.floor(picture.elapsedMs / 1000)} s`;
  const title = picture.title.padEnd(Math.min(paper.columns, 100) - clock.length - 1);
  const lines = [
    `${title} ${clock}`,
    ...(picture.pageUrl === undefined ? [] : [`page: ${picture.pageUrl}`]),
    '',
  ];
  for (const name of shopRollouts) {
    const view = picture.scene.views[name];
    const traffic = picture.traffic.find(({ totals }) => totals.host === `${name}.example`);
    if (view !== undefined) lines.push(...drawRollout(view, traffic, paper), '');
  }
  return lines.map((line) => fitLine(line, paper.columns));
}

/** One line that says where a rollout is, without times; equal lines mean that nothing moved. */
export function plainLine(view: ViewInput): string {
  return `${view.rollout.metadata.name}: ${phaseOf(view.rollout).phase}. ${printTimeless(headlineOf(view))}`;
}

function drawRollout(view: ViewInput, traffic: Traffic | undefined, paper: Paper): readonly string[] {
  const gates = gatesOf(view.runs, view.rollout.status?.currentPodHash);
  const { phase, mark } = phaseOf(view.rollout);
  const headline = wrapWords(printPhrase(headlineOf(view), view.now), Math.min(paper.columns, 120) - 2);
  return [
    `${view.rollout.metadata.name.padEnd(12)} ${tinted(phase, mark, paper.isColoured)}`,
    ...headline.map((line) => `  ${line}`),
    ...drawSteps(view, gates, paper),
    row('weight', drawWeight(view, traffic)),
    row('replicas', drawReplicas(view)),
    ...drawGates(gates, paper),
    ...(traffic === undefined ? [] : [row('requests', drawTotals(traffic.totals))]),
  ];
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(10)}${text}`;
}

function drawSteps(view: ViewInput, gates: readonly GateView[], paper: Paper): readonly string[] {
  const blocks = planOf(view, gates).map((block) => {
    const [sign, mark] = steps[block.state];
    const note = block.state === 'current' ? printPhrase(block.note, view.now) : '';
    return tinted(`${sign} ${block.label}${note === '' ? '' : ` (${note})`}`, mark, paper.isColoured);
  });
  return blocks.length === 0 ? [] : [row('steps', blocks.join('   '))];
}

/** The share that the newest version is to get, and the share of the answers that it gave. */
function drawWeight(view: ViewInput, traffic: Traffic | undefined): string {
  const wanted = weightOf(view)?.wanted ?? 0;
  const share = traffic?.shares.get(imageTag(view)) ?? 0;
  const hasAnswers = (traffic?.shares.size ?? 0) > 0;
  const seen = hasAnswers ? `   seen ${bar(share * 100)}` : '';
  return `wanted ${bar(wanted)}${seen}`;
}

function bar(percent: number): string {
  const filled = Math.round((percent * barCells) / 100);
  const cells = `${'█'.repeat(filled)}${'░'.repeat(barCells - filled)}`;
  return `${cells} ${formatPercent(Math.round(percent)).padStart(5)}`;
}

function drawReplicas(view: ViewInput): string {
  return revisionsOf(view)
    .filter((revision) => revision.total > 0)
    .map(({ role, image, ready, desired }) => `${role} ${tagOf(image)} ${ready}/${desired}`)
    .join('   ');
}

function tagOf(image: string): string {
  return image.slice(image.lastIndexOf(':') + 1);
}

function drawGates(gates: readonly GateView[], paper: Paper): readonly string[] {
  const metrics = gates.filter((gate) => gate.isCurrent).flatMap((gate) => gate.metrics);
  const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));
  const names = width(metrics.map(({ name }) => name));
  const limits = width(metrics.map(limitWords));
  return metrics.map((metric) => {
    const last = metric.measurements.at(-1);
    const [words, mark] = outcomes[last?.outcome ?? 'pending'];
    const value = valueWords(metric).padStart(8);
    const cells = `${metric.name.padEnd(names)} ${value}  ${limitWords(metric).padEnd(limits)}`;
    return row('gate', `${cells}  ${tinted(words, mark, paper.isColoured)}`);
  });
}

function valueWords(metric: MetricView): string {
  const value = metric.measurements.at(-1)?.values[0];
  return typeof value === 'number' && !Number.isNaN(value) ? formatValue(value) : '–';
}

function limitWords(metric: MetricView): string {
  const words = (limit: Limit): string =>
    `${limit.condition === 'success' ? 'wanted' : 'fails at'} ${limit.op} ${formatValue(limit.value)}`;
  return [...metric.limits.map(words), ...metric.notALine].join(' and ');
}

function drawTotals({ sent, failed, dropped }: HostTotals): string {
  return `${formatCount(sent, 'request')} sent, ${failed} failed by the app, ${dropped} dropped by delivery`;
}
