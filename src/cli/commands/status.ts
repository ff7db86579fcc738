import type { Command } from 'commander';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import { parseGoDuration } from '#core/time/duration.js';
import { addMs } from '#core/time/instant.js';
import { phaseOf } from '#core/view/phase.js';
import { AppError } from '#ports/errors.js';
import { ExitWith, rolloutName, withConnection } from '../command.js';
import type { Connection, Io } from '../io.js';
import { readRollout } from '../read-view.js';
import { onChanges } from '../watch-changes.js';

/**
 * `sluice status NAME`: waits until a rollout is Healthy (exit 0), Degraded or late (exit 1); with `--watch=false` it
 * prints the phase and fails only for Degraded, as Argo Rollouts' plugin 1.9 does.
 */
export function registerStatus(program: Command, io: Io): void {
  const status = program
    .command('status <rollout>')
    .description('follow a rollout until it is healthy or has failed; the exit code says which')
    .option('-w, --watch [boolean]', 'follow until the end; --watch=false prints the phase and ends', 'true')
    .option('-t, --timeout <duration>', 'give up after this time; 0 is never', '0')
    .action(async (argument: string, flags: { watch: string | true; timeout: string }) => {
      const timeoutMs = parseGoDuration(flags.timeout);
      if (timeoutMs === undefined || timeoutMs < 0) {
        throw new AppError(
          'ConfigInvalid',
          `--timeout ${flags.timeout}: expected a duration such as 90s or 10m`,
        );
      }
      const name = rolloutName(argument);
      await withConnection(io, status, async (connection) => {
        if (String(flags.watch) !== 'false') await follow(connection, io, name, timeoutMs);
        else conclude(io, await readRollout(connection, name), 'once');
      });
    });
}

async function follow(connection: Connection, io: Io, name: string, timeoutMs: number): Promise<void> {
  const deadline = timeoutMs === 0 ? undefined : addMs(io.clock.now(), timeoutMs);
  let said = '';
  await onChanges(connection, io, [kinds.rollout], async () => {
    const rollout = await readRollout(connection, name);
    const line = phaseLine(rollout);
    if (line !== said) io.out.write(line);
    said = line;
    if (conclude(io, rollout, 'quiet')) return 'done';
    if (deadline !== undefined && io.clock.now() >= deadline) {
      throw new ExitWith(1, `rollout '${name}' was not healthy within the time limit: ${line.trim()}`);
    }
    return deadline;
  });
  if (io.interrupted.aborted) throw new ExitWith(130);
}

/** @returns whether the end is reached; throws for Degraded. */
function conclude(io: Io, rollout: Rollout, mode: 'once' | 'quiet'): boolean {
  const { phase, message } = phaseOf(rollout);
  if (mode === 'once') io.out.write(phaseLine(rollout));
  if (phase === 'Degraded')
    throw new ExitWith(1, `rollout '${rollout.metadata.name}' is degraded: ${message}`);
  return phase === 'Healthy';
}

function phaseLine(rollout: Rollout): string {
  const { phase, message } = phaseOf(rollout);
  return message === '' ? `${phase}\n` : `${phase} - ${message}\n`;
}
