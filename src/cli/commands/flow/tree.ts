import type { Command } from 'commander';
import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { parseInventoryEntry, subjectOfEntry } from '#core/gitops/apply/inventory.js';
import { healthOf } from '#core/health/health.js';
import { withConnection } from '../../command.js';
import { findOne, groups } from '../../flow/flow-objects.js';
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
        io.out.write(`Kustomization/${namespace}/${object.metadata.name}\n`);
        const seen = new Set([`${namespace}/${object.metadata.name}`]);
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
    const ref = parseInventoryEntry(entry);
    const apiVersion = ref === undefined || ref.group === '' ? entry.v : `${ref.group}/${entry.v}`;
    const kind = ref === undefined ? undefined : await connection.kube.resolve(apiVersion, ref.kind);
    const place = ref?.namespace === undefined ? {} : { namespace: ref.namespace };
    const object =
      ref === undefined || kind === undefined
        ? undefined
        : await connection.kube.get<UnknownObject>({ kind, name: ref.name, ...place });
    const health = healthOf(object, { now: io.clock.now() });
    const message = health.status === 'Current' || health.message === '' ? '' : `: ${health.message}`;
    text += `${indent}${isLast ? '└── ' : '├── '}${subjectOfEntry(entry)}  ${health.status}${message}\n`;
    const id = `${ref?.namespace ?? ''}/${ref?.name ?? ''}`;
    if (object === undefined || kind?.group !== kinds.kustomization.group || seen.has(id)) continue;
    if (kind.kind !== kinds.kustomization.kind) continue;
    seen.add(id);
    const below = `${indent}${isLast ? '    ' : '│   '}`;
    text += await branches(connection, io, object as unknown as Kustomization, below, seen);
  }
  return text;
}
