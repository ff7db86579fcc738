import { signal } from '@preact/signals';
import { loadMore } from '../rollout/more-chunk.js';

/** Whether the list of keys is open. */
export const isHelpOpen = signal(false);

export function openKeys(): void {
  isHelpOpen.value = true;
  void loadMore();
}
