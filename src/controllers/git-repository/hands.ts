import type { GitRepository } from '#api/flux/git-repository.js';
import { kinds } from '#api/kinds.js';
import { directoriesAbove, treeOf, type TreeFile } from '#core/gitops/file-tree.js';
import type { GitTarget } from '#core/gitops/source/git/git-model.js';
import {
  commitOf,
  committedAt,
  tiedTags,
  type GitRefs,
  type TagOfCommit,
} from '#core/gitops/source/git/git-refs.js';
import { sourceTimeoutMs } from '#core/gitops/source/git/git-spec.js';
import { observeIncludes, placeInclude } from '#core/gitops/source/git/includes.js';
import { ignoreRules } from '#core/gitops/source/ignore-rules.js';
import type { Observed } from '#core/gitops/source/source-model.js';
import type { FetchedSource, SourceOutcome } from '#core/gitops/source/source-run.js';
import type { Artifact } from '#api/flux/common.js';
import type { ArtifactStore } from '#ports/artifact-store.js';
import type { Cache } from '#ports/cache.js';
import type { GitAccess, GitCheckout, GitRemote, GitWanted } from '#ports/git-remote.js';
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
  const times = new CommitTimes(git);
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
      withAccess(ports, object, async (access) => {
        const offered = await git.listRefs(access);
        const tied = tiedTags(object.spec.ref, offered);
        if (tied.length === 0) return { ok: true, value: offered };
        return { ok: true, value: { ...offered, committed: await times.of(access, object, tied) } };
      }),
    fetch: (object, target, included) =>
      withAccess(ports, object, async (access) => {
        const checkout = await git.fetch(access, wantedOf(object, target));
        const verified = await verifyCheckout(ports, object, target, checkout);
        if (verified !== undefined && !verified.ok) return verified;
        const stored = await store(ports, object, { checkout, target, included });
        if (!stored.ok || verified === undefined) return stored;
        return { ok: true, value: { ...stored.value, verified: verified.value } };
      }),
  };
}

function wantedOf(
  { spec: { recurseSubmodules = false, sparseCheckout = [] } }: GitRepository,
  { commit, ref }: Pick<GitTarget, 'commit' | 'ref'>,
): GitWanted {
  return {
    commit,
    ...(ref === undefined ? {} : { ref }),
    recurseSubmodules,
    sparseDirectories: sparseCheckout.map((directory) => directory.replace(/^\.\/|\/+$/g, '')),
  };
}

/** So many times of commits are remembered. */
const mostTimes = 1000;

/** When commits were committed; each is fetched once, for a commit never changes. */
class CommitTimes {
  readonly #git: GitRemote;
  readonly #known = new Map<string, number>();

  constructor(git: GitRemote) {
    this.#git = git;
  }

  async of(
    access: GitAccess,
    object: GitRepository,
    tags: readonly TagOfCommit[],
  ): Promise<Readonly<Record<string, number>>> {
    const times: Record<string, number> = {};
    for (const tag of tags) {
      const known = this.#known.get(tag.commit);
      times[tag.commit] = known ?? (await this.#fetched(access, object, tag));
    }
    return times;
  }

  async #fetched(access: GitAccess, object: GitRepository, tag: TagOfCommit): Promise<number> {
    // What is fetched for the time is what is fetched for the artifact, if it wins.
    const { commitObject } = await this.#git.fetch(access, wantedOf(object, tag));
    const at = committedAt(Buffer.from(commitObject).toString('utf8')) ?? 0;
    const [oldest] = this.#known.keys();
    if (this.#known.size >= mostTimes && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(tag.commit, at);
    return at;
  }
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
  const above = directoriesAbove(files.value.map(({ path }) => path));
  const directories = [...new Set([...(checkout.directories ?? []), ...above])].filter(
    (path) => !isIgnored(`${path}/`),
  );
  const fileName = `${commitOf(revision)}.tar.gz`;
  const stored = await artifacts.write(ownerOf(object), fileName, kept, directories);
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
