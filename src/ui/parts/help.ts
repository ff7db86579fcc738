import { loadMore } from '../rollout/more-chunk.js';
import { isHelpOpen } from './help-open.js';

/** Shows every key of the page. */
export function openKeys(): void {
  isHelpOpen.value = true;
  void loadMore();
}
