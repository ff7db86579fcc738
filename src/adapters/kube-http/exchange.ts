import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { createTokenBucket, takeToken, type TokenBucket } from '#core/time/token-bucket.js';
import type { Clock } from '#ports/clock.js';
import type { AgentPool } from './agents.js';
import type { Connection, Credentials } from './credentials.js';
import type { Gate } from './gate.js';

/** One request, or one attempt at it, as metrics count it. `code` is the HTTP status, or `error` when none came. */
interface RequestObservation {
  readonly verb: string;
  readonly kind: string;
  readonly path: string;
  readonly code: string;
  readonly durationMs: number;
}

export interface ExchangeOptions {
  readonly credentials: Credentials;
  readonly clock: Clock;
  /** The product and version, for instance `sluice/0.1.0`. */
  readonly userAgent: string;
  /** At most so many requests a second on average, and at once (default twice that), for each of the lanes (see `laneOf`). Default: as many as the server answers. */
  readonly qps?: number;
  readonly burst?: number;
  readonly onRequest?: (observation: RequestObservation) => void;
  /** Between 0 and 1; default Math.random. */
  readonly random?: () => number;
  /** Default real time; keeps the process alive, since somebody waits for the answer. */
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface KubeRequest {
  /** The API's verb for metrics: get, list, watch, create, update, patch, delete. */
  readonly verb: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** `Kind/namespace/name`, first word of an error. */
  readonly subject: string;
  readonly kind: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: unknown;
  /** Goes at once: lease renewals must not queue behind a burst. */
  readonly unlimited?: boolean;
}

export interface Exchange {
  /**
   * The first answer that is worth handing on: in its turn, after one renewal of refused credentials and one wait that
   * the server asked for. `signalOf` is called for each attempt.
   */
  answer(
    request: KubeRequest,
    over: 'requests' | 'watches',
    signalOf: () => AbortSignal,
  ): Promise<Dispatcher.ResponseData>;
}

/** Longer waits are not sat out here: the caller is told, and its queue looks again later. */
const longestWaitMs = 15_000;

export function createExchange(options: ExchangeOptions, pool: AgentPool, gate: Gate): Exchange {
  const { credentials, clock, qps } = options;
  const random = options.random ?? Math.random;
  const sleep = options.sleep ?? ((ms: number) => sleepFor(ms));
  const full = qps === undefined ? undefined : createTokenBucket(qps, options.burst ?? 2 * qps, clock.now());
  const buckets = new Map<string, TokenBucket>();

  async function admit(request: KubeRequest): Promise<void> {
    if (full === undefined) return;
    const lane = laneOf(request);
    const taken = takeToken(buckets.get(lane) ?? full, clock.now());
    buckets.set(lane, taken.bucket);
    const waitMs = taken.goAt - clock.now();
    if (waitMs > 0) await sleep(waitMs);
  }

  async function attempt(
    request: KubeRequest,
    send: () => Promise<Dispatcher.ResponseData>,
  ): Promise<Dispatcher.ResponseData> {
    const startedAt = clock.now();
    let code = 'error';
    try {
      const response = await send();
      code = String(response.statusCode);
      return response;
    } finally {
      const { verb, kind, path } = request;
      options.onRequest?.({ verb, kind, path, code, durationMs: clock.now() - startedAt });
    }
  }

  /** One attempt in its turn; watches stay open and lease renewals are urgent, so neither stands in line. */
  async function sendInTurn(
    request: KubeRequest,
    over: 'requests' | 'watches',
    signalOf: () => AbortSignal,
  ): Promise<Attempt> {
    const isFree = request.unlimited === true;
    if (!isFree) await admit(request);
    const leave = isFree || over === 'watches' ? undefined : await gate.enter(request);
    let isThrottled = false;
    try {
      const connection = await credentials.current();
      const dispatcher = pool.agentsFor(connection)[over];
      const sent = sentRequest(request, connection, options.userAgent);
      const response = await attempt(request, () => dispatcher.request({ ...sent, signal: signalOf() }));
      isThrottled = response.statusCode === 429;
      return { response, connection };
    } finally {
      leave?.(isThrottled ? 'throttled' : 'fine');
    }
  }

  return {
    async answer(request, over, signalOf) {
      let hasRenewed = false;
      let hasWaited = false;
      for (;;) {
        const { response, connection } = await sendInTurn(request, over, signalOf);
        if (response.statusCode === 401 && !hasRenewed) {
          hasRenewed = true;
          credentials.reject(connection);
          await response.body.dump();
          continue;
        }
        const waitMs = retryAfterMs(response, clock.now());
        if (waitMs === undefined || hasWaited || waitMs > longestWaitMs) return response;
        hasWaited = true;
        await response.body.dump();
        await sleep(waitMs + random() * Math.max(250, waitMs / 4));
      }
    },
  };
}

interface Attempt {
  readonly response: Dispatcher.ResponseData;
  readonly connection: Connection;
}

/**
 * Requests of one lane share a rate limit. The peer has a client, and with it a limit, for its own kinds and one for the
 * cluster's; events have a lane of their own here, so that telling of a release never holds the release back.
 */
function laneOf({ kind, path }: KubeRequest): string {
  if (kind === 'Event') return 'events';
  return path.startsWith('/apis/argoproj.io/') ? 'own' : 'cluster';
}

/** What a throttled or failing server asks to wait: seconds or a date. Absent on every other answer. */
export function retryAfterMs(response: Dispatcher.ResponseData, now: number): number | undefined {
  if (response.statusCode !== 429 && response.statusCode < 500) return undefined;
  const header = response.headers['retry-after'];
  if (typeof header !== 'string') return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

interface Address {
  readonly origin: string;
  /** Before every path; `''` for a server at the root. */
  readonly prefix: string;
}

const addresses = new WeakMap<Connection, Address>();

function addressOf(connection: Connection): Address {
  const known = addresses.get(connection);
  if (known !== undefined) return known;
  const { origin, pathname } = new URL(connection.server);
  const address = { origin, prefix: pathname === '/' ? '' : pathname };
  addresses.set(connection, address);
  return address;
}

function sentRequest(
  request: KubeRequest,
  connection: Connection,
  userAgent: string,
): Dispatcher.RequestOptions {
  const { origin, prefix } = addressOf(connection);
  const hasBody = request.body !== undefined;
  return {
    origin,
    path: `${prefix}${request.path}`,
    method: request.method,
    headers: {
      ...connection.headers,
      accept: request.accept ?? 'application/json',
      'user-agent': userAgent,
      ...(hasBody ? { 'content-type': request.contentType ?? 'application/json' } : {}),
    },
    ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
  };
}
