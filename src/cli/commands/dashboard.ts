import type { Command } from 'commander';
import { targetOf } from '../command.js';
import { portFlag } from '../flags.js';
import type { Io } from '../io.js';
import { productVersion } from '../version.js';

interface Flags {
  readonly port: string;
  readonly address?: string;
  readonly instanceId: string;
}

/** `sluice dashboard`: the page over the cluster of the kubeconfig, until a signal ends it. */
export function registerDashboard(program: Command, io: Io): void {
  const dashboard = program
    .command('dashboard')
    .description('serve the page on this machine, with the rights of the kubeconfig')
    .option('-p, --port <port>', 'port of the page, 0 for a free one', '3100')
    .option('--address <host>', 'where it is served (default 127.0.0.1)')
    .option('--instance-id <id>', 'only objects labelled with this instance', '')
    .action(async (flags: Flags) => {
      const { kubeconfig, context, namespace, access } = targetOf(dashboard);
      // Loaded here, so that short commands do not pay for it.
      const { startDashboard } = await import('../../main/dashboard.js');
      const page = await startDashboard({
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
        ...(context === undefined ? {} : { context }),
        ...(namespace === undefined ? {} : { namespace }),
        ...(access === undefined ? {} : { access }),
        ...(flags.address === undefined ? {} : { address: flags.address }),
        port: portFlag('--port', flags.port),
        instanceId: flags.instanceId,
        version: productVersion(),
      });
      try {
        io.out.write(`page ${page.url}\n`);
        if (!io.interrupted.aborted)
          await new Promise((resolve) => io.interrupted.addEventListener('abort', resolve, { once: true }));
      } finally {
        await page.close();
      }
    });
}
