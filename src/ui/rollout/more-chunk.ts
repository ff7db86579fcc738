import { signal } from '@preact/signals';
import type { Detail } from '#core/view/wire/detail.js';

/** What stands below the ladder; fetched when the page is idle or a rollout opens. */
export const more = signal<Awaited<ReturnType<typeof importMore>> | null>(null);

const importMore = () => import('./more.js');

let loading: Promise<void> | undefined;

/** Fetches the code and the styles of everything below the ladder, once. */
export function loadMore(): Promise<void> {
  loading ??= fetchMore();
  return loading;
}

async function fetchMore(): Promise<void> {
  const [module] = await Promise.all([importMore(), loadStyles('more')]);
  more.value = module;
}

/** Fetches one of the style sheets that the shell names. */
export function loadStyles(name: 'more' | 'git'): Promise<void> {
  return new Promise((resolve) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = document.documentElement.dataset[name] ?? '';
    link.addEventListener('load', () => resolve());
    // Without its styles the page is plain, but it works.
    link.addEventListener('error', () => resolve());
    document.head.append(link);
  });
}

/** The height of the plots before they are there, so that nothing moves when they come. */
export function heightOf(of: Detail): number {
  const metrics = new Set(
    of.gates.filter((gate) => gate.isCurrent).flatMap((gate) => gate.metrics.map((m) => m.name)),
  );
  const weight = of.row.strategy === 'canary' ? 226 : 0;
  return 330 + weight + metrics.size * 160;
}
