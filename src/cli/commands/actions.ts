import type { Command } from 'commander';
import type { Rollout } from '#api/argoproj/rollout.js';
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
import { formatGoDuration } from '#core/time/duration.js';
import { revisionOf } from '#core/view/roles.js';
import { AppError } from '#ports/errors.js';
import { ExitWith, rolloutNames, UsageError, withConnection } from '../command.js';
import { durationFlag } from '../flags.js';
import type { Connection, Io } from '../io.js';
import { listAll, readRollout } from '../read-view.js';

interface Act {
  readonly verb: ActionVerb;
  /** Names as the user wrote them. */
  readonly words: readonly string[];
  /** What is said when it is done, behind the name. */
  readonly done: string;
  readonly options?: Omit<ActionOptions, 'now'> & { readonly toRevision?: number };
}

/** The commands that a person moves a rollout with. Each writes what Argo Rollouts' plugin 1.9 writes. */
export function registerActions(program: Command, io: Io): void {
  registerPromote(program, io);
  registerPlain(program, io, 'abort', 'aborted', 'send all traffic back to the stable revision');
  registerPlain(program, io, 'retry', 'retried', 'start an aborted update again from its first step');
  registerPlain(program, io, 'pause', 'paused', 'hold a rollout where it is');
  registerPlain(program, io, 'resume', 'resumed', 'let a rollout that was paused by hand go on');
  registerRestart(program, io);
  registerUndo(program, io);
}

function registerPromote(program: Command, io: Io): void {
  const promote = program
    .command('promote <rollout>')
    .description('end the pause of a rollout, or skip the step that runs')
    .option('--full', 'skip all remaining steps, pauses and analysis')
    .action(async (name: string, flags: { full?: boolean }) =>
      act(
        promote,
        io,
        flags.full === true
          ? { verb: 'promotefull', words: [name], done: 'fully promoted' }
          : { verb: 'promote', words: [name], done: 'promoted' },
      ),
    );
}

/** A command without flags; `retry rollout NAME` is the peer's form of `retry NAME`, and the others take it as well. */
function registerPlain(
  program: Command,
  io: Io,
  verb: 'abort' | 'retry' | 'pause' | 'resume',
  done: string,
  description: string,
): void {
  const command = program
    .command(`${verb} <rollout...>`)
    .description(description)
    .action(async (words: readonly string[]) => act(command, io, { verb, words, done }));
}

function registerRestart(program: Command, io: Io): void {
  const restart = program
    .command('restart <rollout>')
    .description('restart the pods, within maxUnavailable')
    .option('-i, --in <duration>', 'how long from now, for instance 10m', '0s')
    .action(async (name: string, flags: { in: string }) => {
      const delayMs = durationFlag('--in', flags.in);
      const done = `restarts in ${formatGoDuration(delayMs)}`;
      await act(restart, io, { verb: 'restart', words: [name], done, options: { delayMs } });
    });
}

function registerUndo(program: Command, io: Io): void {
  const undo = program
    .command('undo <rollout>')
    .description('go back to an older revision of the pod template')
    .option('--to-revision <number>', 'default: the revision before the current one', '0')
    .action(async (name: string, flags: { toRevision: string }) => {
      const toRevision = Number(flags.toRevision);
      if (!Number.isInteger(toRevision) || toRevision < 0 || flags.toRevision.trim() === '')
        throw new UsageError(`--to-revision ${flags.toRevision}: expected a whole number`);
      await act(undo, io, { verb: 'undo', words: [name], done: 'undone', options: { toRevision } });
    });
}

async function act(command: Command, io: Io, { verb, words, done, options = {} }: Act): Promise<void> {
  const names = rolloutNames(words);
  await withConnection(io, command, async (connection) => {
    for (const name of names) {
      const rollout = await readRollout(connection, name);
      const undoTo = verb === 'undo' ? await undoTarget(connection, rollout, options.toRevision) : undefined;
      const plan = actionPatch(verb, rollout, {
        ...options,
        now: io.clock.now(),
        ...(undoTo === undefined ? {} : { undoTo }),
      });
      if (!plan.ok) throw new ExitWith(1, `rollout '${name}': ${plan.why}`);
      for (const write of plan.writes) await carryOut(connection, rollout, write);
      io.out.write(`rollout '${name}' ${done}\n`);
    }
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
  revision = 0,
): Promise<ReplicaSet | undefined> {
  const { name } = rollout.metadata;
  if (revision > 0 && revision === revisionOf(rollout))
    throw new ExitWith(1, `rollout '${name}' is at revision ${revision} already`);
  const sets = await listAll<ReplicaSet>(connection, kinds.replicaSet);
  const owned = sets.filter((set) => controllerOf(set)?.uid === rollout.metadata.uid);
  const target = undoTargetOf(rollout, owned, revisionOf, revision);
  if (target !== undefined || revision === 0) return target;
  const kept = owned.map(revisionOf).toSorted((a, b) => a - b);
  const known = kept.length === 0 ? 'none is' : `there are ${kept.join(', ')}`;
  throw new AppError('KubeNotFound', `rollout '${name}': revision ${revision} is not kept; ${known}`);
}
