import type { Artifact } from '#api/flux/common.js';
import type { GitRepository, GitRepositoryInclude } from '#api/flux/git-repository.js';
import { fluxConditions as types, fluxReasons as reasons } from '#api/flux/words.js';
import { hasDirectory, joinPath, type FileTree, type TreeFile } from '../../file-tree.js';
import type { SourceOutcome, SourceProblem } from '../source-run.js';

/** The artifacts of what is included, in the order of `spec.include`. */
export interface Includes {
  readonly problem?: SourceProblem;
  /** As the status remembers it; absent when nothing is included. */
  readonly included?: { readonly includedArtifacts: readonly Artifact[] };
}

/** What stands in the way of the includes, or their artifacts. @param find - a GitRepository of the same namespace. */
export function observeIncludes(
  { spec: { include = [] } }: GitRepository,
  find: (name: string) => GitRepository | undefined,
): Includes {
  if (include.length === 0) return {};
  const artifacts: Artifact[] = [];
  for (const { repository } of include) {
    const found = find(repository.name);
    if (found === undefined) {
      const message = `could not get resource for include '${repository.name}': GitRepository not found in this namespace`;
      return { problem: unavailable(reasons.notFound, message) };
    }
    const artifact = found.status?.artifact;
    if (artifact === undefined) {
      const message = `no artifact available for include '${repository.name}'`;
      return { problem: unavailable(reasons.noArtifact, message) };
    }
    artifacts.push(artifact);
  }
  return { included: { includedArtifacts: artifacts } };
}

/** The files of an include at the place where it is wanted, or why they cannot be there. */
export function placeInclude(
  { repository, fromPath = '', toPath = '' }: GitRepositoryInclude,
  tree: FileTree,
): SourceOutcome<readonly TreeFile[]> {
  const to = joinPath('', trimmed(toPath === '' ? repository.name : toPath));
  if (to === undefined) {
    const message = `path calculation for include '${repository.name}' failed: spec.include: toPath "${toPath}" leaves the repository`;
    return failed(reasons.illegalPath, message);
  }
  const from = joinPath('', trimmed(fromPath));
  if (from === undefined || !hasDirectory(tree, from)) {
    const why = from === undefined ? 'it leaves the repository' : 'no such directory';
    const message = `failed to copy '${repository.name}' include from ${fromPath} to ${toPath}: ${why}`;
    return failed(reasons.copyFailure, message);
  }
  const prefix = from === '' ? '' : `${from}/`;
  const files = [...tree.values()].filter(({ path }) => path.startsWith(prefix));
  const base = to === '' ? '' : `${to}/`;
  return { ok: true, value: files.map((file) => ({ ...file, path: base + file.path.slice(prefix.length) })) };
}

function trimmed(path: string): string {
  return path.replace(/^\/+/, '');
}

function unavailable(reason: string, message: string): SourceProblem {
  return { reason, message, isStalling: false, isWaiting: true, condition: types.includeUnavailable };
}

function failed(reason: string, message: string): { readonly ok: false; readonly problem: SourceProblem } {
  return {
    ok: false,
    problem: { reason, message, isStalling: false, condition: types.storageOperationFailed },
  };
}
