import { signal } from '@preact/signals';
import type { ActionView } from '#core/view/wire/detail.js';
import type { GitRow } from '#core/view/wire/git.js';
import type { Row } from '#core/view/wire/list.js';

/** An action of any object. */
export type AnyAction = ActionView<string>;

/** What a person acts on: a Rollout, a source or a Kustomization, as it is shown. */
export interface Acted {
  readonly row: Row | GitRow;
  readonly actions: readonly AnyAction[];
}

/** The open dialog: its action as it was when the person last looked. */
export const asked = signal<{ readonly action: AnyAction; readonly problem: string } | null>(null);

/** Opens the dialog of an action; that of a disabled one says why it is. */
export function openAction(action: AnyAction): void {
  asked.value = { action, problem: '' };
}
