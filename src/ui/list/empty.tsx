import type { JSX } from 'preact';
import { hasHidden } from '../live/store.js';
import { NoMatch } from '../parts/no-match.js';

/** Why the list is empty, and what to do: none exist, none match, or none may be seen. */
export function EmptyList({ isFiltered, hasRows }: { isFiltered: boolean; hasRows: boolean }): JSX.Element {
  if (isFiltered && hasRows) return <NoMatch />;
  if (hasHidden.value)
    return (
      <div class="empty">
        <h2>There are rollouts, but none that you may see</h2>
        <p>Ask for the right to list rollouts.argoproj.io in your namespace:</p>
        <code>kubectl create rolebinding rollout-view --clusterrole=view --user=… -n …</code>
      </div>
    );
  return (
    <div class="empty">
      <h2>No rollout exists yet</h2>
      <p>This makes one with a canary of three steps:</p>
      <code>kubectl apply -f examples/demo</code>
    </div>
  );
}
