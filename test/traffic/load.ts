import { Agent, request, type IncomingMessage } from 'node:http';
import type { Answer } from './answers.js';

/** Where requests go. */
export interface Door {
  readonly address: string;
  readonly port: number;
  /** The name by which the proxy tells the runs apart. */
  readonly host: string;
}

/** A steady load; every second request has a connection of its own. */
export interface Load {
  readonly answers: readonly Answer[];
  /** The longest time in which the load itself stood still, so that nothing can be said of it. */
  stalledMs(): number;
  /** From now on every fifth request carries this header, until it is called without one. */
  mark(header?: Readonly<Record<string, string>>): void;
  /** Ends the load and waits for what is under way. */
  stop(): Promise<void>;
}

const timeoutMs = 5000;
const tickMs = 10;
/** What was missed by a stall of this process is not made up for beyond this: a burst would be no steady load. */
const catchUpMs = 100;

/** Sends `perSecond` requests, whether or not answers come: a proxy that stalls is not spared. */
export function startLoad(door: Door, perSecond: number): Load {
  const answers: Answer[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const underWay = new Set<Promise<unknown>>();
  let [sent, last, stalled] = [0, Date.now(), 0];
  let due = 0;
  let marked: Readonly<Record<string, string>> | undefined;
  const send = (): void => {
    const isMarked = marked !== undefined && sent % 10 < 2;
    const isKeptAlive = sent % 2 === 0;
    const asked = ask(door, isKeptAlive ? agent : undefined, isMarked ? marked : undefined);
    sent += 1;
    const done = asked.then((answer) => {
      answers.push({ ...answer, isKeptAlive, isMarked });
      underWay.delete(done);
    });
    underWay.add(done);
  };
  const timer = setInterval(() => {
    const passed = Date.now() - last;
    last += passed;
    stalled = Math.max(stalled, passed - tickMs);
    due += (Math.min(passed, catchUpMs) * perSecond) / 1000;
    for (; due >= 1; due -= 1) send();
  }, tickMs);
  return {
    answers,
    stalledMs: () => stalled,
    mark: (header) => void (marked = header),
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
    },
  };
}

type Bare = Omit<Answer, 'isKeptAlive' | 'isMarked'>;

/** One request; never rejects. */
export function ask(
  { address, port, host }: Door,
  agent: Agent | undefined,
  header: Readonly<Record<string, string>> = {},
): Promise<Bare> {
  const at = Date.now();
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve(failed(at, error.message));
    const sent = request(
      { host: address, port, path: '/', headers: { host, ...header }, agent: agent ?? false },
      (response) => read(response, at, resolve),
    );
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    sent.once('error', fail);
    sent.end();
  });
}

function read(response: IncomingMessage, at: number, done: (bare: Bare) => void): void {
  let body = '';
  response.on('data', (chunk: Buffer) => void (body += chunk.toString('latin1')));
  response.once('error', (error) => done(failed(at, error.message)));
  response.once('end', () => {
    const told = { at, tookMs: Date.now() - at, status: response.statusCode ?? 0 };
    const version = response.headers['x-version'];
    if (typeof version === 'string') done({ ...told, version, pod: podOf(body) });
    else done({ ...told, version: '', pod: '', problem: body.slice(0, 80) });
  });
}

function failed(at: number, problem: string): Bare {
  return { at, tookMs: Date.now() - at, status: 0, version: '', pod: '', problem };
}

function podOf(body: string): string {
  return /"pod":"([^"]*)"/.exec(body)?.[1] ?? '';
}
