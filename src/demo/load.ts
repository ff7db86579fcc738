import { Agent, request } from 'undici';

/** What became of one request. */
export interface Answer {
  /** Milliseconds since 1970 when it was sent. */
  readonly sentAt: number;
  readonly host: string;
  readonly user: number;
  /** From the header `x-version` of the app; absent when no app answered. */
  readonly version?: string;
  /** `dropped`: no app answered it, so delivery lost it. */
  readonly outcome: 'ok' | 'failed' | 'dropped';
  readonly status?: number;
  readonly reason?: string;
}

export interface Load {
  /** Stops sending and waits for what is under way (at most five seconds). */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly gatewayUrl: string;
  readonly hosts: readonly string[];
  /** For each host. */
  readonly requestsPerSecond: number;
  /** Distinct users, in turn. */
  readonly users: number;
  readonly onAnswer: (answer: Answer) => void;
}

/** Sends a steady stream to each host through the gateway, with keep-alive, whether or not earlier answers came. */
export function startLoad(options: LoadOptions): Load {
  const agent = new Agent({ connections: 32, pipelining: 1, headersTimeout: 5000, bodyTimeout: 5000 });
  const underWay = new Set<Promise<void>>();
  const periodMs = 1000 / options.requestsPerSecond;
  const startedAt = Date.now();
  let sent = 0;
  const tick = setInterval(() => {
    for (const due = Math.floor((Date.now() - startedAt) / periodMs); sent < due; sent++) {
      for (const host of options.hosts) {
        const one = send(agent, options, host, sent % options.users).finally(() => underWay.delete(one));
        underWay.add(one);
      }
    }
  }, 10);
  return {
    stop: async () => {
      clearInterval(tick);
      await Promise.all(underWay);
      await agent.close();
    },
  };
}

async function send(agent: Agent, options: LoadOptions, host: string, user: number): Promise<void> {
  const sentAt = Date.now();
  const base = { sentAt, host, user };
  try {
    const response = await request(options.gatewayUrl, {
      dispatcher: agent,
      headers: { host, 'x-user': String(user) },
    });
    await response.body.dump();
    const version = response.headers['x-version'];
    const status = response.statusCode;
    if (typeof version !== 'string')
      options.onAnswer({ ...base, outcome: 'dropped', status, reason: `status ${status} without an app` });
    else options.onAnswer({ ...base, version, status, outcome: status < 500 ? 'ok' : 'failed' });
  } catch (thrown) {
    // Whatever breaks between client and app is a request that delivery lost.
    options.onAnswer({
      ...base,
      outcome: 'dropped',
      reason: thrown instanceof Error ? thrown.message : String(thrown),
    });
  }
}
