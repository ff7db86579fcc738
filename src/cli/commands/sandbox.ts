import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Stack, StackOptions } from '#demo/stack.js';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';
import { ExitWith, UsageError } from '../command.js';
import { portFlag } from '../flags.js';
import type { Io } from '../io.js';

interface Flags {
  readonly port: string;
  readonly gatewayPort: string;
  readonly pagePort: string;
  readonly controller: boolean;
  readonly prometheus: boolean;
  readonly git?: string;
}

/** `sluice sandbox`: an embedded cluster with the controllers, until a signal ends it. */
export function registerSandbox(program: Command, io: Io): void {
  program
    .command('sandbox')
    .description('run an embedded cluster on this machine, with the controllers; use it with kubectl')
    .option('--port <port>', 'port of the API server, 0 for a free one', '0')
    .option('--gateway-port <port>', 'port of the gateway, 0 for a free one', '0')
    .option('--page-port <port>', 'port of the page, 0 for a free one', '0')
    .option(
      '--git <folder>',
      'serve the Git repositories in this folder over HTTP, for a GitRepository to name',
    )
    .option('--no-controller', 'the cluster alone')
    .option('--no-prometheus', 'without metrics')
    .action(async (flags: Flags, command: Command) => {
      const file = command.optsWithGlobals<{ kubeconfig?: string }>().kubeconfig;
      const options = optionsOf(flags, file);
      if (flags.git !== undefined && !existsSync(flags.git))
        throw new UsageError(`--git: there is no folder ${flags.git}`);
      const { startStack } = await import('#demo/stack.js');
      const ended = new AbortController();
      const signal = AbortSignal.any([ended.signal, io.interrupted]);
      const stack = await startStack({
        ...options,
        signal,
        onProgress: (message) => io.err.write(`${message}\n`),
        onFailure: (why) => {
          if (!signal.aborted) io.err.write(`error: ${why}\n`);
          ended.abort();
        },
      });
      let git: GitServer | undefined;
      try {
        git = flags.git === undefined ? undefined : await serveGit(flags.git);
        io.out.write(introduction(stack, git));
        await untilAborted(signal);
      } finally {
        await git?.close();
        await stack.close();
      }
      if (!io.interrupted.aborted) throw new ExitWith(1);
    });
}

function introduction({ sandbox, controller }: Stack, git: GitServer | undefined): string {
  return [
    `export KUBECONFIG=${sandbox.kubeconfig}`,
    `# gateway http://127.0.0.1:${sandbox.gateway.port}`,
    ...(git === undefined ? [] : [`# git ${git.url}/<repository>`]),
    ...(controller === undefined ? [] : [`# page ${controller.pageUrl}`]),
    '',
  ].join('\n');
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function optionsOf(
  flags: Flags,
  kubeconfig: string | undefined,
): Pick<StackOptions, 'sandbox' | 'controller' | 'prometheus' | 'pagePort'> {
  return {
    sandbox: {
      port: portFlag('--port', flags.port),
      gateway: {
        port: portFlag('--gateway-port', flags.gatewayPort),
        endpointDelayMs: 200,
        routeDelayMs: 300,
      },
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
    },
    controller: flags.controller,
    prometheus: flags.prometheus ? 'wanted' : 'none',
    pagePort: portFlag('--page-port', flags.pagePort),
  };
}
