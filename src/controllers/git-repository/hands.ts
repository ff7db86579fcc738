import type { GitRepository } from '#api/flux/git-repository.js';
import { kinds } from '#api/kinds.js';
import { treeOf, type TreeFile } from '#core/gitops/file-tree.js';
import type { GitTarget } from '#core/gitops/source/git/git-model.js';
import { commitOf, type GitRefs } from '#core/gitops/source/git/git-refs.js';
import { sourceTimeoutMs } from '#core/gitops/source/git/git-spec.js';
import { observeIncludes, placeInclude } from '#core/gitops/source/git/includes.js';
import { ignoreRules } from '#core/gitops/source/ignore-rules.js';
import type { Observed } from '#core/gitops/source/source-model.js';
import type { FetchedSource, SourceOutcome } from '#core/gitops/source/source-run.js';
import type { Artifact } from '#api/flux/common.js';
import type { ArtifactStore } from '#ports/artifact-store.js';
import type { Cache } from '#ports/cache.js';
import type { GitAccess, GitCheckout, GitRemote } from '#ports/git-remote.js';
import type { GitHubApps } from '#ports/github-app.js';
import type { Kube } from '#ports/kube.js';
import type { SignatureVerifier } from '#ports/signatures.js';
import { ownerOf } from '../source/execute.js';
import type { SourceHands } from '../source/hands.js';
import { readCredentials } from './credentials.js';
import { gitProblemOf } from './git-problem.js';
import { verifyCheckout } from './verify.js';

export interface GitPorts {
  readonly kube: Kube;
  readonly cache: Cache;
  readonly git: GitRemote;
  readonly apps: GitHubApps;
  readonly signatures: SignatureVerifier;
  readonly artifacts: ArtifactStore;
}

/** What a GitRepository does with the world. */
export function gitHands(ports: GitPorts): SourceHands<GitRepository, GitRefs, GitTarget> {
  const { git, cache } = ports;
  return {
    observe: (object) => {
      const find = (name: string) =>
        cache.get<GitRepository>(kinds.gitRepository, object.metadata.namespace, name);
      const { problem, included } = observeIncludes(object, find);
      return {
        ...(problem === undefined ? {} : { prerequisite: problem }),
        ...(included === undefined ? {} : { included: { ...included } }),
      };
    },
    look: (object) =>
      withAccess(ports, object, async (access) => ({ ok: true, value: await git.listRefs(access) })),
    fetch: (object, target, included) =>
      withAccess(ports, object, async (access) => {
        const { recurseSubmodules = false, sparseCheckout = [] } = object.spec;
        const { commit, ref } = target;
        const checkout = await git.fetch(access, {
          commit,
          ...(ref === undefined ? {} : { ref }),
          recurseSubmodules,
          sparseDirectories: sparseCheckout.map((directory) => directory.replace(/^\.\/|\/+$/g, '')),
        });
        const verified = await verifyCheckout(ports, object, target, checkout);
        if (verified !== undefined && !verified.ok) return verified;
        const stored = await store(ports, object, { checkout, target, included });
        if (!stored.ok || verified === undefined) return stored;
        return { ok: true, value: { ...stored.value, verified: verified.value } };
      }),
  };
}

interface Contents {
  readonly checkout: GitCheckout;
  readonly target: GitTarget;
  readonly included: Observed | undefined;
}

async function store(
  { artifacts }: GitPorts,
  object: GitRepository,
  { checkout, target: { revision }, included }: Contents,
): Promise<SourceOutcome<FetchedSource>> {
  const files = await withIncludes(artifacts, object, checkout.files, included);
  if (!files.ok) return files;
  const isIgnored = ignoreRules(treeOf(files.value), object.spec.ignore);
  const kept = files.value.filter(({ path }) => !isIgnored(path));
  const stored = await artifacts.write(ownerOf(object), `${commitOf(revision)}.tar.gz`, kept);
  const more = included === undefined ? {} : { included };
  return { ok: true, value: { ...stored, ...more, revision, subject: checkout.subject } };
}

/** The files with those of the includes in their places; an include covers what is there. */
async function withIncludes(
  artifacts: ArtifactStore,
  { spec: { include = [] } }: GitRepository,
  files: readonly TreeFile[],
  included: Observed | undefined,
): Promise<SourceOutcome<readonly TreeFile[]>> {
  if (include.length === 0) return { ok: true, value: files };
  // `observe` of this pass made the list, in the order of the includes.
  const from = (included?.['includedArtifacts'] ?? []) as readonly Artifact[];
  const all = [...files];
  for (const [i, each] of include.entries()) {
    const artifact = from[i];
    const tree = artifact === undefined ? treeOf([]) : await artifacts.read(artifact);
    const placed = placeInclude(each, tree);
    if (!placed.ok) return placed;
    all.push(...placed.value);
  }
  return { ok: true, value: [...treeOf(all).values()] };
}

async function withAccess<T>(
  { kube, apps }: GitPorts,
  object: GitRepository,
  work: (access: GitAccess) => Promise<SourceOutcome<T>>,
): Promise<SourceOutcome<T>> {
  const credentials = await readCredentials(kube, apps, object);
  if (!credentials.ok) return credentials;
  const { url } = object.spec;
  try {
    return await work({ url, credentials: credentials.value, timeoutMs: sourceTimeoutMs(object.spec) });
  } catch (thrown) {
    const problem = gitProblemOf(thrown, object);
    if (problem === undefined) throw thrown;
    return { ok: false, problem };
  }
}
