import type { Command } from 'commander';
import { prepareRun } from '#core/analysis/spec/prepare.js';
import type { Gate } from '#core/gate-trial/gate.js';
import { withPrometheusAt } from '#core/gate-trial/redirect.js';
import { isObject } from '#core/json/json.js';
import { ExitWith } from '../../command.js';
import { wordFlag } from '../../flags.js';
import type { Io } from '../../io.js';
import { hasColours, tinted } from '../../print/colour.js';
import { exitCodeOf } from './exit-code.js';
import { defaultControllerNamespace, withSources, type LiveGate } from './live.js';
import { measureOnce, type OnceMeasured } from './measure-once.js';
import { markOf, printPhase } from './print-report.js';
import { addressFlag, chooseGate, readGateFiles, type GateFlags } from './read-gate.js';
import { watchRun } from './watch-run.js';

interface Flags extends GateFlags {
  readonly prometheus?: string;
  readonly watch?: boolean;
  readonly output: string;
  readonly controllerNamespace: string;
}

/** `sluice analysis run FILE`: measures a gate now, against its real sources. */
export function registerRun(analysis: Command, io: Io): void {
  const command = analysis
    .command('run <file...>')
    .description('measure a gate once, now, against its real sources')
    .option('--arg <name=value...>', 'value of an argument, also of one that is in a Secret')
    .option('--name <name...>', 'the templates that are meant; default all that no other template names')
    .option('--prometheus <url>', 'the Prometheus to ask; default the address of each metric')
    .option('-w, --watch', 'the whole run, with its intervals and limits, until it has a verdict')
    .option(
      '--controller-namespace <name>',
      'where sources such as Datadog keep their credentials',
      defaultControllerNamespace,
    )
    .option('-o, --output <format>', 'text or json', 'text')
    .action(async (paths: readonly string[], flags: Flags) => {
      const output = wordFlag('--output', flags.output, ['text', 'json']);
      const { controllerNamespace, prometheus } = flags;
      const given = chooseGate(await readGateFiles(io, paths), paths, flags);
      const gate =
        prometheus === undefined
          ? given
          : { ...given, run: withPrometheusAt(given.run, addressFlag(prometheus)) };
      const code = await withSources(io, command, { gate, controllerNamespace }, async (live) =>
        flags.watch === true
          ? watchRun(io, gate, live, output === 'json')
          : once(io, gate, live, output === 'json'),
      );
      throw new ExitWith(io.interrupted.aborted ? 130 : code);
    });
}

async function once(io: Io, gate: Gate, live: LiveGate, isJson: boolean): Promise<number> {
  const prepared = prepareRun(live.run);
  if (!prepared.ok) throw new ExitWith(2, `${gate.subject}: ${prepared.message}`);
  const { metrics, rules } = prepared.value;
  const measured = await measureOnce(live, metrics, rules, io.interrupted);
  const verdict = worstOf(measured);
  if (isJson) io.out.write(`${JSON.stringify(asJson(gate, verdict, measured), undefined, 2)}\n`);
  else print(io, gate, verdict, measured);
  return exitCodeOf(verdict);
}

const fromGood = ['Successful', 'Running', 'Inconclusive', 'Error', 'Failed'];

/** The worst phase of those that count. */
function worstOf(measured: readonly OnceMeasured[]): string {
  const phases = measured.filter(({ isDryRun }) => !isDryRun).map(({ measurement }) => measurement.phase);
  return fromGood.findLast((phase) => phases.some((one) => one === phase)) ?? 'Successful';
}

function asJson({ subject }: Gate, verdict: string, measured: readonly OnceMeasured[]): unknown {
  return {
    gate: subject,
    verdict,
    metrics: measured.map(({ name, isDryRun, provider, asked, measurement, metadata, tookMs }) => ({
      name,
      phase: measurement.phase,
      value: measurement.value ?? '',
      message: measurement.message ?? '',
      dryRun: isDryRun,
      provider,
      asked: asked.provider,
      conditions: conditionsOf(asked),
      metadata,
      tookMs: Math.round(tookMs),
    })),
  };
}

function conditionsOf({ successCondition, failureCondition }: OnceMeasured['asked']): object {
  return {
    ...(successCondition ? { success: successCondition } : {}),
    ...(failureCondition ? { failure: failureCondition } : {}),
  };
}

function print(io: Io, { subject }: Gate, verdict: string, measured: readonly OnceMeasured[]): void {
  const isColoured = hasColours(io);
  io.out.write(`${subject}\n`);
  for (const one of measured) {
    const { phase, value = '', message = '' } = one.measurement;
    const took = `${Math.round(one.tookMs)} ms`;
    const head = `${one.name}: ${tinted(printPhase(phase), markOf(phase), isColoured)}`;
    const shown = value === '' ? '' : `, value ${value}`;
    io.out.write(`\n${head}${shown} (${took})${one.isDryRun ? ', dry run: does not count' : ''}\n`);
    const says = message === '' ? (one.metadata['says'] ?? '') : message;
    for (const [label, text] of [['', says], ['', hintOf(one)], ...askedLines(one)]) {
      if (text === undefined || text === '') continue;
      const [first = '', ...more] = text.trimEnd().split('\n');
      const indent = label === '' ? '' : `${label.padEnd(8)} `;
      io.out.write(
        `  ${indent}${first}\n${more.map((line) => `  ${' '.repeat(indent.length)}${line}\n`).join('')}`,
      );
    }
  }
  io.out.write(`\n${tinted(printPhase(verdict), markOf(verdict), isColoured)}\n`);
}

/** Addresses of a cluster are mostly unknown outside of it. */
function hintOf({ provider, measurement: { phase, message = '' } }: OnceMeasured): string {
  const isAway = phase === 'Error' && /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|no answer within/.test(message);
  return isAway && provider === 'prometheus'
    ? 'is the address right from here? --prometheus URL says another one'
    : '';
}

/** What was asked where, and by what it was judged. */
function askedLines({ provider, asked }: OnceMeasured): readonly (readonly [string, string])[] {
  const config = Object.values(asked.provider).find(isObject) ?? {};
  const text = (field: string): string => {
    const value = config[field];
    return typeof value === 'string' ? value : '';
  };
  const where = text('address') === '' ? text('url') : text('address');
  return [
    ['source', `${provider} ${where}`.trim()],
    ['query', text('query')],
    ['success', asked.successCondition ?? ''],
    ['failure', asked.failureCondition ?? ''],
  ];
}
