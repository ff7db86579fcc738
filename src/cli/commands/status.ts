import type { Command } from 'commander';
import { kinds } from '#api/kinds.js';
import { readPhase } from '#core/inspect/phase.js';
import { addMs } from '#core/time/instant.js';
import { printTimeless } from '#core/view/words/format.js';
import { headlineOf } from '#core/view/words/sentence.js';
import type { ViewInput } from '#core/view/view-input.js';
import { ExitWith, rolloutName, withConnection } from '../command.js';
import { durationFlag } from '../flags.js';
import type { Connection, Io } from '../io.js';
import { readView } from '../read-view.js';
import { onChanges } from '../watch-changes.js';

/**
 * `sluice status NAME`: waits until a rollout is Healthy (exit 0), Degraded or late (exit 1); with `--watch=false` it
 * prints the phase and fails only for Degraded. Standard output is that of Argo Rollouts' plugin 1.9, for scripts; what
 * is awaited, for people, goes to standard error.
 */
export function registerStatus(program: Command, io: Io): void {
  const status = program
    .command('status <rollout>')
    .description('follow a rollout until it is healthy or has failed; the exit code says which')
    .option('-w, --watch', 'follow until the end (default); --watch=false prints the phase and ends')
    .option('--no-watch', 'the same as --watch=false')
    .option('-t, --timeout <duration>', 'give up after this time; 0 is never', '0')
    .action(async (argument: string, flags: { watch?: boolean; timeout: string }) => {
      const timeoutMs = durationFlag('--timeout', flags.timeout);
      const name = rolloutName(argument);
      await withConnection(io, status, async (connection) => {
        if (flags.watch !== false) return follow(connection, io, name, timeoutMs);
        const view = await readView(connection, io, name);
        say(io, view);
        failWhenDegraded(view);
      });
    });
}

async function follow(connection: Connection, io: Io, name: string, timeoutMs: number): Promise<void> {
  const deadline = timeoutMs === 0 ? undefined : addMs(io.clock.now(), timeoutMs);
  const isLate = (): boolean => deadline !== undefined && io.clock.now() >= deadline;
  let said = '';
  await onChanges(connection, io, {
    watched: [kinds.rollout, kinds.analysisRun],
    deadline,
    look: async () => {
      const view = await readView(connection, io, name);
      const text = `${phaseLine(view)}${awaited(view)}`;
      if (text !== said) say(io, view, said.startsWith(phaseLine(view)));
      said = text;
      failWhenDegraded(view);
      if (readPhase(view.rollout).phase === 'Healthy') return 'done';
      if (isLate()) throw new ExitWith(1, 'Rollout status watch exceeded timeout');
      return deadline;
    },
  });
  if (io.interrupted.aborted) throw new ExitWith(130);
}

function say(io: Io, view: ViewInput, isSamePhase = false): void {
  if (!isSamePhase) io.out.write(phaseLine(view));
  io.err.write(awaited(view));
}

function failWhenDegraded({ rollout }: ViewInput): void {
  const { phase, message } = readPhase(rollout);
  if (phase === 'Degraded')
    throw new ExitWith(1, `The rollout is in a degraded state with message: ${message}`);
}

/** The headline while a person may want to know more than the phase. */
function awaited(view: ViewInput): string {
  return readPhase(view.rollout).phase === 'Healthy' ? '' : `  ${printTimeless(headlineOf(view))}\n`;
}

function phaseLine({ rollout }: ViewInput): string {
  const { phase, message } = readPhase(rollout);
  return message === '' ? `${phase}\n` : `${phase} - ${message}\n`;
}
