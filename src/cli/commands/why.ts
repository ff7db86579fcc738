import type { Command } from 'commander';
import { readPhase } from '#core/inspect/phase.js';
import { waitsOfStatus, whyLines } from '#core/rollout/why/lines.js';
import { printPhrase } from '#core/view/format.js';
import { headlineOf } from '#core/view/sentence.js';
import { rolloutName, UsageError, withConnection } from '../command.js';
import type { Io } from '../io.js';
import { printWaiting, printWays } from '../print/waiting.js';
import { readView } from '../read-view.js';

/** `sluice why NAME`: what a rollout waits for, on which object, since when, and who can end it. */
export function registerWhy(program: Command, io: Io): void {
  const why = program
    .command('why <rollout>')
    .description('say what a rollout waits for, since when, and who can end it')
    .option('-o, --output <json>', 'json: the list as the status has it')
    .action(async (argument: string, flags: { output?: string }) => {
      if (flags.output !== undefined && flags.output !== 'json')
        throw new UsageError(`--output ${flags.output}: expected json`);
      await withConnection(io, why, async (connection) => {
        const read = await readView(connection, io, rolloutName(argument));
        const { rollout } = read;
        if (flags.output === 'json') {
          io.out.write(`${JSON.stringify(rollout.status?.why ?? [], undefined, 2)}\n`);
          return;
        }
        const view = { ...read, waits: waitsOfStatus(rollout.status) };
        const { phase, message } = readPhase(rollout);
        io.out.write(`${phase}${message === '' ? '' : ` - ${message}`}\n`);
        if (phase === 'Healthy') return;
        io.out.write(`${printPhrase(headlineOf(view), view.now)}\n`);
        const lines = whyLines(rollout, view.now);
        // A controller of another make keeps no list: then the conditions have to do.
        io.out.write(
          lines.length === 0
            ? printWaiting(view)
            : `${lines.map((line) => `  ${line}\n`).join('')}${printWays(view)}`,
        );
      });
    });
}
