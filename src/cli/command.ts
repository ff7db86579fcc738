import type { Command } from 'commander';
import { AppError } from '#ports/errors.js';
import type { Connection, Io, Target } from './io.js';

/** A command adds itself to the program; adding one is a file and a line in `commands/index.ts`. */
export type RegisterCommand = (program: Command, io: Io) => void;

/** Ends the process with this code after the message was printed; nothing more is said. */
export class ExitWith extends Error {
  readonly code: number;

  constructor(code: number, message = '') {
    super(message);
    this.code = code;
  }
}

/** The cluster flags that the program takes before or behind a command. */
export function targetOf(command: Command): Target {
  const flags = command.optsWithGlobals<{ kubeconfig?: string; context?: string; namespace?: string }>();
  return {
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
    ...(flags.context === undefined ? {} : { context: flags.context }),
    ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
  };
}

/** Runs `work` with a connection that is closed in any case. */
export async function withConnection<T>(
  io: Io,
  command: Command,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await io.connect(targetOf(command));
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** Accepts `NAME`, `rollout/NAME` and `ro/NAME`. */
export function rolloutName(argument: string): string {
  const slash = argument.indexOf('/');
  if (slash < 0) return argument;
  const kind = argument.slice(0, slash).toLowerCase();
  if (['ro', 'rollout', 'rollouts', 'rollouts.argoproj.io'].includes(kind)) return argument.slice(slash + 1);
  throw new AppError(
    'ConfigInvalid',
    `${argument}: expected the name of a rollout, for instance rollout/web`,
  );
}
