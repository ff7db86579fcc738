import { signal } from '@preact/signals';
import { HttpProblem, postJson } from '../live/http.js';
import { detail } from '../live/store.js';
import { type Acted, type AnyAction, asked } from './asked.js';

/** The last act from this page on its way: sent, written by the server, observed in the stream. */
export interface Acting {
  readonly label: string;
  readonly object: string;
  readonly at: number;
  readonly state: 'sent' | 'written' | 'observed' | 'failed';
  readonly resourceVersion: string;
  readonly message: string;
  readonly wayBack: string;
}

export const acting = signal<Acting | null>(null);

/** Sends the act. A conflict comes back as text into the dialog; everything else into the bar. */
export async function carryOut(action: AnyAction, reason: string, { row }: Acted): Promise<void> {
  const label = action.label;
  const base = {
    label,
    object: row.name,
    at: Date.now(),
    wayBack: action.wayBack,
    resourceVersion: '',
    message: '',
  };
  acting.value = { ...base, state: 'sent' };
  try {
    const answer = await postJson<{ readonly resourceVersion: string }>(
      '/api/act',
      requestOf(action, row, reason),
    );
    acting.value = { ...base, state: 'written', resourceVersion: answer.resourceVersion };
    asked.value = null;
    noteShown(shownRow);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : 'it could not be sent';
    const isConflict = thrown instanceof HttpProblem && thrown.status === 409;
    if (asked.peek() !== null) asked.value = { action, problem: message };
    acting.value = isConflict && asked.peek() !== null ? null : { ...base, state: 'failed', message };
  }
}

function requestOf(action: AnyAction, row: Acted['row'], reason: string): unknown {
  const { namespace, name, uid, resourceVersion } = row;
  const what =
    row.kind === 'Rollout' && 'step' in row
      ? { object: { namespace, name }, step: row.step?.[0] ?? null }
      : { object: { kind: row.kind, namespace, name } };
  return {
    ...what,
    verb: action.verb,
    uid,
    resourceVersion,
    requestId: requestId(),
    ...(reason === '' ? {} : { reason }),
  };
}

/** `crypto.randomUUID` does not exist on plain http away from loopback. */
function requestId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

let shownRow: Acted['row'] | undefined;

/** Turns the last tick on when the stream shows the written version or a later one. */
export function noteShown(row: Acted['row'] | undefined): void {
  shownRow = row;
  const act = acting.peek();
  const version = row?.resourceVersion ?? '';
  if (act?.state !== 'written') return;
  const isThere =
    version.length > act.resourceVersion.length ||
    (version.length === act.resourceVersion.length && version >= act.resourceVersion);
  if (isThere) acting.value = { ...act, state: 'observed' };
}

detail.subscribe((shown) => noteShown(shown?.row));
