import type { Command } from 'commander';
import type { Io } from '../io.js';

interface Flags {
  readonly port: string;
  readonly gatewayPort: string;
  readonly pagePort: string;
  readonly controller: boolean;
  readonly prometheus: boolean;
}

/** `sluice sandbox`: an embedded cluster with the controllers, until a signal ends it. */
export function registerSandbox(program: Command, io: Io): void {
  program
    .command('sandbox')
    .description('run an embedded cluster on this machine, with the controllers; use it with kubectl')
    .option('--port <port>', 'port of the API server, 0 for a free one', '0')
    .option('--gateway-port <port>', 'port of the gateway, 0 for a free one', '0')
    .option('--page-port <port>', 'port of the page, 0 for a free one', '0')
    .option('--no-controller', 'the cluster alone')
    .option('--no-prometheus', 'without metrics')
    .action(async (flags: Flags, command: Command) => {
      const { startStack } = await import('#demo/stack.js');
      const file = command.optsWithGlobals<{ kubeconfig?: string }>().kubeconfig;
      const ended = new AbortController();
      const stack = await startStack({
        onProgress: (message) => io.err.write(`${message}\n`),
        onFailure: (why) => {
          io.err.write(`error: ${why}\n`);
          ended.abort();
        },
        sandbox: {
          port: Number(flags.port),
          gateway: { port: Number(flags.gatewayPort), endpointDelayMs: 200, routeDelayMs: 300 },
          ...(file === undefined ? {} : { kubeconfig: file }),
        },
        controller: flags.controller,
        prometheus: flags.prometheus ? 'wanted' : 'none',
        pagePort: Number(flags.pagePort),
      });
      try {
        io.out.write(`export KUBECONFIG=${stack.sandbox.kubeconfig}\n`);
        io.out.write(`# gateway http://127.0.0.1:${stack.sandbox.gateway.port}\n`);
        if (stack.controller !== undefined) io.out.write(`# page ${stack.controller.pageUrl}\n`);
        const signal = AbortSignal.any([ended.signal, io.interrupted]);
        if (!signal.aborted)
          await new Promise<void>((resolve) =>
            signal.addEventListener('abort', () => resolve(), { once: true }),
          );
      } finally {
        await stack.close();
      }
    });
}
