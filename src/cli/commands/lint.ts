import type { Command } from 'commander';
import { ExitWith } from '../command.js';
import type { Io } from '../io.js';
import { judge } from '../lint/judge.js';
import { readManifests } from '../manifests.js';

/** `sluice lint -f FILE`: what a controller would refuse, before it is applied. Needs no cluster. */
export function registerLint(program: Command, io: Io): void {
  program
    .command('lint')
    .description('check manifests without a cluster; exits 1 when something is wrong')
    .requiredOption('-f, --filename <file...>', 'files to check; - is standard input')
    .action(async (flags: { filename: readonly string[] }) => {
      const manifests = await readManifests(flags.filename, (path) => io.readText(path));
      const findings = manifests.flatMap((manifest) => judge(manifest, manifests));
      for (const { file, line, isError, text } of findings)
        io.err.write(`${file}:${line}: ${isError ? '' : 'warning: '}${text}\n`);
      if (findings.some(({ isError }) => isError)) throw new ExitWith(1);
      const objects = `${manifests.length} ${manifests.length === 1 ? 'object' : 'objects'}`;
      io.out.write(`${objects} checked, nothing wrong\n`);
    });
}
