import type { Command } from 'commander';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import { futilityOf, undoTargetOf } from '#core/rollout-actions/action-patch.js';
import {
  isSameTemplate,
  writesOf,
  type ActionOptions,
  type ActionVerb,
} from '#core/rollout-actions/writes.js';
import { formatGoDuration } from '#core/time/duration.js';
import { revisionOf } from '#core/view/facts/roles.js';
import { AppError } from '#ports/errors.js';
import { carryOut, fieldManager, servedKind } from '../carry-out.js';
import { experimentNames, ExitWith, rolloutNames, UsageError, withConnection } from '../command.js';
import { durationFlag } from '../flags.js';
import type { Connection, Io } from '../io.js';
import { listAll, readRollout } from '../read-view.js';

interface Act {
  readonly verb: ActionVerb;
  /** Names as the user wrote them. */
  readonly words: readonly string[];
  /** What is said when it is done, behind the name. */
  readonly done: string;
  readonly options?: Omit<ActionOptions, 'now' | 'undoTo'>;
}

/** The commands that a person moves a rollout with. Each writes what Argo Rollouts' plugin writes, and says what it says. */
export function registerActions(program: Command, io: Io): void {
  registerPromote(program, io);
  registerPlain(program, io, 'abort', 'aborted', 'send all traffic back to the stable revision');
  registerRetry(program, io);
  registerPlain(program, io, 'pause', 'paused', 'hold a rollout where it is');
  registerPlain(program, io, 'resume', 'resumed', 'let a rollout that was paused by hand go on');
  registerRestart(program, io);
  registerUndo(program, io);
}

interface PromoteFlags {
  readonly full?: boolean;
  readonly skipCurrentStep?: boolean;
  readonly skipAllSteps?: boolean;
}

function registerPromote(program: Command, io: Io): void {
  const promote = program
    .command('promote <rollout>')
    .description('end the pause of a rollout, or skip the step that runs')
    .option('--full', 'skip all remaining steps, pauses and analysis')
    .option('-c, --skip-current-step', 'deprecated: promote without a flag skips the step that runs')
    .option('-a, --skip-all-steps', 'deprecated: go to the end of the steps; use --full')
    .action(async (name: string, flags: PromoteFlags) => {
      const { full = false, skipCurrentStep = false, skipAllSteps = false } = flags;
      if (skipCurrentStep && skipAllSteps)
        throw new ExitWith(1, 'Cannot use skip-current-step and skip-all-steps flags at the same time');
      const isSkip = skipCurrentStep || skipAllSteps;
      await act(promote, io, {
        verb: full && !isSkip ? 'promotefull' : 'promote',
        words: [name],
        done: full ? 'fully promoted' : 'promoted',
        ...(isSkip ? { options: { skip: skipAllSteps ? 'all' : 'current' } } : {}),
      });
    });
}

function registerPlain(
  program: Command,
  io: Io,
  verb: 'abort' | 'pause' | 'resume',
  done: string,
  description: string,
): void {
  const command = program
    .command(`${verb} <rollout...>`)
    .description(description)
    .action(async (words: readonly string[]) => act(command, io, { verb, words, done }));
}

/** `retry rollout NAME`, `retry experiment NAME`, and in short `retry NAME` for a rollout. */
function registerRetry(program: Command, io: Io): void {
  const retry = program
    .command('retry <name...>')
    .description('start an aborted rollout again from its first step, or an experiment from its beginning')
    .usage('[options] [rollout|experiment] <name...>')
    .action(async (words: readonly string[]) => {
      const experiments = experimentNames(words);
      if (experiments === undefined) await act(retry, io, { verb: 'retry', words, done: 'retried' });
      else await retryExperiments(retry, io, experiments);
    });
}

async function retryExperiments(command: Command, io: Io, names: readonly string[]): Promise<void> {
  await withConnection(io, command, async ({ kube, namespace }) => {
    for (const name of names) {
      const body = { status: null };
      await kube.patch(
        { kind: kinds.experiment, namespace, name },
        { type: 'merge', body },
        { fieldManager },
      );
      io.out.write(`experiment '${name}' retried\n`);
    }
  });
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

async function act(command: Command, io: Io, { verb, words, done, options = {} }: Act): Promise<void> {
  const names = rolloutNames(words);
  await withConnection(io, command, async (connection) => {
    for (const name of names) {
      const rollout = await readRollout(connection, name);
      const plan = writesOf(verb, rollout, { ...options, now: io.clock.now() });
      if (!plan.ok) throw new ExitWith(1, plan.why);
      const futile = futilityOf(verb, rollout, options);
      // Scripts that abort or retry to be sure must not fail, so this is only said.
      if (futile !== undefined) io.err.write(`note: rollout '${name}': ${futile}\n`);
      for (const write of plan.writes) await carryOut(connection, keyOf(connection, name), write);
      io.out.write(`rollout '${name}' ${done}\n`);
    }
  });
}

function registerUndo(program: Command, io: Io): void {
  const undo = program
    .command('undo <rollout>')
    .description('go back to an older revision of the pod template')
    .option('--to-revision <number>', 'default: the revision before the current one', '0')
    .action(async (argument: string, flags: { toRevision: string }) => {
      const revision = Number(flags.toRevision);
      if (!Number.isInteger(revision) || revision < 0 || flags.toRevision.trim() === '')
        throw new UsageError(`--to-revision ${flags.toRevision}: expected a whole number`);
      const [name = ''] = rolloutNames([argument]);
      await withConnection(io, undo, async (connection) => {
        io.out.write(await undoRollout(connection, io, name, revision));
      });
    });
}

/** Takes the template back; gives the line that says so. */
async function undoRollout(connection: Connection, io: Io, name: string, revision: number): Promise<string> {
  const rollout = await readRollout(connection, name);
  const to = await undoTarget(connection, rollout, revision);
  if (to !== undefined && isSameTemplate(await currentTemplate(connection, rollout), to))
    return `skipped rollback (current template already matches revision ${revision === 0 ? revisionOf(to) : revision})\n`;
  const plan = writesOf('undo', rollout, {
    now: io.clock.now(),
    ...(to === undefined ? {} : { undoTo: to }),
  });
  if (!plan.ok) throw new ExitWith(1, plan.why);
  for (const write of plan.writes) await carryOut(connection, keyOf(connection, name), write);
  return `rollout '${name}' undo\n`;
}

async function undoTarget(
  connection: Connection,
  rollout: Rollout,
  revision: number,
): Promise<ReplicaSet | undefined> {
  const sets = await listAll<ReplicaSet>(connection, kinds.replicaSet);
  const owned = sets.filter((set) => controllerOf(set)?.uid === rollout.metadata.uid);
  const target = undoTargetOf(owned, revisionOf, revision);
  if (target !== undefined || revision === 0) return target;
  const kept = owned.map(revisionOf).toSorted((a, b) => a - b);
  const known = kept.length === 0 ? 'none is kept' : `there are ${kept.join(', ')}`;
  throw new AppError('KubeNotFound', `unable to find specified revision ${revision} in history; ${known}`);
}

/** The pod template that the Rollout stands for: its own, or that of the workload it refers to. */
async function currentTemplate(
  connection: Connection,
  rollout: Rollout,
): Promise<Rollout['spec']['template'] | undefined> {
  const ref = rollout.spec.workloadRef;
  if (ref === undefined) return rollout.spec.template;
  const kind = await servedKind(connection, ref.apiVersion ?? '', ref.kind ?? '');
  const key = { kind, namespace: connection.namespace, name: ref.name ?? '' };
  const workload = await connection.kube.get<Rollout & Pick<Rollout['spec'], 'template'>>(key);
  return ref.kind === 'PodTemplate' ? workload?.template : workload?.spec.template;
}

function keyOf({ namespace }: Connection, name: string) {
  return { kind: kinds.rollout, namespace, name };
}
