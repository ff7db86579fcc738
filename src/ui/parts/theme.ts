import { signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';

const order: readonly Theme[] = ['auto', 'light', 'dark'];

function current(): Theme {
  return order.find((one) => one === document.documentElement.dataset['theme']) ?? 'auto';
}

/** The chosen theme; `auto` follows the system. */
export const theme = signal<Theme>(current());
/** Counts every change of colours, for what is drawn on a canvas. */
export const colours = signal(0);

/** Next theme; kept in a cookie, so that the server writes it into the page and nothing flashes. */
export function cycleTheme(): void {
  const next = order[(order.indexOf(theme.value) + 1) % order.length] ?? 'auto';
  theme.value = next;
  document.documentElement.dataset['theme'] = next;
  document.cookie = `sluice-theme=${next}; Path=/; Max-Age=31536000; SameSite=Strict`;
  colours.value += 1;
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  colours.value += 1;
});
