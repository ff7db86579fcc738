import type { JSX } from 'preact';
import { setQuery } from '../live/router.js';

/** Where rows exist and none is found. */
export function NoMatch(): JSX.Element {
  return (
    <div class="empty">
      <h2>Nothing matches the filter</h2>
      <button type="button" onClick={() => setQuery('')}>
        Clear the filter
      </button>
    </div>
  );
}
