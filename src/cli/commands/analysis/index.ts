import type { Command } from 'commander';
import type { Io } from '../../io.js';
import { registerBacktest } from './backtest/index.js';
import { registerLintGates } from './lint.js';
import { registerRun } from './run.js';
import { registerSimulate } from './simulate.js';

/** `sluice analysis`: write gates and try them out before they are needed. */
export function registerAnalysis(program: Command, io: Io): void {
  const analysis = program
    .command('analysis')
    .description('check gates (AnalysisTemplates), and try them out before they are needed');
  registerLintGates(analysis, io);
  registerSimulate(analysis, io);
  registerRun(analysis, io);
  registerBacktest(analysis, io);
}
