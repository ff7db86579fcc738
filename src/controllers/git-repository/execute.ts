import type { GitRepository } from '#api/flux/git-repository.js';
import { fluxFinalizer } from '#api/flux/words.js';
import { kinds } from '#api/kinds.js';
import type { GitAction } from '#core/gitops/source/decide-git-repository.js';
import type { GitObservation, SourceOutcome } from '#core/gitops/source/git-memory.js';
import { commitOf } from '#core/gitops/source/git-refs.js';
import { gitTimeoutMs } from '#core/gitops/source/git-spec.js';
import { ignoreRules } from '#core/gitops/source/ignore-rules.js';
import { treeOf } from '#core/gitops/file-tree.js';
import type { ArtifactOwner, ArtifactStore } from '#ports/artifact-store.js';
import type { GitAccess, GitRemote } from '#ports/git-remote.js';
import type { Kube } from '#ports/kube.js';
import { addFinalizer, removeFinalizer } from '#runtime/apply/finalizers.js';
import { readCredentials } from './credentials.js';
import { gitProblemOf } from './git-problem.js';

export interface GitPorts {
  readonly kube: Kube;
  readonly git: GitRemote;
  readonly artifacts: ArtifactStore;
}

type Handler<A extends GitAction> = (
  ports: GitPorts,
  object: GitRepository,
  action: A,
) => Promise<GitObservation | undefined>;

type Handlers = { readonly [K in GitAction['kind']]: Handler<Extract<GitAction, { readonly kind: K }>> };

const handlers = {
  addFinalizer: async ({ kube }, object) => {
    await addFinalizer(kube, kinds.gitRepository, object, fluxFinalizer);
    return undefined;
  },
  removeFinalizer: async ({ kube }, object) => {
    await removeFinalizer(kube, kinds.gitRepository, object, fluxFinalizer);
    return undefined;
  },
  removeArtifacts: async ({ artifacts }, object) => {
    await artifacts.remove(ownerOf(object));
    return undefined;
  },
  collectGarbage: async ({ artifacts }, object, { current }) => {
    await artifacts.collect(ownerOf(object), current);
    return undefined;
  },
  verifyArtifact: async ({ artifacts }, object) => {
    const artifact = object.status?.artifact;
    if (artifact === undefined) return undefined;
    return {
      kind: 'stored',
      stored: await artifacts.verify(artifact),
      url: artifacts.urlOf(artifact.path),
    };
  },
  listRemote: async (ports, object) => ({
    kind: 'refs',
    refs: await withAccess(ports, object, (access) => ports.git.listRefs(access)),
  }),
  fetchSource: async (ports, object, action) => ({
    kind: 'fetched',
    fetched: await withAccess(ports, object, (access) => fetchSource(ports, object, action, access)),
  }),
} satisfies Handlers;

/** Performs one action; those that look at something return what they saw. */
export function executeGitAction(
  ports: GitPorts,
  object: GitRepository,
  action: GitAction,
): Promise<GitObservation | undefined> {
  // The record is keyed by `kind`, so the handler found is the one for this action.
  const handler = handlers[action.kind] as Handler<GitAction>;
  return handler(ports, object, action);
}

async function fetchSource(
  { git, artifacts }: GitPorts,
  object: GitRepository,
  action: Extract<GitAction, { readonly kind: 'fetchSource' }>,
  access: GitAccess,
) {
  const { commit, ref, revision } = action;
  const { ignore, recurseSubmodules = false, sparseCheckout = [] } = object.spec;
  const checkout = await git.fetch(access, {
    commit,
    ...(ref === undefined ? {} : { ref }),
    recurseSubmodules,
    sparseDirectories: sparseCheckout.map((directory) => directory.replace(/^\.\//, '')),
  });
  const isIgnored = ignoreRules(treeOf(checkout.files), ignore);
  const kept = checkout.files.filter(({ path }) => !isIgnored(path));
  const stored = await artifacts.write(ownerOf(object), `${commitOf(revision)}.tar.gz`, kept);
  return { ...stored, revision, subject: checkout.subject };
}

async function withAccess<T>(
  { kube }: GitPorts,
  object: GitRepository,
  work: (access: GitAccess) => Promise<T>,
): Promise<SourceOutcome<T>> {
  const credentials = await readCredentials(kube, object);
  if (!credentials.ok) return credentials;
  const { url } = object.spec;
  try {
    const access = { url, credentials: credentials.value, timeoutMs: gitTimeoutMs(object.spec) };
    return { ok: true, value: await work(access) };
  } catch (thrown) {
    const problem = gitProblemOf(thrown, object);
    if (problem === undefined) throw thrown;
    return { ok: false, problem };
  }
}

function ownerOf({ kind, metadata }: GitRepository): ArtifactOwner {
  return { kind, namespace: metadata.namespace ?? '', name: metadata.name };
}
