import type { Command } from 'commander';
import type { KubeAccess } from '#adapters/kube-http/kubeconfig.js';
import { withoutUndefined } from '#core/rollout/course.js';
import { parseGoDuration } from '#core/time/duration.js';
import { addMs } from '#core/time/instant.js';
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

/** The command line is wrong: exit code 2. */
export class UsageError extends ExitWith {
  constructor(message: string) {
    super(2, message);
  }
}

interface TargetFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly server?: string;
  readonly token?: string;
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly insecureSkipTlsVerify?: boolean;
  readonly certificateAuthority?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  readonly requestTimeout?: string;
}

/** The cluster flags that the program takes before or behind a command. */
export function targetOf(command: Command): Target {
  const flags = command.optsWithGlobals<TargetFlags>();
  const { kubeconfig, context, namespace, requestTimeout } = flags;
  const access = accessOf(flags);
  const timeoutMs = requestTimeout === undefined ? 0 : timeoutFlag(requestTimeout);
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(Object.keys(access).length === 0 ? {} : { access }),
    ...(timeoutMs === 0 ? {} : { timeoutMs }),
  };
}

function accessOf(flags: TargetFlags): KubeAccess {
  return withoutUndefined({
    cluster: flags.cluster,
    user: flags.user,
    server: flags.server,
    token: flags.token,
    as: flags.as,
    asGroups: flags.asGroup,
    isInsecure: flags.insecureSkipTlsVerify === true ? true : undefined,
    caFile: flags.certificateAuthority,
    certFile: flags.clientCertificate,
    keyFile: flags.clientKey,
    serverName: flags.tlsServerName,
    proxyUrl: flags.proxyUrl,
  });
}

/** As kubectl reads it: a number of seconds or a duration. */
function timeoutFlag(text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text);
  if (ms !== undefined && ms >= 0) return ms;
  throw new UsageError(`--request-timeout ${text}: expected a duration such as 30s, or 0`);
}

/** How long a command that was interrupted may take to end by itself. */
const graceMs = 500;

/** Runs `work` with a connection that is closed in any case; an interrupted one is not waited for longer than shortly. */
export async function withConnection<T>(
  io: Io,
  command: Command,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await io.connect(targetOf(command));
  try {
    return await Promise.race([work(connection), overdue(io)]);
  } finally {
    await connection.close();
  }
}

/** Fails some time after the user has interrupted: a cluster that does not answer must not hold anybody. */
async function overdue(io: Io): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => {
      const late = addMs(io.clock.now(), graceMs);
      io.clock.schedule(late, () => reject(new AppError('ShuttingDown', 'interrupted')));
    };
    if (io.interrupted.aborted) end();
    else io.interrupted.addEventListener('abort', end, { once: true });
  });
}

const rolloutWords = ['ro', 'rollout', 'rollouts', 'rollouts.argoproj.io'];

/** Accepts `NAME`, `rollout/NAME` and `ro/NAME`. */
export function rolloutName(argument: string): string {
  const slash = argument.indexOf('/');
  const kind = argument.slice(0, Math.max(0, slash)).toLowerCase();
  const name = argument.slice(slash + 1);
  if (name !== '' && (slash < 0 || rolloutWords.includes(kind))) return name;
  throw new UsageError(`"${argument}": expected the name of a rollout, for instance web or rollout/web`);
}

const experimentWords = ['exp', 'experiment', 'experiments', 'experiments.argoproj.io'];

/** The names of experiments when the first word is their kind, or each is `experiment/NAME`; otherwise `undefined`. */
export function experimentNames(words: readonly string[]): readonly string[] | undefined {
  const [first = '', ...rest] = words;
  if (rest.length > 0 && experimentWords.includes(first.toLowerCase())) return rest;
  const parted = words.map((word) => word.split('/'));
  const areAll = parted.every(([kind = '', name]) => name !== undefined && experimentWords.includes(kind));
  return areAll ? parted.map(([, name = '']) => name) : undefined;
}

/** The names behind a command that takes one or several; a first word such as `rollout` is the kind when more follow. */
export function rolloutNames(words: readonly string[]): readonly string[] {
  const [first = '', ...rest] = words;
  const isKind = rest.length > 0 && rolloutWords.includes(first.toLowerCase());
  return (isKind ? rest : words).map(rolloutName);
}
