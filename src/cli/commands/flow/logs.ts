import type { Command } from 'commander';
import type { Pod } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { ExitWith, withConnection } from '../../command.js';
import { findOne, type Group } from '../../flow/flow-objects.js';
import { numberFlag } from '../../flags.js';
import type { Io } from '../../io.js';

const selector = 'app.kubernetes.io/name=sluice';

/** `logs NAME`: what the controllers of the cluster logged about it. */
export function registerLogs(parent: Command, io: Io, group: Group): void {
  const logs = parent
    .command('logs <name>')
    .description(`what the controllers logged about a ${group.word}`)
    .option('--tail <lines>', 'lines of each controller that are looked through', '5000')
    .action(async (name: string, { tail }: { tail: string }) =>
      withConnection(io, logs, async (connection) => {
        const { kind, object } = await findOne(connection, group, name);
        const { items } = await connection.kube.list<Pod>(kinds.pod, { labelSelector: selector });
        if (items.length === 0) throw new ExitWith(1, `no pod of the controllers (${selector}) can be seen`);
        const subject = `${kind.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
        const tailLines = numberFlag('--tail', tail);
        for (const { metadata } of items) {
          const key = { kind: kinds.pod, name: metadata.name, namespace: metadata.namespace ?? '' };
          const text = await connection.kube.logs(key, { tailLines });
          for (const line of text.split('\n')) if (isAbout(line, subject)) io.out.write(`${line}\n`);
        }
      }),
    );
}

/** Whether the whole subject stands in the line, and not the beginning of a longer name. */
function isAbout(line: string, subject: string): boolean {
  const at = line.indexOf(subject);
  return at >= 0 && !/[A-Za-z0-9.-]/.test(line.charAt(at + subject.length));
}
