import { fetch } from 'undici';
import { handshakeParams, parseHandshake } from '#core/plugin/handshake.js';
import {
  buildRequest,
  parseAnswer,
  pluginLimits,
  shorten,
  type PluginMethod,
} from '#core/plugin/protocol.js';
import type { PluginReply } from '#ports/plugin-host.js';
import { Backoff } from '../backoff.js';
import { unreachable, type ClientOptions, type PluginClient } from '../client.js';
import { Slots } from '../slots.js';

/** Requests to one endpoint at the same time. */
const mostRequests = 16;
const handshakeMs = 10_000;
/** A handshake is asked again when nothing was heard for this long. */
const freshMs = 300_000;

/** A plugin that is an HTTP endpoint: every request is one POST. */
export function createHttpClient(options: ClientOptions, url: string): PluginClient {
  return new HttpClient(options, url);
}

class HttpClient implements PluginClient {
  readonly #options: ClientOptions;
  readonly #url: string;
  readonly #slots = new Slots(mostRequests);
  readonly #backoff = new Backoff();
  readonly #closed = new AbortController();
  #features: readonly string[] = [];
  /** Read before each handshake. */
  #headers: Readonly<Record<string, string>> = {};
  #heardAt: number | undefined;
  #requests = 0;

  constructor(options: ClientOptions, url: string) {
    this.#options = options;
    this.#url = url;
  }

  call(method: PluginMethod, params: object, signal: AbortSignal): Promise<PluginReply> {
    return this.#slots.run(() => this.#ask(method, params, signal));
  }

  async #ask(method: PluginMethod, params: object, signal: AbortSignal): Promise<PluginReply> {
    if (signal.aborted) return unreachable('the request was cancelled');
    const { clock, entry } = this.#options;
    const refusal = this.#backoff.refusal(clock.now());
    if (refusal !== undefined) return unreachable(refusal);
    const problem = await this.#shakeHands(signal);
    if (problem !== undefined) return this.#failed(problem, signal);
    const reply = await this.#post(method, params, entry.timeoutMs, signal);
    if (reply.kind === 'unreachable') return this.#failed(reply.message, signal);
    this.#heardAt = clock.now();
    this.#backoff.succeeded();
    return reply;
  }

  features(): readonly string[] {
    return this.#features;
  }

  close(): Promise<void> {
    this.#closed.abort();
    return Promise.resolve();
  }

  async #shakeHands(signal: AbortSignal): Promise<string | undefined> {
    const { clock, entry } = this.#options;
    if (this.#heardAt !== undefined && clock.now() - this.#heardAt < freshMs) return undefined;
    const unread = await this.#readHeaders();
    if (unread !== undefined) return unread;
    const timeoutMs = Math.min(handshakeMs, entry.timeoutMs);
    const reply = await this.#post('handshake', handshakeParams(entry.name, entry.kind), timeoutMs, signal);
    if (reply.kind !== 'result')
      return `the handshake with ${withoutSecrets(this.#url)} failed: ${reply.message}`;
    const handshake = parseHandshake(reply.result, entry.kind);
    if (!handshake.ok) return handshake.message;
    this.#features = handshake.features;
    this.#heardAt = clock.now();
    return undefined;
  }

  /** Why the headers cannot be had; `undefined` when they can. */
  async #readHeaders(): Promise<string | undefined> {
    const headers: Record<string, string> = {};
    try {
      for (const name of this.#options.entry.headersFrom) {
        for (const [header, value] of Object.entries(await this.#options.readSecret(name))) {
          headers[header.toLowerCase()] = value.trim();
        }
      }
    } catch (thrown) {
      // A Secret that is not there is the plugin's trouble, not that of the controller.
      return `its headersFrom cannot be read: ${messageOf(thrown)}`;
    }
    this.#headers = headers;
    return undefined;
  }

  async #post(
    method: PluginMethod,
    params: object,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<PluginReply> {
    this.#requests += 1;
    const id = String(this.#requests);
    const body = buildRequest(id, method, params);
    if (Buffer.byteLength(body) > pluginLimits.requestBytes) {
      return unreachable(`the request is larger than ${pluginLimits.requestBytes} bytes`);
    }
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { ...this.#headers, 'content-type': 'application/json', accept: 'application/json' },
        body,
        redirect: 'error',
        signal: AbortSignal.any([signal, limit, this.#closed.signal]),
      });
      const text = await readText(response.body);
      return response.ok ? read(text, id) : unreachable(statusText(response.status, method));
    } catch (thrown) {
      // Whatever the far side or the network did is an outcome for the caller.
      if (limit.aborted) return unreachable(`it did not answer ${method} within ${timeoutMs / 1000}s`);
      return unreachable(messageOf(thrown));
    }
  }

  #failed(message: string, signal: AbortSignal): PluginReply {
    this.#heardAt = undefined;
    const problem = shorten(message);
    const { clock, log, entry } = this.#options;
    if (signal.aborted) return unreachable(problem);
    this.#backoff.failed(clock.now(), problem);
    log.warn('plugin failed', { plugin: entry.name, problem });
    return unreachable(problem);
  }
}

/** A URL as it may be shown: user, password and query stay out. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

async function readText(body: AsyncIterable<unknown> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    const bytes = chunk as Uint8Array; // a byte stream, as every response body is
    size += bytes.length;
    if (size > pluginLimits.answerBytes) {
      throw new Error(`it answered with more than ${pluginLimits.answerBytes} bytes`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function read(text: string, id: string): PluginReply {
  const answer = parseAnswer(text, id);
  return answer.kind === 'garbage' ? unreachable(`it sent ${answer.message}`) : answer;
}

function statusText(status: number, method: PluginMethod): string {
  const hint =
    method === 'handshake' && [404, 405].includes(status)
      ? '; an http location is an endpoint of the plugin protocol that is called, not a file that is downloaded'
      : '';
  return `it answered with HTTP status ${status}${hint}`;
}

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.name === 'AbortError') return 'the request was cancelled';
  const cause: unknown = thrown.cause;
  return cause instanceof Error && cause.message !== ''
    ? `${thrown.message}: ${cause.message}`
    : thrown.message;
}
