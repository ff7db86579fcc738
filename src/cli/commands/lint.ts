import type { Command } from 'commander';
import { ExitWith } from '../command.js';
import type { Io } from '../io.js';
import { judge } from '../lint.js';
import { readManifests } from '../manifests.js';

/** `sluice lint -f FILE`: what a controller would refuse, before it is applied. Needs no cluster. */
export function registerLint(program: Command, io: Io): void {
  program
    .command('lint')
    .description('check manifests without a cluster; exits 1 when something is wrong')
    .requiredOption('-f, --filename <file...>', 'files to check; - is standard input')
    .action(async (flags: { filename: readonly string[] }) => {
      const manifests = await readManifests(flags.filename, (path) => io.readText(path));
      let errors = 0;
      for (const manifest of manifests) {
        const verdict = judge(manifest, manifests);
        const where = `${manifest.file}:${manifest.line}`;
        for (const text of verdict.errors) io.err.write(`${where}: ${text}\n`);
        for (const text of verdict.warnings) io.err.write(`${where}: warning: ${text}\n`);
        errors += verdict.errors.length;
      }
      if (errors > 0) throw new ExitWith(1);
      const objects = `${manifests.length} ${manifests.length === 1 ? 'object' : 'objects'}`;
      io.out.write(`${objects} checked, nothing wrong\n`);
    });
}
