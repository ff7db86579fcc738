import { type ChildProcess, spawn } from 'node:child_process';
import type { LogBuffer } from '../log-buffer.js';

/** A command line and what it is given. */
export interface Program {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Exit {
  readonly exitCode: number;
  readonly signal?: string;
}

/** One run of a container's program, in a process group of its own so that what it starts ends with it. */
export class ContainerProcess {
  readonly #child: ChildProcess;

  constructor(program: Program, log: LogBuffer, onExit: (exit: Exit) => void) {
    const [file = '', ...args] = program.command;
    // Its stdin is a pipe that closes when the sandbox dies, which the built-in app takes for the end.
    this.#child = spawn(file, args, {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...program.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
    });
    const write = (chunk: Buffer): void => log.append(chunk.toString('utf8'));
    this.#child.stdout?.on('data', write);
    this.#child.stderr?.on('data', write);
    this.#child.stdin?.on('error', () => undefined);
    this.#child.on('error', (error) => {
      log.append(`${error.message}\n`);
      if (this.#child.pid === undefined) onExit({ exitCode: 128 });
    });
    this.#child.on('exit', (code, signal) => {
      const number = signal === 'SIGKILL' ? 137 : 143;
      onExit(signal === null ? { exitCode: code ?? 0 } : { exitCode: number, signal });
    });
    this.#child.unref();
  }

  /** Signals the whole group; harmless when it has ended. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Nobody of the group is left.
    }
  }
}
