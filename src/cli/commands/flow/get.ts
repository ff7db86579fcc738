import type { Command } from 'commander';
import { fluxConditions } from '#api/flux/words.js';
import { findCondition } from '#core/kube/conditions.js';
import { printYaml } from '#core/yaml/yaml.js';
import { withConnection } from '../../command.js';
import { wordFlag } from '../../flags.js';
import { findAll, findOne, type Found, type Group } from '../../flow/flow-objects.js';
import type { Io } from '../../io.js';
import { printTable } from '../../print/table.js';

interface Flags {
  readonly allNamespaces?: boolean;
  readonly output: string;
}

/** `get [name]`: revision, whether it is held, and what Ready says. */
export function registerFlowGet(parent: Command, io: Io, group: Group): void {
  const command = parent
    .command('get [name]')
    .description(`list ${group.word}s with revision and state`)
    .option('-A, --all-namespaces', 'of every namespace')
    .option('-o, --output <format>', 'wide, json or yaml: the objects as they are', 'wide')
    .action(async (name: string | undefined, { allNamespaces = false, output }: Flags) => {
      const format = wordFlag('--output', output, ['wide', 'json', 'yaml']);
      await withConnection(io, command, async (connection) => {
        const found =
          name === undefined
            ? await findAll(connection, group, allNamespaces)
            : [await findOne(connection, group, name)];
        if (format !== 'wide') io.out.write(documentOf(found, format, name !== undefined));
        else if (found.length === 0) io.err.write('No resources found.\n');
        else io.out.write(tableOf(found, group, allNamespaces));
      });
    });
}

/** The one that was named, or a list as kubectl prints it. */
function documentOf(found: readonly Found[], format: 'json' | 'yaml', isOne: boolean): string {
  const objects = found.map(({ object }) => {
    const { managedFields: _fields, ...metadata } = object.metadata;
    return { ...object, metadata };
  });
  const document = isOne ? objects[0] : { apiVersion: 'v1', kind: 'List', items: objects };
  return format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : printYaml(document);
}

function tableOf(found: readonly Found[], group: Group, hasNamespaces: boolean): string {
  const hasKinds = group.kinds.length > 1;
  const header = [
    ...(hasNamespaces ? ['NAMESPACE'] : []),
    ...(hasKinds ? ['KIND'] : []),
    'NAME',
    'REVISION',
    'SUSPENDED',
    'READY',
    'MESSAGE',
  ];
  const rows = found.map(({ kind, object: { metadata, spec, status } }) => {
    const ready = findCondition(status?.conditions, fluxConditions.ready);
    return [
      ...(hasNamespaces ? [metadata.namespace ?? ''] : []),
      ...(hasKinds ? [kind.kind] : []),
      metadata.name,
      shortRevision(status?.lastAppliedRevision ?? status?.artifact?.revision ?? ''),
      spec.suspend === true ? 'True' : 'False',
      ready?.status ?? 'Unknown',
      (ready?.message ?? 'waiting to be reconciled').split('\n', 1)[0] ?? '',
    ];
  });
  return printTable(header, rows);
}

/** `main@sha1:4f0c…` with eight digits of the hash. */
function shortRevision(revision: string): string {
  return revision.replace(/((?:sha1|sha256):[0-9a-f]{8})[0-9a-f]+$/, '$1');
}
