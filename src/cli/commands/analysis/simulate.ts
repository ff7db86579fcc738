import type { Command } from 'commander';
import type { Gate, GateFiles } from '#core/gate-trial/gate.js';
import { plotTrial } from '#core/gate-trial/plot.js';
import { reportTrial, type TrialReport } from '#core/gate-trial/report.js';
import { verdictOf, type Scenario, type Verdict } from '#core/gate-trial/scenarios.js';
import { findSeriesProblems, simulate, type SimulationEnd } from '#core/gate-trial/simulate.js';
import type { DataProblem } from '#core/gate-trial/series.js';
import { formatGoDuration } from '#core/time/duration.js';
import { instantOf } from '#core/time/instant.js';
import { ExitWith, UsageError } from '../../command.js';
import { durationFlag, wordFlag } from '../../flags.js';
import type { Io } from '../../io.js';
import { hasColours, tinted } from '../../print/colour.js';
import { exitCodeOf } from './exit-code.js';
import { printTimeline, printVerdict, printPhase, printSeconds } from './print-report.js';
import { chooseGate, readGateFiles, type GateFlags } from './read-gate.js';
import { readScenarios, type DataFile } from './read-data.js';

interface Flags extends GateFlags {
  readonly data: string;
  readonly expect?: string;
  readonly stopAfter?: string;
  readonly output: string;
  readonly scenario?: string;
}

/** `sluice analysis simulate FILE --data series.yaml`: the verdict that a gate gives on these measurements. */
export function registerSimulate(analysis: Command, io: Io): void {
  analysis
    .command('simulate <file...>')
    .description('play a gate against given measurements in virtual time; needs no cluster')
    .requiredOption('-d, --data <file>', 'the measurements, see docs/analysis.md; - is standard input')
    .option('--arg <name=value...>', 'value of an argument')
    .option('--name <name...>', 'the templates that are meant; default all that no other template names')
    .option('--scenario <name>', 'only this scenario of the data, with its timeline')
    .option('--expect <verdict>', 'exit 0 when the verdict is this one, else 1')
    .option('--stop-after <duration>', 'stop the run then, as a Rollout that is done with it does')
    .option('-o, --output <format>', 'table, json or svg (a picture)', 'table')
    .action(async (files: readonly string[], flags: Flags) => {
      const output = wordFlag('--output', flags.output, ['table', 'json', 'svg']);
      const data = await readScenarios(io, flags.data);
      const scenarios = chosen(data, flags);
      const gates = await readGateFiles(io, files);
      const played = scenarios.map((scenario) => play(io, { paths: files, gates, flags, data, scenario }));
      if (output === 'json') io.out.write(`${JSON.stringify(asJson(played), undefined, 2)}\n`);
      else if (output === 'svg') io.out.write(pictureOf(played));
      else printAll(io, played);
      throw new ExitWith(codeOf(played));
    });
}

interface Played {
  readonly scenario: Scenario;
  readonly gate: Gate;
  readonly report: TrialReport;
  readonly end: SimulationEnd;
  /** What does not agree with the expectation; `undefined`: nothing. */
  readonly miss: string | undefined;
}

function chosen({ file, scenarios }: DataFile, { scenario, expect }: Flags): readonly Scenario[] {
  const wanted = expectFlag(expect);
  const found = scenario === undefined ? scenarios : scenarios.filter(({ name }) => name === scenario);
  if (found.length === 0) {
    const names = scenarios.map(({ name }) => `"${name ?? ''}"`).join(', ');
    throw new UsageError(`--scenario ${scenario ?? ''}: ${file} has ${names}`);
  }
  return wanted === undefined ? found : found.map((one) => ({ ...one, expect: wanted }));
}

function expectFlag(text: string | undefined): Verdict | undefined {
  if (text === undefined) return undefined;
  const verdict = verdictOf(text);
  if (verdict !== undefined) return verdict;
  throw new UsageError(`--expect ${text}: expected Successful, Failed, Error, Inconclusive or Running`);
}

interface Order {
  readonly paths: readonly string[];
  readonly gates: GateFiles;
  readonly flags: Flags;
  readonly data: DataFile;
  readonly scenario: Scenario;
}

function play(io: Io, { paths, gates, flags, data, scenario }: Order): Played {
  const given = Object.entries(scenario.args).map(([name, value]) => `${name}=${value}`);
  const own = new Set(Object.keys(scenario.args));
  const others = (flags.arg ?? []).filter((arg) => !own.has(arg.split('=')[0] ?? ''));
  const gate = chooseGate(gates, paths, { ...flags, arg: [...given, ...others] });
  const index = data.scenarios.findIndex(({ name }) => name === scenario.name);
  const at = scenario.name === undefined ? '' : `scenarios[${index}].metrics`;
  data.refuse(findSeriesProblems(gate.run, scenario.series).map((problem) => below(at, problem)));
  const startedAt = instantOf(Math.floor(io.clock.now() / 1000) * 1000);
  const stopAfterMs =
    flags.stopAfter === undefined ? undefined : durationFlag('--stop-after', flags.stopAfter);
  const options = stopAfterMs === undefined ? { startedAt } : { startedAt, stopAfterMs };
  const { trial, end } = simulate(gate.run, scenario.series, options);
  const report = reportTrial(trial);
  return { scenario, gate, report, end, miss: missOf(scenario, report) };
}

function below(at: string, { path, message }: DataProblem): DataProblem {
  return { path: [at, path].filter((part) => part !== '').join('.'), message };
}

function missOf({ expect, withinMs }: Scenario, { verdict, afterSeconds }: TrialReport): string | undefined {
  if (expect !== undefined && verdict !== expect) return `expected ${expect}`;
  if (withinMs === undefined || afterSeconds * 1000 <= withinMs) return undefined;
  return `expected within ${formatGoDuration(withinMs)}`;
}

/** Whether expectations hold, where there are any; else the verdict of the one run. */
function codeOf(played: readonly Played[]): number {
  if (played.some(({ miss }) => miss !== undefined)) return 1;
  const open = played.filter(({ scenario }) => scenario.expect === undefined);
  return Math.max(0, ...open.map(({ report }) => exitCodeOf(report.verdict)));
}

function pictureOf(played: readonly Played[]): string {
  const [first, ...others] = played;
  if (first === undefined || others.length > 0)
    throw new UsageError('-o svg shows one run: choose it by --scenario');
  return plotTrial(titleOf(first), first.report);
}

function titleOf({ scenario, gate }: Played): string {
  return scenario.name === undefined ? gate.subject : `${gate.subject}: ${scenario.name}`;
}

function printAll(io: Io, played: readonly Played[]): void {
  const [first, ...others] = played;
  if (first === undefined) return;
  if (others.length > 0) printScenarios(io, played);
  else printOne(io, first);
}

function printOne(io: Io, played: Played): void {
  const { report, end, miss } = played;
  io.out.write(`${titleOf(played)}\n\n${printTimeline(report, io)}\n${printVerdict(report, hasColours(io))}`);
  if (end !== 'completed') io.out.write(`  the run goes on: ${endWords[end]}\n`);
  if (miss !== undefined) io.err.write(`error: the verdict is ${report.verdict}: ${miss}\n`);
}

const endWords: Readonly<Record<SimulationEnd, string>> = {
  completed: 'it is completed',
  'data used up': 'it has no count, and the data is used up; --stop-after says when it is stopped',
  'time is over': 'nothing would happen any more',
  'too long': 'there are more measurements than a simulation takes',
};

function printScenarios(io: Io, played: readonly Played[]): void {
  const isColoured = hasColours(io);
  for (const { scenario, report, miss } of played) {
    const mark = miss === undefined ? 'ok' : 'bad';
    const sign = tinted(miss === undefined ? '✔' : '✖', mark, isColoured);
    const verdict = `${printPhase(report.verdict)} after ${printSeconds(report.afterSeconds)}`;
    io.out.write(`${sign} ${scenario.name ?? ''}: ${verdict}${miss === undefined ? '' : `, ${miss}`}\n`);
    if (report.message !== '') io.out.write(`    ${report.message}\n`);
  }
  const missed = played.filter(({ miss }) => miss !== undefined).length;
  io.out.write(`${played.length} scenarios, ${missed} not as expected\n`);
}

function asJson(played: readonly Played[]): unknown {
  const all = played.map(({ scenario, gate, report, end, miss }) => ({
    ...(scenario.name === undefined ? {} : { scenario: scenario.name }),
    gate: gate.subject,
    ...report,
    end,
    ...(scenario.expect === undefined ? {} : { expected: scenario.expect, isAsExpected: miss === undefined }),
  }));
  return all.length === 1 ? all[0] : all;
}
