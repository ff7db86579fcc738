import type { GitRepository } from '#api/flux/git-repository.js';
import { kinds } from '#api/kinds.js';
import {
  decideGitRepository,
  defaultGitRepositorySettings,
  type GitRepositorySettings,
} from '#core/gitops/source/decide-git-repository.js';
import { recordGitObservation, type GitMemory } from '#core/gitops/source/git-memory.js';
import type { ArtifactStore } from '#ports/artifact-store.js';
import type { GitRemote } from '#ports/git-remote.js';
import { writeStatusIfChanged } from '#runtime/apply/write-status.js';
import type { ControllerDefinition, ReconcileKey, ReconcileResult } from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { executeGitAction } from './execute.js';

export interface GitRepositoryDeps extends ControllerDeps {
  readonly git: GitRemote;
  readonly artifacts: ArtifactStore;
  readonly settings?: Partial<GitRepositorySettings>;
}

/** Turns commits of Git repositories into artifacts that Kustomizations read. */
export function createGitRepositoryController(deps: GitRepositoryDeps): ControllerDefinition {
  const memories = new Map<string, GitMemory>();
  return {
    name: 'git-repository',
    workers: 2,
    watches: [
      {
        kind: kinds.gitRepository,
        keysOf: ({ metadata: { namespace, name } }) => [
          { name, ...(namespace === undefined ? {} : { namespace }) },
        ],
      },
    ],
    reconcile: (key) => reconcile(deps, memories, key),
  };
}

async function reconcile(
  deps: GitRepositoryDeps,
  memories: Map<string, GitMemory>,
  key: ReconcileKey,
): Promise<ReconcileResult> {
  const observed = deps.cache.get<GitRepository>(kinds.gitRepository, key.namespace, key.name);
  if (observed === undefined) {
    for (const id of memories.keys()) if (id.startsWith(`${idOf(key)}|`)) memories.delete(id);
    return {};
  }
  const id = `${idOf(key)}|${observed.metadata.uid ?? ''}`;
  const decision = decideGitRepository({
    now: deps.clock.now(),
    object: observed,
    memory: memories.get(id) ?? {},
    settings: { ...defaultGitRepositorySettings, ...deps.settings },
  });
  let { memory } = decision;
  for (const action of decision.actions) {
    const seen = await executeGitAction(deps, observed, action);
    if (seen !== undefined) memory = recordGitObservation(memory, seen);
  }
  if (observed.metadata.deletionTimestamp === undefined) {
    await writeStatusIfChanged(deps.kube, kinds.gitRepository, observed, decision.status);
  }
  deps.events.record(observed, decision.events);
  memories.set(id, memory);
  deps.log.debug('decided', { object: `GitRepository/${idOf(key)}`, because: decision.because });
  return decision.requeueAt === undefined ? {} : { requeueAt: decision.requeueAt };
}

function idOf({ namespace, name }: ReconcileKey): string {
  return `${namespace ?? ''}/${name}`;
}
