import type { JSX } from 'preact';
import type { GitRef } from '#core/view/wire/git.js';
import { GitDetailView } from './detail-view.js';
import { Overview } from './overview.js';

export { load, receive } from './git-store.js';

/** Sources and Kustomizations: all of them as a graph, or one of them. */
export function GitView({ at }: { at: GitRef }): JSX.Element {
  return at.name === '' ? <Overview /> : <GitDetailView at={at} />;
}
