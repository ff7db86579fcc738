import type { Command } from 'commander';
import { renderCrds } from '../../generate/crds.js';
import type { Io } from '../io.js';

/** `sluice crds`: the CustomResourceDefinitions of this version, for `kubectl apply --server-side -f -`. */
export function registerCrds(program: Command, io: Io): void {
  program
    .command('crds')
    .description(
      'print the CustomResourceDefinitions, to be applied with: sluice crds | kubectl apply --server-side -f -',
    )
    .action(() => {
      io.out.write(
        renderCrds()
          .map((file) => file.text)
          .join('---\n'),
      );
    });
}
