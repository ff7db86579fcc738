import type { Command } from 'commander';
import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import {
  actionPatch,
  undoTargetOf,
  withPrecondition,
  type ActionOptions,
  type ActionVerb,
  type ActionWrite,
} from '#core/rollout-actions/action-patch.js';
import { parseGoDuration } from '#core/time/duration.js';
import { AppError } from '#ports/errors.js';
import { ExitWith, rolloutName, withConnection } from '../command.js';
import type { Connection, Io } from '../io.js';
import { listAll, readRollout } from '../read-view.js';

interface Caller {
  readonly io: Io;
  readonly command: Command;
}

type Options = Omit<ActionOptions, 'now'> & { readonly toRevision?: number };

/** The commands that a person moves a rollout with. Each writes what Argo Rollouts' plugin 1.9 writes. */
export function registerActions(program: Command, io: Io): void {
  const promote = program
    .command('promote <rollout>')
    .description('end the pause of a rollout, or skip the step that runs')
    .option('--full', 'skip all remaining steps, pauses and analysis')
    .action(async (name: string, flags: { full?: boolean }) =>
      act({ io, command: promote }, flags.full === true ? 'promotefull' : 'promote', name, 'promoted'),
    );
  const abort = program
    .command('abort <rollout>')
    .description('send all traffic back to the stable revision')
    .action(async (name: string) => act({ io, command: abort }, 'abort', name, 'aborted'));
  const retry = program
    .command('retry <rollout>')
    .description('start an aborted update again from its first step')
    .action(async (name: string) => act({ io, command: retry }, 'retry', name, 'retried'));
  const pause = program
    .command('pause <rollout>')
    .description('hold a rollout where it is')
    .action(async (name: string) => act({ io, command: pause }, 'pause', name, 'paused'));
  const resume = program
    .command('resume <rollout>')
    .description('let a rollout that was paused by hand go on')
    .action(async (name: string) => act({ io, command: resume }, 'resume', name, 'resumed'));
  const restart = program
    .command('restart <rollout>')
    .description('restart the pods, within maxUnavailable')
    .option('-i, --in <duration>', 'how long from now, for instance 10m', '0s')
    .action(async (name: string, flags: { in: string }) => {
      const delayMs = parseGoDuration(flags.in);
      if (delayMs === undefined)
        throw new AppError('ConfigInvalid', `--in ${flags.in}: expected a duration such as 90s or 1h30m`);
      await act({ io, command: restart }, 'restart', name, 'restarted', { delayMs });
    });
  const undo = program
    .command('undo <rollout>')
    .description('go back to an older revision of the pod template')
    .option('--to-revision <number>', 'default: the revision before the current one', '0')
    .action(async (name: string, flags: { toRevision: string }) => {
      const toRevision = Number(flags.toRevision);
      if (!Number.isInteger(toRevision) || toRevision < 0) {
        throw new AppError('ConfigInvalid', `--to-revision ${flags.toRevision}: expected a whole number`);
      }
      await act({ io, command: undo }, 'undo', name, 'undone', { toRevision });
    });
}

async function act(
  { io, command }: Caller,
  verb: ActionVerb,
  argument: string,
  done: string,
  options: Options = {},
): Promise<void> {
  await withConnection(io, command, async (connection) => {
    const rollout = await readRollout(connection, rolloutName(argument));
    const undoTo = verb === 'undo' ? await undoTarget(connection, rollout, options.toRevision) : undefined;
    const plan = actionPatch(verb, rollout, {
      ...options,
      now: io.clock.now(),
      ...(undoTo === undefined ? {} : { undoTo }),
    });
    const { name } = rollout.metadata;
    if (!plan.ok) throw new ExitWith(1, `rollout '${name}': ${plan.why}`);
    for (const write of plan.writes) await carryOut(connection, rollout, write);
    io.out.write(`rollout '${name}' ${done}\n`);
  });
}

async function carryOut(connection: Connection, rollout: Rollout, write: ActionWrite): Promise<void> {
  const { namespace } = connection;
  const bound = withPrecondition(write, rollout.metadata.uid ?? '');
  const kind =
    write.target === undefined
      ? kinds.rollout
      : await connection.kube.resolve(write.target.apiVersion, write.target.kind);
  if (kind === undefined)
    throw new AppError('KubeNoSuchKind', `${write.target?.kind ?? ''}: the API server serves no such kind`);
  const key = { kind, namespace, name: write.target?.name ?? rollout.metadata.name };
  const options = {
    fieldManager: 'sluice-cli',
    ...(bound.subresource === undefined ? {} : { subresource: bound.subresource }),
  };
  await connection.kube.patch(key, bound.patch, options);
}

async function undoTarget(
  connection: Connection,
  rollout: Rollout,
  revision: number | undefined,
): Promise<ReplicaSet | undefined> {
  const sets = await listAll<ReplicaSet>(connection, kinds.replicaSet);
  const owned = sets.filter((set) => controllerOf(set)?.uid === rollout.metadata.uid);
  const target = undoTargetOf(
    rollout,
    owned,
    (set) => Number(set.metadata.annotations?.[annotations.revision] ?? 0),
    revision,
  );
  if (target === undefined && revision !== undefined && revision > 0) {
    throw new AppError(
      'KubeNotFound',
      `rollout '${rollout.metadata.name}': no ReplicaSet of revision ${revision} is kept`,
    );
  }
  return target;
}
