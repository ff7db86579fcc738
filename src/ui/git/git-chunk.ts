import { signal } from '@preact/signals';
import { loadMore, loadStyles } from '../rollout/more-chunk.js';

const importGit = () => import('./git-view.js');

type GitModule = Awaited<ReturnType<typeof importGit>>;

/** The view of Git; fetched when it is first opened. */
export const git = signal<GitModule | null>(null);

let loading: Promise<GitModule> | undefined;

/** Fetches its code and styles, and those that it shares with the rollout view, once. */
export function loadGit(): Promise<GitModule> {
  loading ??= fetchGit();
  return loading;
}

async function fetchGit(): Promise<GitModule> {
  const [module] = await Promise.all([importGit(), loadMore(), loadStyles('git')]);
  git.value = module;
  return module;
}
