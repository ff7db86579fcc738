import type { Command } from 'commander';
import type { Io } from '../io.js';
import { productVersion } from '../version.js';

/** `sluice version`. */
export function registerVersion(program: Command, io: Io): void {
  program
    .command('version')
    .description('print the version')
    .option('--short', 'the number alone')
    .action((flags: { short?: boolean }) => {
      const line = `sluice ${productVersion()} (node ${process.versions.node}, ${process.platform}/${process.arch})`;
      io.out.write(`${flags.short === true ? productVersion() : line}\n`);
    });
}
