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
  /** From now on every fifth request carries this header, until it is called without one. */
  mark(header?: Readonly<Record<string, string>>): void;
  /** Ends the load and waits for what is under way. */
  stop(): Promise<void>;
}

const timeoutMs = 5000;
const tickMs = 10;

/** Sends `perSecond` requests, whether or not answers come: a proxy that stalls is not spared. */
export function startLoad(door: Door, perSecond: number): Load {
  const answers: Answer[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const underWay = new Set<Promise<unknown>>();
  const began = Date.now();
  let sent = 0;
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
    const due = Math.floor(((Date.now() - began) * perSecond) / 1000) - sent;
    for (let more = due; more > 0; more -= 1) send();
  }, tickMs);
  return {
    answers,
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
    const fail = (problem: string): void =>
      resolve({ at, tookMs: Date.now() - at, status: 0, version: '', pod: '', problem });
    const sent = request(
      { host: address, port, path: '/', headers: { host, ...header }, agent: agent ?? false },
      (response) => void read(response, at).then(resolve, (error: Error) => fail(error.message)),
    );
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    sent.once('error', (error) => fail(error.message));
    sent.end();
  });
}

async function read(response: IncomingMessage, at: number): Promise<Bare> {
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) body += String(chunk);
  const status = response.statusCode ?? 0;
  const told = { at, tookMs: Date.now() - at, status };
  const version = response.headers['x-version'];
  if (typeof version !== 'string') return { ...told, version: '', pod: '', problem: body.slice(0, 80) };
  return { ...told, version, pod: podOf(body) };
}

function podOf(body: string): string {
  return /"pod":"([^"]*)"/.exec(body)?.[1] ?? '';
}
