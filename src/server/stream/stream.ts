import { addMs } from '#core/time/instant.js';
import type { StreamMessage } from '#core/view/wire/stream.js';
import type { Clock } from '#ports/clock.js';
import { toAppError } from '#ports/errors.js';
import type { Log } from '#ports/log.js';
import type { Viewer } from '../auth/viewer.js';
import { keyText, type RolloutKey } from '../model/observe.js';
import type { ModelChange, PageModel } from '../model/page-model.js';
import { eventText, ViewerQueue } from './viewer-queue.js';

/** The heartbeat tells the page that silence is not staleness. */
const beatMs = 15_000;

/** What a viewer wants to hear. */
export interface StreamWish {
  readonly since: number;
  readonly wantsRows: boolean;
  readonly detail: RolloutKey | undefined;
}

/** `topics=rows,detail:shop/web` and `since=17` as a wish. */
export function parseWish(params: URLSearchParams): StreamWish {
  const topics = (params.get('topics') ?? 'rows').split(',');
  const detail = topics
    .map((topic) => /^detail:([^/]+)\/([^/]+)$/.exec(topic))
    .find((match) => match !== null);
  const [, namespace, name] = detail ?? [];
  return {
    since: Number(params.get('since') ?? Number.NaN),
    wantsRows: topics.includes('rows'),
    detail: namespace === undefined || name === undefined ? undefined : { namespace, name },
  };
}

/** Every open stream; closing it ends them all. */
export class StreamHub {
  readonly #model: PageModel;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #queues = new Set<ViewerQueue>();

  constructor(model: PageModel, clock: Clock, log: Log) {
    this.#model = model;
    this.#clock = clock;
    this.#log = log;
  }

  /** The bytes for one viewer, until it goes away. */
  open(viewer: Viewer, wish: StreamWish): ReadableStream<Uint8Array> {
    const queue = new ViewerQueue();
    this.#queues.add(queue);
    const encoder = new TextEncoder();
    const deliver = (change: ModelChange): void => {
      this.#deliver(change, viewer, wish, queue).catch((thrown: unknown) => {
        this.#log.warn('cannot tell a viewer about a change', { error: toAppError(thrown).message });
      });
    };
    const unsubscribe = this.#model.subscribe(deliver);
    const stopBeat = this.#beat(queue);
    const end = (): void => {
      unsubscribe();
      stopBeat();
      queue.close();
      this.#queues.delete(queue);
    };
    this.#resume(wish, queue, deliver);
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const text = await queue.take();
          if (text === undefined) controller.close();
          else controller.enqueue(encoder.encode(text));
        },
        cancel: end,
      },
      { highWaterMark: 1 },
    );
  }

  close(): void {
    for (const queue of this.#queues) queue.close();
    this.#queues.clear();
  }

  #resume(wish: StreamWish, queue: ViewerQueue, deliver: (change: ModelChange) => void): void {
    const missed = this.#model.changesSince(wish.since);
    if (missed === undefined) queue.push('resync', eventText({ type: 'resync' }));
    else for (const change of missed) deliver(change);
  }

  #beat(queue: ViewerQueue): () => void {
    let cancel = (): void => undefined;
    const beat = (): void => {
      queue.push('beat', eventText({ type: 'beat', now: this.#clock.now() }));
      cancel = this.#clock.schedule(addMs(this.#clock.now(), beatMs), beat);
    };
    beat();
    return () => cancel();
  }

  async #deliver(change: ModelChange, viewer: Viewer, wish: StreamWish, queue: ViewerQueue): Promise<void> {
    const { seq, key, row } = change;
    const isWatched = wish.detail !== undefined && keyText(wish.detail) === keyText(key);
    if (!isWatched && !(wish.wantsRows && change.isRowChanged)) return;
    if (!(await viewer.canSee(key.namespace))) return;
    const say = (name: string, message: StreamMessage): void => {
      queue.push(`${name}:${keyText(key)}`, eventText(message));
    };
    if (row === undefined) {
      say('row', { type: 'gone', seq, ...key });
      return;
    }
    const can = await viewer.verbsIn(key.namespace);
    if (wish.wantsRows && change.isRowChanged) say('row', { type: 'row', seq, row: { ...row, can } });
    const detail = isWatched ? this.#model.detail(key, can) : undefined;
    if (detail !== undefined) say('detail', { type: 'detail', seq, detail });
  }
}
