import { addMs } from '#core/time/instant.js';
import type { StreamMessage } from '#core/view/wire/stream.js';
import type { Clock } from '#ports/clock.js';
import { toAppError } from '#ports/errors.js';
import type { Log } from '#ports/log.js';
import type { Viewer } from '../auth/viewer.js';
import type { GitRef } from '#core/view/wire/git.js';
import { canSeeGit, detailFor, rowFor } from '../git-view.js';
import type { ChangeFeed, ModelChange } from '../model/change-feed.js';
import type { GitModel } from '../model/git-model.js';
import { refText } from '../model/observe-git.js';
import { keyText, type RolloutKey } from '../model/observe.js';
import type { PageModel } from '../model/page-model.js';
import { eventText, ViewerQueue } from './viewer-queue.js';

/** The heartbeat tells the page that silence is not staleness. */
const beatMs = 15_000;

/** What a viewer wants to hear. */
export interface StreamWish {
  readonly since: number;
  readonly wantsRows: boolean;
  readonly detail: RolloutKey | undefined;
  readonly wantsGit: boolean;
  readonly gitDetail: GitRef | undefined;
}

/** What is streamed. */
export interface StreamedModels {
  readonly feed: ChangeFeed;
  readonly model: PageModel;
  readonly git: GitModel;
}

/** `topics=rows,detail:shop/web` and `since=17` as a wish; `git,git:Kustomization/shop/web` for the view of Git. */
export function parseWish(params: URLSearchParams): StreamWish {
  const topics = (params.get('topics') ?? 'rows').split(',');
  const detail = topics
    .map((topic) => /^detail:([^/]+)\/([^/]+)$/.exec(topic))
    .find((match) => match !== null);
  const [, namespace, name] = detail ?? [];
  const found = topics
    .map((topic) => /^git:([^/]+)\/([^/]+)\/([^/]+)$/.exec(topic))
    .find((match) => match !== null);
  const [, kind = '', gitNamespace = '', gitName = ''] = found ?? [];
  return {
    since: Number(params.get('since') ?? Number.NaN),
    wantsRows: topics.includes('rows'),
    detail: namespace === undefined || name === undefined ? undefined : { namespace, name },
    wantsGit: topics.includes('git'),
    gitDetail: found === undefined ? undefined : { kind, namespace: gitNamespace, name: gitName },
  };
}

/** Every open stream; closing it ends them all. */
export class StreamHub {
  readonly #models: StreamedModels;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #queues = new Set<ViewerQueue>();

  constructor(models: StreamedModels, clock: Clock, log: Log) {
    this.#models = models;
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
    const { feed, git } = this.#models;
    const unsubscribe = feed.subscribe(deliver);
    const stopFollowing = wish.wantsGit ? git.follow() : () => undefined;
    const stopBeat = this.#beat(queue);
    const end = (): void => {
      unsubscribe();
      stopFollowing();
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
    const missed = this.#models.feed.since(wish.since);
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
    if (change.about === 'git') return this.#deliverGit(change, viewer, wish, queue);
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
    const detail = isWatched ? this.#models.model.detail(key, can) : undefined;
    if (detail !== undefined) say('detail', { type: 'detail', seq, detail });
  }

  /** A detail is told anew when what it is connected with changes, too. */
  async #deliverGit(
    { seq, key, row, isRowChanged }: ModelChange & { readonly about: 'git' },
    viewer: Viewer,
    { wantsGit, gitDetail }: StreamWish,
    queue: ViewerQueue,
  ): Promise<void> {
    const { git } = this.#models;
    if (!wantsGit || !(await canSeeGit(viewer, key))) return;
    const text = refText(key);
    const say = (name: string, message: StreamMessage): void => queue.push(name, eventText(message));
    if (row === undefined) say(`gitRow:${text}`, { type: 'gitGone', seq, ref: key });
    const shown = row === undefined || !isRowChanged ? undefined : await rowFor(viewer, row);
    if (shown !== undefined) say(`gitRow:${text}`, { type: 'gitRow', seq, row: shown });
    if (gitDetail === undefined) return;
    const isConnected = isRowChanged && git.around(gitDetail).some((other) => refText(other) === text);
    if (refText(gitDetail) !== text && !isConnected) return;
    const detail = await detailFor(viewer, gitDetail, git);
    if (detail !== undefined) say('gitDetail', { type: 'gitDetail', seq, detail });
  }
}
