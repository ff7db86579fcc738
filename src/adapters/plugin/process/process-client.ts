import { resolve as absolute } from 'node:path';
import { handshakeParams, parseHandshake, peerPluginHint } from '#core/plugin/handshake.js';
import { shorten, type PluginMethod } from '#core/plugin/protocol.js';
import type { PluginReply } from '#ports/plugin-host.js';
import { Backoff } from '../backoff.js';
import { unreachable, type ClientOptions, type PluginClient } from '../client.js';
import { Slots } from '../slots.js';
import { findFileProblem } from './check-file.js';
import { pluginEnvironment } from './environment.js';
import { ErrorLog } from './error-log.js';
import { PluginProcess } from './plugin-process.js';

/** Programs of one plugin at the same time; each works on one request. */
const mostProcesses = 4;
const mostWaiting = 1000;
const handshakeMs = 10_000;
const idleMs = 300_000;

/** A plugin that is a program on this machine; a relative path counts from where this process was started. */
export function createProcessClient(options: ClientOptions, path: string): PluginClient {
  return new ProcessClient(options, absolute(path));
}

interface Idle {
  readonly process: PluginProcess;
  readonly timer: NodeJS.Timeout;
}

type Opened = { readonly process: PluginProcess } | { readonly problem: string };

/**
 * Keeps up to four programs of a plugin. They stay for the next request, are started again with growing waits when they
 * fail, and end when nothing has been asked of them for five minutes.
 */
class ProcessClient implements PluginClient {
  readonly #options: ClientOptions;
  readonly #path: string;
  readonly #idle: Idle[] = [];
  readonly #busy = new Set<PluginProcess>();
  readonly #slots = new Slots(mostProcesses);
  readonly #backoff = new Backoff();
  #features: readonly string[] = [];
  #isClosed = false;

  constructor(options: ClientOptions, path: string) {
    this.#options = options;
    this.#path = path;
  }

  async call(method: PluginMethod, params: object, signal: AbortSignal): Promise<PluginReply> {
    if (this.#slots.waiting >= mostWaiting) return unreachable(`${mostWaiting} requests wait for it already`);
    return this.#slots.run(() => this.#ask(method, params, signal));
  }

  features(): readonly string[] {
    return this.#features;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const idle = this.#idle.splice(0);
    for (const { timer } of idle) clearTimeout(timer);
    const all = [...idle.map(({ process }) => process), ...this.#busy];
    await Promise.all(all.map((process) => process.end()));
  }

  async #ask(method: PluginMethod, params: object, signal: AbortSignal): Promise<PluginReply> {
    if (signal.aborted) return unreachable('the request was cancelled');
    const opened = this.#takeIdle() ?? (await this.#open(signal));
    if ('problem' in opened) return unreachable(opened.problem);
    const { process } = opened;
    this.#busy.add(process);
    const reply = await process.ask(method, params, this.#options.entry.timeoutMs, signal);
    this.#busy.delete(process);
    if (reply.kind === 'unreachable') {
      void process.end();
      if (!signal.aborted) this.#failed(reply.message);
    } else {
      this.#backoff.succeeded();
      this.#keep(process);
    }
    return reply;
  }

  #takeIdle(): Opened | undefined {
    for (;;) {
      const idle = this.#idle.pop();
      if (idle === undefined) return undefined;
      clearTimeout(idle.timer);
      if (idle.process.isAlive) return { process: idle.process };
    }
  }

  #keep(process: PluginProcess): void {
    if (this.#isClosed || !process.isAlive) {
      void process.end();
      return;
    }
    const idle: Idle = { process, timer: setTimeout(() => this.#retire(process), idleMs) };
    idle.timer.unref();
    this.#idle.push(idle);
  }

  #retire(process: PluginProcess): void {
    const at = this.#idle.findIndex((idle) => idle.process === process);
    if (at >= 0) this.#idle.splice(at, 1);
    void process.end();
  }

  /** Starts a program and shakes hands with it. */
  async #open(signal: AbortSignal): Promise<Opened> {
    const { clock, entry, env, log } = this.#options;
    const refusal = this.#backoff.refusal(clock.now());
    if (refusal !== undefined) return { problem: refusal };
    const problem = this.#isClosed
      ? 'it is not wanted any more'
      : await findFileProblem(this.#path, entry.sha256);
    if (problem !== undefined) return this.#failed(problem);
    const errors = new ErrorLog(log.with({ plugin: entry.name }));
    const process = new PluginProcess({
      path: this.#path,
      args: entry.args,
      env: pluginEnvironment(env, entry.env),
      errors,
      now: () => clock.now(),
    });
    this.#busy.add(process);
    const params = handshakeParams(entry.name, entry.kind);
    const reply = await process.ask('handshake', params, Math.min(handshakeMs, entry.timeoutMs), signal);
    this.#busy.delete(process);
    const shaken = this.#read(reply);
    if (shaken === undefined) return { process };
    void process.end();
    return this.#failed(peerPluginHint(errors.end) ?? shaken);
  }

  /** Why the handshake did not succeed. */
  #read(reply: PluginReply): string | undefined {
    if (reply.kind !== 'result') return `the handshake failed: ${reply.message}`;
    const handshake = parseHandshake(reply.result, this.#options.entry.kind);
    if (!handshake.ok) return handshake.message;
    this.#features = handshake.features;
    return undefined;
  }

  #failed(message: string): { readonly problem: string } {
    const problem = shorten(message);
    const { clock, log, entry } = this.#options;
    this.#backoff.failed(clock.now(), problem);
    log.warn('plugin failed', { plugin: entry.name, problem });
    return { problem };
  }
}
