import { go, setQuery } from '../live/router.js';
import { cycleTheme } from './theme.js';
import { openKeys } from './help.js';

/** A key of the view that is shown. It returns `false` when it does not apply. */
export type KeyMap = Readonly<Record<string, () => boolean | void>>;

let view: KeyMap = {};
let isAfterG = false;

/** The keys of the view that is on the screen; the last call wins. */
export function setViewKeys(keys: KeyMap): void {
  view = keys;
}

const everywhere: KeyMap = {
  t: cycleTheme,
  '?': openKeys,
  '/': () => {
    const field = document.querySelector<HTMLInputElement>('#filter');
    if (field === null) go('/rollouts');
    else field.focus();
    requestAnimationFrame(() => document.querySelector<HTMLInputElement>('#filter')?.focus());
  },
  c: () => void navigator.clipboard?.writeText(location.href),
};

/** Single keys open things and never carry them out; none works while somebody types or a dialog is open. */
export function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (event.key === 'Escape' && target?.id === 'filter') {
      setQuery('');
      target.blur();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target?.closest('input, textarea, select, dialog[open]')) return;
    if (isAfterG) {
      isAfterG = false;
      if (event.key === 'r') go('/rollouts');
      if (event.key === 'g') go('/git');
      return;
    }
    if (event.key === 'g') {
      isAfterG = true;
      return;
    }
    const handler = view[event.key] ?? everywhere[event.key];
    if (handler === undefined || handler() === false) return;
    event.preventDefault();
  });
}
