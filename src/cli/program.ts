import { Command, CommanderError } from 'commander';
import { toAppError, type AppError } from '#ports/errors.js';
import { ExitWith } from './command.js';
import { commands } from './commands/index.js';
import { readGoBooleans } from './flags.js';
import type { Io } from './io.js';
import { productVersion } from './version.js';

const controllerName = 'controller';
const exitCodes = { usage: 2, failed: 1, interrupted: 130 } as const;

/**
 * Runs one command line (without `node` and the script).
 *
 * @returns the exit code: 0 done, 1 failed (the reason is on stderr), 2 wrong usage, 130 interrupted, or what the
 *   command documents.
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const program = buildProgram(io);
  try {
    const line = readGoBooleans(withController(args, program), program);
    await program.parseAsync([...line], { from: 'user' });
    return 0;
  } catch (thrown) {
    if (thrown instanceof ExitWith) {
      if (thrown.message !== '') io.err.write(`error: ${thrown.message}\n`);
      return thrown.code;
    }
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : exitCodes.usage;
    if (io.interrupted.aborted) return exitCodes.interrupted;
    io.err.write(`error: ${describe(toAppError(thrown), io)}\n`);
    return exitCodes.failed;
  }
}

/** The arguments of the peer's Deployment are flags alone, since its program is nothing but the controller. */
function withController(args: readonly string[], program: Command): readonly string[] {
  const words = new Set(program.commands.map((command) => command.name()));
  const isOther = args.some((arg) => words.has(arg)) || args.includes('--help') || args.includes('-h');
  const controller = program.commands.find((command) => command.name() === controllerName);
  const flags = new Set(controller?.options.map(({ long }) => long));
  const isMeant = args.some((arg) => flags.has(arg.split('=')[0]));
  return isMeant && !isOther ? [controllerName, ...args] : args;
}

/** What the user reads; with SLUICE_DEBUG set also where a broken invariant broke. */
function describe(error: AppError, io: Io): string {
  if (error.code === 'KubeUnreachable')
    return `the cluster does not answer: ${error.message}\nIs it the right one? See --kubeconfig and --context, and the variable KUBECONFIG.`;
  const isTraced = error.code === 'BrokenInvariant' && io.env['SLUICE_DEBUG'] !== undefined;
  return isTraced ? `${error.message}\n${error.stack ?? ''}` : error.message;
}

function buildProgram(io: Io): Command {
  const program = new Command('sluice')
    .description('Progressive delivery for Kubernetes, from a Git commit to a gated release.')
    .version(productVersion(), '-V, --version', 'print the version')
    .option('--kubeconfig <file>', 'kubeconfig to use; default $KUBECONFIG, ~/.kube/config, then the pod')
    .option('--context <name>', 'context of the kubeconfig')
    .option('-n, --namespace <name>', 'namespace; default that of the context')
    .option('--cluster <name>', 'cluster of the kubeconfig, instead of that of the context')
    .option('--user <name>', 'user of the kubeconfig, instead of that of the context')
    .option('-s, --server <address>', 'address of the API server')
    .option('--token <token>', 'bearer token for the API server')
    .option('--as <user>', 'act as this user')
    .option('--as-group <group>', 'and as one in this group; may be repeated', collect)
    .option('--insecure-skip-tls-verify', 'do not verify the certificate of the API server')
    .option('--certificate-authority <file>', 'who signs the certificate of the API server')
    .option('--client-certificate <file>', 'certificate of the client')
    .option('--client-key <file>', 'key of that certificate')
    .option('--tls-server-name <name>', 'name in the certificate of the API server')
    .option('--proxy-url <url>', 'proxy to the API server')
    .option('--request-timeout <duration>', 'give up on a request after this time; 0 is the default')
    .showHelpAfterError('(run with --help for the usage)')
    .configureOutput({ writeOut: (text) => io.out.write(text), writeErr: (text) => io.err.write(text) })
    .exitOverride();
  for (const register of commands) register(program, io);
  for (const command of allCommands(program)) command.exitOverride().copyInheritedSettings(program);
  return program;
}

/** The values of a flag that is given several times; a list behind one flag would take the command for a value. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function allCommands(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}
