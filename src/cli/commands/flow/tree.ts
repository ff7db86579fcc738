import type { Command } from 'commander';
import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import { subjectOfEntry } from '#core/gitops/apply/inventory.js';
import { healthOf } from '#core/health/health.js';
import { withConnection } from '../../command.js';
import { findOne, groups } from '../../flow/flow-objects.js';
import { readEntry } from '../../flow/inventory-object.js';
import type { Connection, Io } from '../../io.js';

/** `tree NAME`: what it applied, with its health, and what the Kustomizations among that applied. */
export function registerTree(parent: Command, io: Io): void {
  const tree = parent
    .command('tree <name>')
    .description('what a kustomization applied, with its health')
    .action(async (name: string) =>
      withConnection(io, tree, async (connection) => {
        const { object } = await findOne(connection, groups.kustomization, name);
        const namespace = object.metadata.namespace ?? '';

        const subject = `Kustomization/${namespace}/${object.metadata.name}`;
        io.out.write(`${subject}\n`);
        const seen = new Set([subject]);
        // Found by the kind of Kustomizations alone.
        io.out.write(await branches(connection, io, object as unknown as Kustomization, '', seen));
      }),
    );
}

async function branches(
  connection: Connection,
  io: Io,
  { status }: Kustomization,
  indent: string,
  seen: Set<string>,
): Promise<string> {
  const entries = status?.inventory?.entries ?? [];
  let text = '';
  for (const [i, entry] of entries.entries()) {
    const isLast = i === entries.length - 1;
    const { kind, object } = await readEntry(connection, entry);
    const { status: word, message } = healthOf(object, { now: io.clock.now() });
    const why = word === 'Current' || message === '' ? '' : `: ${message}`;
    text += `${indent}${isLast ? '└── ' : '├── '}${subjectOfEntry(entry)}  ${word}${why}\n`;
    const isBranch = kind?.group === kinds.kustomization.group && kind.kind === kinds.kustomization.kind;
    if (!isBranch || object === undefined || seen.has(subjectOfEntry(entry))) continue;
    seen.add(subjectOfEntry(entry));
    const below = `${indent}${isLast ? '    ' : '│   '}`;
    text += await branches(connection, io, object as unknown as Kustomization, below, seen);
  }
  return text;
}
