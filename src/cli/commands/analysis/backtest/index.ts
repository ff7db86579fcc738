import type { Command } from 'commander';
import {
  judgeRelease,
  summarise,
  type BacktestRow,
  type BacktestSummary,
} from '#core/gate-trial/backtest.js';
import type { Gate, GateFiles } from '#core/gate-trial/gate.js';
import { sourcesOf, withPrometheusAt } from '#core/gate-trial/redirect.js';
import { parseReleases, quietReleases, type Release } from '#core/gate-trial/releases.js';
import { parseGoDuration } from '#core/time/duration.js';
import { addMs, formatInstant, parseInstant, type Instant } from '#core/time/instant.js';
import type { Mark } from '#core/view/wire/list.js';
import { ExitWith, UsageError } from '../../../command.js';
import { durationFlag, wordFlag } from '../../../flags.js';
import type { Io } from '../../../io.js';
import { hasColours, tinted } from '../../../print/colour.js';
import { printTable } from '../../../print/table.js';
import { printPhase, printSeconds } from '../print-report.js';
import { readYamlFile } from '../read-data.js';
import { addressFlag, chooseGate, readGateFiles, type GateFlags } from '../read-gate.js';
import { openPast, type Past } from './play-past.js';
import { probe } from './probe.js';

interface Flags extends GateFlags {
  readonly prometheus?: string;
  readonly from?: string;
  readonly to?: string;
  readonly releases?: string;
  readonly quietEvery?: string;
  readonly runFor: string;
  readonly without?: readonly string[];
  readonly output: string;
}

/** `sluice analysis backtest FILE`: what a gate would have said at releases of the past. */
export function registerBacktest(analysis: Command, io: Io): void {
  analysis
    .command('backtest <file...>')
    .description('what a gate would have said at past releases, as Prometheus remembers them')
    .option('--prometheus <url>', 'the Prometheus to ask; default the address of each metric')
    .option('--from <time>', 'leave out what was before: a time, or how long ago, such as 30d or 12h')
    .option('--to <time>', 'leave out what was after; default now')
    .option('--releases <file>', 'a list of releases with at, bad, and if wanted until, name, args')
    .option('--quiet-every <duration>', 'try quiet times too, as good releases: one every so often')
    .option('--run-for <duration>', 'how long the gate runs at a release without until', '1h')
    .option('--arg <name=value...>', 'value of an argument, also of one that is in a Secret')
    .option('--name <name...>', 'the templates that are meant; default all that no other template names')
    .option('--without <metric...>', 'leave these metrics out')
    .option('-o, --output <format>', 'table or json', 'table')
    .action(async (paths: readonly string[], flags: Flags) => {
      const output = wordFlag('--output', flags.output, ['table', 'json']);
      const files = await readGateFiles(io, paths);
      const releases = await chooseReleases(io, flags);
      const gateOf = (release: Release): Gate => gateAt(files, paths, flags, release);
      const [first] = releases;
      if (first !== undefined) await probe(io, gateOf(first));
      const rows = await playAll(io, openPast(io), releases, { gateOf, runForMs: runForOf(flags) });
      const summary = summarise(rows);
      if (output === 'json') io.out.write(`${JSON.stringify({ releases: rows, summary }, undefined, 2)}\n`);
      else print(io, rows, summary);
      throw new ExitWith(summary.missed + summary.falseAlarms + summary.noData > 0 ? 1 : 0);
    });
}

function runForOf({ runFor }: Flags): number {
  return durationFlag('--run-for', runFor);
}

async function chooseReleases(io: Io, flags: Flags): Promise<readonly Release[]> {
  const now = io.clock.now();
  const to = timeFlag('--to', flags.to, now) ?? now;
  const from = timeFlag('--from', flags.from, now);
  const known = flags.releases === undefined ? [] : await readReleases(io, flags.releases);
  const inside = known.filter(({ at }) => at <= to && (from === undefined || at >= from));
  const quiet = quietOf(flags, { from, to, known });
  const chosen = [...inside, ...quiet].toSorted((a, b) => a.at - b.at);
  if (chosen.length > 0) return chosen;
  if (flags.releases === undefined && flags.quietEvery === undefined)
    throw new UsageError('--releases or --quiet-every is needed: a file of past releases, or quiet times');
  const span = `${from === undefined ? 'the beginning' : formatInstant(from)} and ${formatInstant(to)}`;
  throw new ExitWith(1, `there is no release between ${span}`);
}

async function readReleases(io: Io, file: string): Promise<readonly Release[]> {
  const { value, refuse } = await readYamlFile(io, file);
  const parsed = parseReleases(value);
  if (parsed.ok) return parsed.value;
  refuse(parsed.problems);
  return [];
}

interface Span {
  readonly from: Instant | undefined;
  readonly to: Instant;
  readonly known: readonly Release[];
}

function quietOf(flags: Flags, { from, to, known }: Span): readonly Release[] {
  if (flags.quietEvery === undefined) return [];
  const everyMs = durationFlag('--quiet-every', flags.quietEvery);
  if (everyMs === 0) throw new UsageError('--quiet-every 0: expected a duration such as 1h');
  if (from === undefined) throw new UsageError('--quiet-every needs --from: when do quiet times begin?');
  return quietReleases(from, to, { everyMs, lastMs: runForOf(flags), known });
}

/** RFC 3339, or how long ago: a duration of Go, or days. */
function timeFlag(flag: string, text: string | undefined, now: Instant): Instant | undefined {
  if (text === undefined) return undefined;
  const days = /^-?(\d+)d$/.exec(text)?.[1];
  const agoMs = days === undefined ? parseGoDuration(text.replace(/^-/, '')) : Number(days) * 86_400_000;
  if (agoMs !== undefined) return addMs(now, -agoMs);
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? parseInstant(text) : undefined;
  if (at !== undefined) return at;
  throw new UsageError(
    `${flag} ${text}: expected a time such as 2026-03-01T10:00:00Z, or how long ago, such as 30d`,
  );
}

function gateAt(files: GateFiles, paths: readonly string[], flags: Flags, release: Release): Gate {
  const own = Object.entries(release.args).map(([name, value]) => `${name}=${value}`);
  const others = (flags.arg ?? []).filter((arg) => !Object.hasOwn(release.args, arg.split('=')[0] ?? ''));
  const gate = chooseGate(files, paths, { ...flags, arg: [...own, ...others] });
  const left = new Set(flags.without);
  const metrics = gate.run.spec.metrics.filter(({ name }) => !left.has(name));
  const other = metrics.find((metric) => sourcesOf(metric).some((id) => id !== 'prometheus'));
  if (other !== undefined) {
    const ids = sourcesOf(other).join(' and ');
    const text = `metric "${other.name}" is of ${ids}, which cannot be asked about the past: leave it out by --without ${other.name}`;
    throw new ExitWith(1, `${paths.join(', ')}: ${text}`);
  }
  const run = { ...gate.run, spec: { ...gate.run.spec, metrics } };
  return {
    ...gate,
    run: flags.prometheus === undefined ? run : withPrometheusAt(run, addressFlag(flags.prometheus)),
  };
}

interface PlayOptions {
  readonly gateOf: (release: Release) => Gate;
  readonly runForMs: number;
}

async function playAll(
  io: Io,
  past: Past,
  releases: readonly Release[],
  { gateOf, runForMs }: PlayOptions,
): Promise<readonly BacktestRow[]> {
  const rows: BacktestRow[] = [];
  for (const [i, release] of releases.entries()) {
    if (io.err.columns !== undefined) io.err.write(`\r${i + 1} of ${releases.length} `);
    rows.push(judgeRelease(release, await past.play(gateOf(release), release, runForMs)));
  }
  if (io.err.columns !== undefined) io.err.write('\r');
  return rows;
}

const marks: Readonly<Record<BacktestRow['judgement'], Mark>> = {
  caught: 'ok',
  passed: 'ok',
  missed: 'bad',
  'false alarm': 'bad',
  paused: 'undecided',
  'no data': 'wait',
};

function print(io: Io, rows: readonly BacktestRow[], summary: BacktestSummary): void {
  const isColoured = hasColours(io);
  const cells = rows.map((row) => [
    row.release,
    row.bad ? 'bad' : 'good',
    printPhase(row.verdict),
    printSeconds(row.afterSeconds),
    row.judgement,
    whyOf(row),
  ]);
  const lines = printTable(['RELEASE', 'WAS', 'VERDICT', 'AFTER', 'GATE', 'WHY'], cells).split('\n');
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    const judgement = rows[i - 1]?.judgement;
    const text = judgement === undefined ? line : colourWord(line, judgement, isColoured);
    io.out.write(`${text}\n`);
  }
  io.out.write(`\n${printSummary(summary)}`);
}

function colourWord(line: string, judgement: BacktestRow['judgement'], isColoured: boolean): string {
  return line.replace(`  ${judgement}  `, () => `  ${tinted(judgement, marks[judgement], isColoured)}  `);
}

function whyOf({ because, earlierSeconds }: BacktestRow): string {
  const earlier = earlierSeconds === undefined ? '' : `; ${printSeconds(earlierSeconds)} before its end`;
  return `${because.replace(/^Metric "(.*)" assessed \w+ due to /, '$1: ')}${earlier}`;
}

function printSummary(summary: BacktestSummary): string {
  const { releases, bad, caught, missed, good, passed, falseAlarms, paused, noData } = summary;
  const median = summary.medianSecondsToCatch;
  const words = caught === 1 ? 'after' : 'half of them within';
  const when = median === undefined ? '' : ` (${words} ${printSeconds(median)})`;
  return [
    `${releases} releases`,
    `  bad   ${bad}: ${caught} caught${when}, ${missed} missed`,
    `  good  ${good}: ${passed} passed, ${falseAlarms} false ${falseAlarms === 1 ? 'alarm' : 'alarms'}`,
    ...(paused === 0 ? [] : [`  ${paused} would have waited for a person`]),
    ...(noData === 0 ? [] : [`  ${noData} without a verdict, since nothing could be measured`]),
    '',
  ].join('\n');
}
