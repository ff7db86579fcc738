import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { buildRequest, parseAnswer, pluginLimits, type PluginMethod } from '#core/plugin/protocol.js';
import type { PluginReply } from '#ports/plugin-host.js';
import { unreachable } from '../client.js';
import type { ErrorLog } from './error-log.js';

const graceMs = 2000;

/** The program to run, and the whole of its environment. */
export interface ProcessOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly errors: ErrorLog;
  readonly now: () => number;
}

interface Pending {
  readonly id: string;
  readonly settle: (reply: PluginReply) => void;
}

/**
 * One running program. It is asked one thing at a time: a line of JSON in, a line of JSON out. A program that does not
 * keep to that, or to its time, is killed with everything that it started.
 */
export class PluginProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #options: ProcessOptions;
  readonly #ended: Promise<void>;
  #pending: Pending | undefined;
  #output: Buffer[] = [];
  #outputBytes = 0;
  #requests = 0;
  #death: string | undefined;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#child = spawn(options.path, [...options.args], { env: options.env, stdio: 'pipe', detached: true });
    const { stdout, stderr, stdin } = this.#child;
    stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    stderr.setEncoding('utf8').on('data', (text: string) => options.errors.take(text, options.now()));
    // A program that ends while we write is seen by its end.
    stdin.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#die(`it could not be started: ${error.message}`);
        resolve();
      });
      this.#child.on('close', (code, signal) => {
        this.#die(code === null ? `it was ended by ${signal ?? 'a signal'}` : `it ended with code ${code}`);
        resolve();
      });
    });
  }

  /** Whether it can be asked. */
  get isAlive(): boolean {
    return this.#death === undefined;
  }

  /** Asks one thing; nothing else may be under way. After `timeoutMs`, or when the signal aborts, the program is killed. */
  ask(method: PluginMethod, params: object, timeoutMs: number, signal: AbortSignal): Promise<PluginReply> {
    if (this.#death !== undefined) return Promise.resolve(unreachable(this.#withLastWords(this.#death)));
    this.#requests += 1;
    const id = String(this.#requests);
    const line = buildRequest(id, method, params);
    if (Buffer.byteLength(line) > pluginLimits.requestBytes) {
      return Promise.resolve(unreachable(`the request is larger than ${pluginLimits.requestBytes} bytes`));
    }
    return new Promise((resolve) => {
      const late = () => this.#kill(`it did not answer ${method} within ${timeoutMs / 1000}s and was ended`);
      const cut = () => this.#kill('the request was cancelled');
      const timer = setTimeout(late, timeoutMs);
      signal.addEventListener('abort', cut, { once: true });
      const settle = (reply: PluginReply) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', cut);
        resolve(reply);
      };
      this.#pending = { id, settle };
      if (signal.aborted) cut();
      else this.#child.stdin.write(`${line}\n`);
    });
  }

  /** Lets it end by itself: closes its input, and kills it when that is not enough. */
  async end(): Promise<void> {
    if (this.#pending !== undefined) this.#kill('this plugin is not wanted any more');
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#killGroup(), graceMs);
    await this.#ended;
    clearTimeout(timer);
  }

  #take(chunk: Buffer): void {
    if (this.#death !== undefined) return;
    this.#outputBytes += chunk.length;
    if (this.#outputBytes > pluginLimits.answerBytes) {
      this.#kill(`it answered with more than ${pluginLimits.answerBytes} bytes and was ended`);
      return;
    }
    const at = chunk.indexOf(0x0a);
    this.#output.push(chunk);
    if (at < 0) return;
    const text = Buffer.concat(this.#output).toString('utf8');
    this.#output = [];
    this.#outputBytes = 0;
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length > 0) this.#answer(lines, text.endsWith('\n'));
  }

  #answer(lines: readonly string[], isWhole: boolean): void {
    const [line = ''] = lines;
    const pending = this.#pending;
    if (pending === undefined || lines.length > 1 || !isWhole) {
      const what = pending === undefined ? 'it wrote without being asked' : 'it wrote more than one answer';
      this.#kill(`${what}: only answers belong on standard output, everything else on standard error`);
      return;
    }
    const answer = parseAnswer(line, pending.id);
    if (answer.kind === 'garbage') {
      this.#kill(`it wrote ${answer.message}`);
      return;
    }
    this.#pending = undefined;
    pending.settle(answer);
  }

  #kill(reason: string): void {
    this.#die(reason);
    this.#killGroup();
  }

  #die(reason: string): void {
    this.#death ??= reason;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.settle(unreachable(this.#withLastWords(this.#death)));
  }

  #withLastWords(reason: string): string {
    const { end } = this.#options.errors;
    return end === '' ? reason : `${reason}; its last words: ${end}`;
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Every process of the group has ended by itself.
    }
  }
}
