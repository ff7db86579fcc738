import type { Command } from 'commander';
import { kinds, type Kind } from '#api/kinds.js';
import { fieldManager } from '../carry-out.js';
import { withConnection } from '../command.js';
import type { Io } from '../io.js';

/** `sluice terminate experiment|analysisrun NAME…`: ends it where it is. */
export function registerTerminate(program: Command, io: Io): void {
  const terminate = program.command('terminate').description('end an experiment or analysis run');
  registerKind(terminate, io, kinds.analysisRun, ['ar', 'analysisruns']);
  registerKind(terminate, io, kinds.experiment, ['exp', 'experiments']);
}

function registerKind(terminate: Command, io: Io, kind: Kind, aliases: readonly string[]): void {
  const word = `${kind.kind.charAt(0).toLowerCase()}${kind.kind.slice(1)}`;
  const command = terminate
    .command(`${kind.kind.toLowerCase()} <name...>`)
    .aliases(aliases)
    .description(`end an ${kind.kind} where it is`)
    .action(async (names: readonly string[]) =>
      withConnection(io, command, async ({ kube, namespace }) => {
        for (const name of names) {
          const body = { spec: { terminate: true } };
          await kube.patch({ kind, namespace, name }, { type: 'merge', body }, { fieldManager });
          io.out.write(`${word} '${name}' terminated\n`);
        }
      }),
    );
}
