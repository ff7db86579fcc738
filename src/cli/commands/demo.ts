import type { Command } from 'commander';
import { parseGoDuration } from '#core/time/duration.js';
import { AppError } from '#ports/errors.js';
import { ExitWith } from '../command.js';
import type { Io } from '../io.js';

/** `sluice demo`: the whole story on this machine; exits 1 when any of it did not happen. */
export function registerDemo(program: Command, io: Io): void {
  program
    .command('demo')
    .description('from a commit to a promoted release, and back from a bad one, on this machine')
    .option('--keep', 'go on after the end, until interrupted')
    .option('--page-port <port>', 'port of the page, 0 for a free one', '0')
    .option('--kill-every <duration>', 'kill the controller process this often, to see that nothing is lost')
    .action(async (flags: { keep?: boolean; pagePort: string; killEvery?: string }) => {
      const killEveryMs = flags.killEvery === undefined ? undefined : parseGoDuration(flags.killEvery);
      if (flags.killEvery !== undefined && (killEveryMs ?? 0) <= 0) {
        throw new AppError(
          'ConfigInvalid',
          `--kill-every ${flags.killEvery}: expected a duration such as 25s`,
        );
      }
      const { runDemo } = await import('#demo/index.js');
      const isKept = await runDemo({
        out: io.out,
        interrupted: io.interrupted,
        keep: flags.keep === true,
        pagePort: Number(flags.pagePort),
        ...(killEveryMs === undefined ? {} : { killEveryMs }),
      });
      if (!isKept) throw new ExitWith(1, 'the demo did not do all that it should; the marks above say what');
    });
}
