import { effect } from '@preact/signals';
import type { DetailAnswer, RowsAnswer, StreamMessage } from '#core/view/wire/stream.js';
import { getJson, HttpProblem, readStream } from './http.js';
import { askOtherTabs, dropKey } from './key.js';
import { route, type Route } from './router.js';
import * as store from './store.js';

const silenceMs = 25_000;
const hiddenMs = 60_000;
const tickMs = 1000;

let seq = Number.NaN;
let skew = 0;
/** The next connection begins with a whole snapshot: nothing is known, or too much was missed. */
let needsRows = true;
let lastHeard = Date.now();
let stop = new AbortController();

/** Who keeps what the store does not: the view of Git. */
interface OtherReader {
  readonly load: (at: Route & { readonly view: 'git' }, signal: AbortSignal) => Promise<void>;
  readonly receive: (message: StreamMessage) => void;
}

let openOther: () => Promise<OtherReader>;
let other: { peek(): OtherReader | null };

/**
 * Keeps the store equal to the server for as long as the page lives, and says so when it cannot.
 * @param open - fetches the other reader; `reader` has it from then on.
 */
export function startConnection(open: typeof openOther, reader: typeof other): void {
  openOther = open;
  other = reader;
  let topic = '';
  effect(() => {
    const { value } = route;
    const next = 'name' in value ? topicOf(value) : '';
    if (next !== topic) {
      topic = next;
      store.detail.value = null;
      store.detailState.value = { state: 'loading', why: '' };
      stop.abort('moved');
    }
  });
  setInterval(tick, tickMs);
  followVisibility();
  void keepConnected();
}

/** Tries again at once. */
export function reconnect(): void {
  stop.abort('retry');
}

function tick(): void {
  if (store.live.peek().state === 'live' && Date.now() - lastHeard > silenceMs) stop.abort('silent');
  if (store.live.peek().state === 'live') store.now.value = Date.now() + skew;
}

function followVisibility(): void {
  let timer = 0;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => stop.abort('hidden'), hiddenMs);
    else if (stop.signal.reason === 'hidden') wake?.();
  });
}

let wake: (() => void) | undefined;

async function keepConnected(): Promise<void> {
  let failures = 0;
  for (;;) {
    stop = new AbortController();
    const wasHeard = lastHeard;
    try {
      await connectOnce(stop.signal);
      markStale('the server ended the stream');
    } catch (thrown) {
      await handleFailure(thrown);
    }
    if (stop.signal.reason === 'moved' || stop.signal.reason === 'retry') {
      failures = 0;
      continue;
    }
    failures = lastHeard > wasHeard ? 0 : failures + 1;
    await pause(stop.signal.reason === 'hidden' ? Number.POSITIVE_INFINITY : backoffMs(failures));
  }
}

/** Half a second to fifteen, with jitter. */
function backoffMs(failures: number): number {
  return Math.min(15_000, 500 * 2 ** failures) * (0.75 + Math.random() / 2);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    wake = resolve;
    if (Number.isFinite(ms)) setTimeout(resolve, ms);
    stop.signal.addEventListener('abort', () => resolve());
  });
}

async function handleFailure(thrown: unknown): Promise<void> {
  const { reason } = stop.signal;
  if (reason === 'moved' || reason === 'retry') return;
  if (thrown instanceof HttpProblem && thrown.status === 401) {
    const known = thrown.problem.mode;
    if (known === 'page-key' || known === 'token' || known === 'open') store.mode.value = known;
    if (known === 'token') dropKey();
    if (known === 'page-key' && (await askOtherTabs())) return;
    store.live.value = { state: 'signedOut', since: lastHeard, why: thrown.message };
    return;
  }
  if (reason === 'silent') markStale('the server is silent');
  else if (reason !== 'hidden') markStale(thrown instanceof Error ? thrown.message : 'the connection broke');
}

function markStale(why: string): void {
  if (store.live.peek().state === 'stale') return;
  store.live.value = { state: 'stale', since: lastHeard, why };
}

async function connectOnce(signal: AbortSignal): Promise<void> {
  const at = route.peek();
  if (needsRows) await loadRows(signal);
  if (at.view === 'rollout') await loadDetail(at.namespace, at.name, signal);
  if (at.view === 'git') await (await openOther()).load(at, signal);
  const topics = 'name' in at ? `rows,${topicOf(at)}` : 'rows';
  await readStream(`/api/stream?since=${seq}&topics=${encodeURIComponent(topics)}`, signal, (message) => {
    receive(message as StreamMessage);
  });
}

/** What the stream shall tell besides rows. */
function topicOf(at: Exclude<Route, { readonly view: 'list' | 'unknown' }>): string {
  const name = `${at.namespace}/${at.name}`;
  return at.view === 'rollout' ? `detail:${name}` : `git,git:${at.kind}/${name}`;
}

async function loadRows(signal: AbortSignal): Promise<void> {
  const answer = await getJson<RowsAnswer>('/api/rows', signal);
  heard(answer.now);
  needsRows = false;
  seq = answer.seq;
  store.putRows(answer.rows);
  store.hasHidden.value = answer.hidden;
  if (!store.isListHeld.peek()) store.applyOrder();
}

async function loadDetail(namespace: string, name: string, signal: AbortSignal): Promise<void> {
  const path = `/api/rollouts/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  try {
    const answer = await getJson<DetailAnswer>(path, signal);
    store.detail.value = answer.detail;
    store.detailState.value = { state: 'shown', why: '' };
  } catch (thrown) {
    if (!(thrown instanceof HttpProblem) || thrown.status !== 404) throw thrown;
    const state = store.detail.peek() === null ? 'missing' : 'gone';
    store.goneAt.value = store.now.peek();
    store.detailState.value = { state, why: thrown.message };
  }
}

function heard(serverNow?: number): void {
  lastHeard = Date.now();
  if (serverNow !== undefined) skew = serverNow - lastHeard;
  store.now.value = lastHeard + skew;
  if (store.live.peek().state !== 'live') store.live.value = { state: 'live', since: lastHeard, why: '' };
}

function receive(message: StreamMessage): void {
  heard(message.type === 'beat' ? message.now : undefined);
  if ('seq' in message) seq = message.seq;
  switch (message.type) {
    case 'row':
      store.putRow(message.row);
      break;
    case 'gone':
      store.dropRow(store.keyOf(message));
      break;
    case 'detail':
      store.detail.value = message.detail;
      store.detailState.value = { state: 'shown', why: '' };
      break;
    case 'resync':
      needsRows = true;
      stop.abort('retry');
      break;
    case 'beat':
      break;
    default:
      other.peek()?.receive(message);
  }
  if (!store.isListHeld.peek()) store.applyOrder();
}
