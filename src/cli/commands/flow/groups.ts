import type { Command } from 'commander';
import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import { addMs } from '#core/time/instant.js';
import { fieldManager } from '../../carry-out.js';
import { withConnection } from '../../command.js';
import { durationFlag } from '../../flags.js';
import {
  findOne,
  type FlowObject,
  type Found,
  groups,
  type Group,
  nameOf,
  sourceOf,
} from '../../flow/flow-objects.js';
import { follow, request } from '../../flow/follow.js';
import type { Connection, Io } from '../../io.js';
import { registerDiff } from './diff.js';
import { registerFlowGet } from './get.js';
import { registerLogs } from './logs.js';
import { registerRollback } from './rollback.js';
import { registerTrace } from './trace.js';
import { registerTree } from './tree.js';

/** `sluice kustomization …` and `sluice source …`: what is there, ask for a reconcile, hold it and let it go on. */
export function registerFlow(program: Command, io: Io): void {
  const kustomization = program
    .command('kustomization')
    .aliases(['ks', 'kustomizations'])
    .description('Kustomizations: get, reconcile, suspend, resume, diff, tree, logs');
  const source = program
    .command('source')
    .aliases(['sources'])
    .description('sources: get, reconcile, suspend, resume, logs');
  for (const [command, group] of [
    [kustomization, groups.kustomization],
    [source, groups.source],
  ] as const) {
    registerFlowGet(command, io, group);
    registerReconcile(command, io, group);
    registerHold(command, io, group, true);
    registerHold(command, io, group, false);
    registerLogs(command, io, group);
  }
  registerTree(kustomization, io);
  registerDiff(kustomization, io);
  registerDiff(program, io);
  registerTrace(program, io);
  registerRollback(program, io);
}

interface ReconcileFlags {
  readonly withSource?: boolean;
  readonly wait: boolean;
  readonly timeout: string;
}

function registerReconcile(parent: Command, io: Io, group: Group): void {
  const command = parent
    .command('reconcile <name>')
    .description(`ask a ${group.word} for a reconcile and follow it to its end`)
    .option('--no-wait', 'ask and end')
    .option('--timeout <duration>', 'how long to follow it', '5m');
  if (group.word === 'kustomization') command.option('--with-source', 'its source first');
  command.action(async (name: string, flags: ReconcileFlags) => {
    const timeoutMs = durationFlag('--timeout', flags.timeout);
    await withConnection(io, command, async (connection) => {
      const found = await findOne(connection, group, name);
      if (flags.withSource === true) await reconcileSource(connection, io, found, flags.wait, timeoutMs);
      await reconcile(connection, io, found, flags.wait, timeoutMs);
    });
  });
}

async function reconcileSource(
  connection: Connection,
  io: Io,
  { object }: Found,
  isWaited: boolean,
  timeoutMs: number,
): Promise<void> {
  // Found by the kind of Kustomizations alone.
  const { kind, namespace, name } = sourceOf(object as unknown as Kustomization);
  const source = await connection.kube.get<FlowObject>({ kind, namespace, name });
  if (source !== undefined) await reconcile(connection, io, { kind, object: source }, isWaited, timeoutMs);
}

async function reconcile(
  connection: Connection,
  io: Io,
  found: Found,
  isWaited: boolean,
  timeoutMs: number,
): Promise<void> {
  if (found.object.spec.suspend === true) io.err.write(`note: ${nameOf(found)} is suspended\n`);
  const at = await request(connection, io, found);
  io.out.write(`${nameOf(found)} annotated\n`);
  if (!isWaited || found.object.spec.suspend === true) return;
  const until = addMs(io.clock.now(), timeoutMs);
  const done = await follow(connection, io, found, {
    until,
    isDone: ({ status }) => status?.lastHandledReconcileAt === at,
  });
  const revision = done.status?.lastAppliedRevision ?? done.status?.artifact?.revision ?? '';
  io.out.write(
    `${nameOf(found)} ${found.kind === kinds.kustomization ? 'applied' : 'fetched'} ${revision}\n`,
  );
}

function registerHold(parent: Command, io: Io, group: Group, isHold: boolean): void {
  const [verb, done] = isHold ? ['suspend', 'suspended'] : ['resume', 'resumed'];
  const command = parent
    .command(`${verb} <name...>`)
    .description(isHold ? `hold a ${group.word} as it is` : `let a ${group.word} that was held go on`)
    .action(async (names: readonly string[]) =>
      withConnection(io, command, async (connection) => {
        for (const name of names) {
          const found = await findOne(connection, group, name);
          const key = { kind: found.kind, namespace: connection.namespace, name: found.object.metadata.name };
          const body = { spec: { suspend: isHold ? true : null } };
          await connection.kube.patch(key, { type: 'merge', body }, { fieldManager });
          io.out.write(`${nameOf(found)} ${done}\n`);
        }
      }),
    );
}
