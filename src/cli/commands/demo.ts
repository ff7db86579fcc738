import type { DemoOptions } from '#demo/index.js';
import { ExitWith, UsageError, type RegisterCommand } from '../command.js';
import { durationFlag, portFlag } from '../flags.js';
import { hasColours } from '../print/colour.js';

/** Plays the demo. @returns whether every promise was kept. */
type PlayDemo = (options: DemoOptions) => Promise<boolean>;

interface Flags {
  readonly keep?: boolean;
  readonly pagePort: string;
  readonly killEvery?: string;
}

/** `sluice demo`: the whole story on this machine; exits 1 when any of it did not happen. */
export const registerDemo = demoCommand(async (options) => {
  // Loaded here, so that short commands do not pay for it.
  const { runDemo } = await import('#demo/index.js');
  return runDemo(options);
});

/** The command over a demo. */
export function demoCommand(play: PlayDemo): RegisterCommand {
  return (program, io) => {
    program
      .command('demo')
      .description('from a commit to a promoted release, and back from a bad one, on this machine')
      .option('--keep', 'go on after the end, until interrupted')
      .option('--page-port <port>', 'port of the page, 0 for a free one', '0')
      .option(
        '--kill-every <duration>',
        'kill the controller process this often, to see that nothing is lost',
      )
      .action(async (flags: Flags) => {
        const killEveryMs =
          flags.killEvery === undefined ? undefined : durationFlag('--kill-every', flags.killEvery);
        if (killEveryMs === 0) throw new UsageError('--kill-every 0: expected a duration such as 25s');
        const isKept = await play({
          out: io.out,
          isColoured: hasColours(io),
          interrupted: io.interrupted,
          keep: flags.keep === true,
          pagePort: portFlag('--page-port', flags.pagePort),
          ...(killEveryMs === undefined ? {} : { killEveryMs }),
        });
        if (!isKept)
          throw new ExitWith(1, 'the demo did not do all that it should; the marks above say what');
      });
  };
}
