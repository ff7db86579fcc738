import { signal } from '@preact/signals';
import type { ActionView, Detail } from '#core/view/wire/detail.js';
import type { ActRequest } from '#core/view/wire/stream.js';
import { HttpProblem, postJson } from '../live/http.js';
import { detail } from '../live/store.js';

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

/** The open dialog: its action as it was when the person last looked. */
export const asked = signal<{ readonly action: ActionView; readonly problem: string } | null>(null);

/** Opens the dialog of an action; that of a disabled one says why it is. */
export function openAction(action: ActionView): void {
  asked.value = { action, problem: '' };
}

/** Sends the act. A conflict comes back as text into the dialog; everything else into the bar. */
export async function carryOut(action: ActionView, reason: string): Promise<void> {
  const shown = detail.peek();
  if (shown === null) return;
  const label = action.label;
  const base = {
    label,
    object: shown.row.name,
    at: Date.now(),
    wayBack: action.wayBack,
    resourceVersion: '',
    message: '',
  };
  acting.value = { ...base, state: 'sent' };
  try {
    const answer = await postJson<{ readonly resourceVersion: string }>(
      '/api/act',
      requestOf(action, shown, reason),
    );
    acting.value = { ...base, state: 'written', resourceVersion: answer.resourceVersion };
    asked.value = null;
    noteDetail();
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : 'it could not be sent';
    const isConflict = thrown instanceof HttpProblem && thrown.status === 409;
    if (asked.peek() !== null) asked.value = { action, problem: message };
    acting.value = isConflict && asked.peek() !== null ? null : { ...base, state: 'failed', message };
  }
}

function requestOf(action: ActionView, { row }: Detail, reason: string): ActRequest {
  return {
    verb: action.verb,
    object: { namespace: row.namespace, name: row.name },
    uid: row.uid,
    resourceVersion: row.resourceVersion,
    step: row.step?.[0] ?? null,
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

/** Turns the last tick on when the stream shows the written version or a later one. */
function noteDetail(): void {
  const act = acting.peek();
  const version = detail.peek()?.row.resourceVersion ?? '';
  if (act?.state !== 'written') return;
  const isThere =
    version.length > act.resourceVersion.length ||
    (version.length === act.resourceVersion.length && version >= act.resourceVersion);
  if (isThere) acting.value = { ...act, state: 'observed' };
}

detail.subscribe(noteDetail);
