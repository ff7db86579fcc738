import { batch, signal } from '@preact/signals';
import type { GitDetail, GitDetailAnswer, GitRef, GitRow, GitRowsAnswer } from '#core/view/wire/git.js';
import type { StreamMessage } from '#core/view/wire/stream.js';
import { getJson, HttpProblem } from '../live/http.js';
import * as store from '../live/store.js';
import { noteShown } from '../rollout/acting.js';
import { refKey } from './layout.js';

/** Every source and Kustomization by its key; `null`: not loaded yet. */
export const gitRows = signal<ReadonlyMap<string, GitRow> | null>(null);
/** What is said where nothing is shown. */
export const gitNote = signal<{ readonly hidden: boolean; readonly refused: string | null }>({
  hidden: false,
  refused: null,
});
export const gitDetail = signal<GitDetail | null>(null);

/** Reads what the view shows; what changes afterwards comes with the stream. */
export async function load({ kind, namespace, name }: GitRef, ending: AbortSignal): Promise<void> {
  if (name === '') {
    const { rows, hidden, refused } = await getJson<GitRowsAnswer>('/api/git', ending);
    batch(() => {
      gitRows.value = new Map(rows.map((row) => [refKey(row), row]));
      gitNote.value = { hidden, refused };
    });
    return;
  }
  const known = gitDetail.peek();
  if (known !== null && refKey(known.row) !== refKey({ kind, namespace, name })) gitDetail.value = null;
  try {
    const path = [kind, namespace, name].map(encodeURIComponent).join('/');
    show((await getJson<GitDetailAnswer>(`/api/git/${path}`, ending)).detail);
  } catch (thrown) {
    if (!(thrown instanceof HttpProblem) || thrown.status !== 404) throw thrown;
    store.detailState.value = { state: gitDetail.peek() === null ? 'missing' : 'gone', why: thrown.message };
  }
}

/** A message of the stream about Git. */
export function receive(message: StreamMessage): void {
  if (message.type === 'gitRow') put(refKey(message.row), message.row);
  if (message.type === 'gitDetail') show(message.detail);
  if (message.type !== 'gitGone') return;
  put(refKey(message.ref), undefined);
  const shown = gitDetail.peek();
  if (shown === null || refKey(shown.row) !== refKey(message.ref)) return;
  store.goneAt.value = store.now.peek();
  store.detailState.value = { state: 'gone', why: 'it was deleted' };
}

function show(detail: GitDetail): void {
  batch(() => {
    gitDetail.value = detail;
    store.detailState.value = { state: 'shown', why: '' };
  });
  noteShown(detail.row);
}

function put(key: string, row: GitRow | undefined): void {
  const before = gitRows.peek();
  if (before === null) return;
  const next = new Map(before);
  if (row === undefined) next.delete(key);
  else next.set(key, row);
  gitRows.value = next;
}
