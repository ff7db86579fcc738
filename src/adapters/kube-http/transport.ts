import { setMaxListeners } from 'node:events';
import pRetry from 'p-retry';
import type { Dispatcher } from 'undici';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import { createAgentPool } from './agents.js';
import { createExchange, type ExchangeOptions, type KubeRequest, retryAfterMs } from './exchange.js';
import { createGate, spareForTraffic } from './gate.js';
import { errorOfResponse, errorOfTransport } from './response-error.js';

export interface TransportOptions extends ExchangeOptions {
  /** Of one attempt, from sending to the last byte; default 30 s. */
  readonly timeoutMs?: number;
  /** Kept alive for requests; default 12. */
  readonly maxConnections?: number;
}

/** Requests to one API server; every method throws AppError and nothing else. */
export interface Transport {
  /** The body of a success. Reads that fail for a passing reason are tried again. */
  send(request: KubeRequest): Promise<string>;
  /** The body as it comes; no time limit once it has begun. */
  stream(request: KubeRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

const passing = new Set(['KubeUnreachable', 'KubeUnavailable', 'KubeTimeout', 'KubeThrottled']);
const retries = { retries: 3, minTimeout: 200, maxTimeout: 2000, randomize: true };

export function createTransport(options: TransportOptions): Transport {
  const { maxConnections = 12 } = options;
  const pool = createAgentPool(maxConnections + spareForTraffic);
  const exchange = createExchange(options, pool, createGate(maxConnections));
  const closing = new AbortController();
  // As many requests as there are at a time listen to it.
  setMaxListeners(0, closing.signal);

  async function guarded<T>(request: KubeRequest, run: () => Promise<T>): Promise<T> {
    try {
      closing.signal.throwIfAborted();
      return await run();
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      if (!closing.signal.aborted) throw errorOfTransport(request.subject, thrown);
      throw new AppError('ShuttingDown', `${request.subject}: the client is closed`, { cause: thrown });
    }
  }

  async function sendOnce(request: KubeRequest): Promise<string> {
    const limit = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const signalOf = () => {
      clearTimeout(timer);
      timer = setTimeout(() => limit.abort(timeoutOf(request)), options.timeoutMs ?? 30_000);
      return limit.signal;
    };
    try {
      const response = await exchange.answer(request, 'requests', signalOf);
      const body = await response.body.text();
      if (response.statusCode < 300) return body;
      throw failureOf(request, response, body, options.clock);
    } finally {
      clearTimeout(timer);
    }
  }

  const shouldRetry = ({ error }: { readonly error: Error }) => {
    return error instanceof AppError && passing.has(error.code);
  };
  return {
    send(request) {
      const once = () => guarded(request, () => sendOnce(request));
      if (request.method !== 'GET') return once();
      return guarded(request, () => pRetry(once, { ...retries, shouldRetry, signal: closing.signal }));
    },
    stream(request, signal) {
      return guarded(request, async () => {
        const response = await exchange.answer(request, 'watches', () => signal);
        if (response.statusCode < 300) return response.body;
        throw failureOf(request, response, await response.body.text(), options.clock);
      });
    },
    async close() {
      closing.abort();
      await pool.close();
    },
  };
}

function timeoutOf(request: KubeRequest): AppError {
  return new AppError('KubeTimeout', `${request.subject}: no answer in time`, { object: request.subject });
}

function failureOf(
  request: KubeRequest,
  response: Dispatcher.ResponseData,
  body: string,
  clock: Clock,
): AppError {
  const waitMs = retryAfterMs(response, clock.now());
  const details = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  return errorOfResponse(request.subject, { status: response.statusCode, body, ...details });
}
