import { batch, computed, signal, type Signal } from '@preact/signals';
import { compareRows, parseRowFilter } from '#core/view/row-filter.js';
import type { Detail } from '#core/view/wire/detail.js';
import type { Row } from '#core/view/wire/list.js';
import { query } from './router.js';

export type LiveState = 'connecting' | 'live' | 'stale' | 'signedOut';

/** Whether what is shown is true now, and since when not. */
export const live = signal<{ readonly state: LiveState; readonly since: number; readonly why: string }>({
  state: 'connecting',
  since: Date.now(),
  why: '',
});
/** The server's clock, a tick a second; stands still while nothing is live. */
export const now = signal(Date.now());
/** How the server lets people in. */
export const mode = signal<'page-key' | 'token' | 'open'>('page-key');

/** Each row by `namespace/name`; a changed cell redraws its row only. `null`: not loaded yet. */
export const rows = signal<ReadonlyMap<string, Signal<Row>> | null>(null);
/** Whether the server holds rows that this person may not see. */
export const hasHidden = signal(false);
/** Counts changes of any row, so that derived lists know. */
const version = signal(0);

export type DetailState = 'loading' | 'shown' | 'missing' | 'gone' | 'failed';
/** When the shown Rollout was deleted, by the server's clock. */
export const goneAt = signal(0);
export const detail = signal<Detail | null>(null);
export const detailState = signal<{ readonly state: DetailState; readonly why: string }>({
  state: 'loading',
  why: '',
});

/** Rows that cannot wait for a person are no reason to hold the order; this is true while somebody points at them. */
export const isListHeld = signal(false);

export const filter = computed(() => parseRowFilter(query.value));

/** The order in which rows belong, by urgency, filtered. */
const wantedOrder = computed<readonly string[]>(() => {
  void version.value;
  const parsed = filter.value;
  const list = [...(rows.value ?? new Map<string, Signal<Row>>()).values()].map((row) => row.peek());
  const shown = parsed.ok ? list.filter(parsed.test) : list;
  return shown.toSorted(compareRows).map(keyOf);
});

/** The order that is on the screen. */
export const shownOrder = signal<readonly string[]>([]);

/** How many rows would move, come or go. */
export const pendingMoves = computed(() => {
  const wanted = wantedOrder.value;
  const shown = shownOrder.value;
  const gone = shown.filter((key) => !wanted.includes(key)).length;
  return wanted.filter((key, i) => shown[i] !== key).length + gone;
});

export function applyOrder(): void {
  shownOrder.value = wantedOrder.value;
}

export function keyOf(row: { readonly namespace: string; readonly name: string }): string {
  return `${row.namespace}/${row.name}`;
}

export function putRows(list: readonly Row[]): void {
  batch(() => {
    const before = rows.peek();
    const next = new Map<string, Signal<Row>>();
    for (const row of list) {
      const known = before?.get(keyOf(row));
      if (known === undefined) next.set(keyOf(row), signal(row));
      else {
        known.value = row;
        next.set(keyOf(row), known);
      }
    }
    rows.value = next;
    version.value += 1;
  });
}

export function putRow(row: Row): void {
  const known = rows.peek()?.get(keyOf(row));
  batch(() => {
    if (known === undefined) rows.value = new Map([...(rows.peek() ?? []), [keyOf(row), signal(row)]]);
    else known.value = row;
    version.value += 1;
  });
}

export function dropRow(key: string): void {
  const next = new Map(rows.peek());
  next.delete(key);
  batch(() => {
    rows.value = next;
    version.value += 1;
    const shown = detail.peek();
    if (shown === null || keyOf(shown.row) !== key) return;
    goneAt.value = now.peek();
    detailState.value = { state: 'gone', why: 'it was deleted' };
  });
}

/** How many rows are in which class of urgency. */
export const tally = computed(() => {
  void version.value;
  const counts = { degraded: 0, doubtful: 0, person: 0, running: 0, healthy: 0, all: 0 };
  for (const row of rows.value?.values() ?? []) {
    const urgency = row.peek().attention.class;
    counts.all += 1;
    if (urgency === 1) counts.degraded += 1;
    else if (urgency === 2) counts.doubtful += 1;
    else if (urgency === 3) counts.person += 1;
    else if (urgency < 7) counts.running += 1;
    else counts.healthy += 1;
  }
  return counts;
});
