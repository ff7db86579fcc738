import type { Command } from 'commander';
import { kinds } from '#api/kinds.js';
import { readPhase } from '#core/inspect/phase.js';
import { waitsOfStatus, whyLines } from '#core/rollout/why/lines.js';
import { formatInstant } from '#core/time/instant.js';
import { printPhrase } from '#core/view/words/format.js';
import { headlineOf } from '#core/view/words/sentence.js';
import type { ViewInput } from '#core/view/view-input.js';
import { rolloutName, UsageError, withConnection } from '../command.js';
import type { Connection, Io } from '../io.js';
import { printWaiting, printWays } from '../print/waiting.js';
import { readView } from '../read-view.js';
import { onChanges } from '../watch-changes.js';

/** `sluice why NAME`: what a rollout waits for, on which object, since when, and who can end it. */
export function registerWhy(program: Command, io: Io): void {
  const why = program
    .command('why <rollout>')
    .description('say what a rollout waits for, since when, and who can end it')
    .option('-w, --watch', 'say it again whenever it changes, until the rollout is healthy')
    .option('-o, --output <json>', 'json: the list as the status has it')
    .action(async (argument: string, flags: Flags) => {
      if (flags.output !== undefined && flags.output !== 'json')
        throw new UsageError(`--output ${flags.output}: expected json`);
      const name = rolloutName(argument);
      await withConnection(io, why, async (connection) => {
        if (flags.watch === true) return follow(connection, io, name);
        const view = await readView(connection, io, name);
        const list = view.rollout.status?.why ?? [];
        io.out.write(flags.output === 'json' ? `${JSON.stringify(list, undefined, 2)}\n` : sayWhy(view));
      });
    });
}

interface Flags {
  readonly watch?: boolean;
  readonly output?: string;
}

async function follow(connection: Connection, io: Io, name: string): Promise<void> {
  let said = '';
  await onChanges(connection, io, {
    watched: [kinds.rollout],
    look: async () => {
      const view = await readView(connection, io, name);
      const { rollout, now } = view;
      // Times that run on are no change.
      const awaited = (rollout.status?.why ?? []).map(({ what, object }) => [what, object]);
      const state = JSON.stringify([readPhase(rollout), awaited]);
      if (state !== said) io.out.write(`${formatInstant(now)} ${sayWhy(view)}`);
      said = state;
      return readPhase(rollout).phase === 'Healthy' ? 'done' : undefined;
    },
  });
}

/** The phase, what happens, what is awaited, and the commands of a person. */
function sayWhy(read: ViewInput): string {
  const { rollout, now } = read;
  const view = { ...read, waits: waitsOfStatus(rollout.status) };
  const { phase, message } = readPhase(rollout);
  const first = `${phase}${message === '' ? '' : ` - ${message}`}\n`;
  if (phase === 'Healthy') return first;
  const lines = whyLines(rollout, now).map((line) => `  ${line}\n`);
  // A controller of another make keeps no list: then the conditions have to do.
  const awaited = lines.length === 0 ? printWaiting(view) : `${lines.join('')}${printWays(view)}`;
  return `${first}${printPhrase(headlineOf(view), now)}\n${awaited}`;
}
