import type { Command } from 'commander';
import type { Level } from '#core/gate-lint/remark.js';
import type { Mark } from '#core/view/wire/list.js';
import { ExitWith } from '../../command.js';
import { wordFlag } from '../../flags.js';
import type { Io } from '../../io.js';
import { gateFilesOf, gateFindings, isGate, type GateFinding } from '../../lint/gate-findings.js';
import { tinted } from '../../print/colour.js';
import { readAll } from './read-gate.js';

interface Flags {
  readonly output: string;
  readonly strict?: boolean;
}

/** `sluice analysis lint FILE…`: what is wrong with gates, and what is mostly not meant. Needs no cluster. */
export function registerLintGates(analysis: Command, io: Io): void {
  analysis
    .command('lint <file...>')
    .description('check gates without a cluster; exits 1 when something is wrong')
    .option('--strict', 'exit 1 for warnings too')
    .option('-o, --output <format>', 'text or json', 'text')
    .action(async (paths: readonly string[], flags: Flags) => {
      const output = wordFlag('--output', flags.output, ['text', 'json']);
      const manifests = await readAll(io, paths);
      const gates = manifests.filter(({ object }) => object === undefined || isGate(object));
      const files = gateFilesOf(gates);
      const findings = gates.flatMap((manifest) => gateFindings(manifest, files));
      const checked = gates.filter(({ object }) => object !== undefined).length;
      if (output === 'json') io.out.write(`${JSON.stringify({ checked, findings }, undefined, 2)}\n`);
      else print(io, findings, checked);
      if (checked === 0 && findings.length === 0) {
        const what = 'no AnalysisTemplate, ClusterAnalysisTemplate or AnalysisRun';
        throw new ExitWith(1, `${paths.join(', ')}: there is ${what} in it`);
      }
      const isWrong = ({ level }: GateFinding): boolean =>
        level === 'error' || (flags.strict === true && level === 'warning');
      if (findings.some(isWrong)) throw new ExitWith(1);
    });
}

const colours: Readonly<Record<Level, Mark>> = { error: 'bad', warning: 'wait', note: 'off' };

function print(io: Io, findings: readonly GateFinding[], checked: number): void {
  const isColoured = io.err.columns !== undefined && (io.env['NO_COLOR'] ?? '') === '';
  for (const { file, line, column, level, rule, subject, path, message } of findings) {
    const [first = '', ...more] = message.split('\n');
    const where = [subject, path].filter((part) => part !== undefined && part !== '').join(' ');
    const head = `${file}:${line}:${column}: ${tinted(`${level}:`, colours[level], isColoured)}`;
    const body = where === '' ? first : `${where}: ${first}`;
    io.err.write(`${head} ${body} (${rule})\n${more.map((text) => `    ${text}\n`).join('')}`);
  }
  if (checked === 0) return;
  const of = (level: Level): number => findings.filter((one) => one.level === level).length;
  const [errors, warnings] = [of('error'), of('warning')];
  const objects = `${checked} ${checked === 1 ? 'gate' : 'gates'} checked`;
  const words =
    errors + warnings === 0
      ? 'nothing wrong'
      : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  io.out.write(`${objects}, ${words}\n`);
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
