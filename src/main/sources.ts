import { createDiskStore } from '#adapters/artifact-store/disk-store.js';
import { serveArtifacts } from '#adapters/artifact-store/http-server.js';
import { createGitCli } from '#adapters/git-cli/git-cli.js';
import { createSharedGit } from '#adapters/git-cli/shared-git.js';
import { createGitHubApps } from '#adapters/remotes/github-app/index.js';
import { createOciRegistry } from '#adapters/remotes/oci/registry.js';
import { createObjectStore } from '#adapters/remotes/s3/object-store.js';
import { createBlobVerifier } from '#adapters/signatures/blob.js';
import { createSignatureVerifier } from '#adapters/signatures/index.js';
import { createBucketController } from '#controllers/bucket/index.js';
import { createGitRepositoryController } from '#controllers/git-repository/index.js';
import { createOciRepositoryController } from '#controllers/oci-repository/index.js';
import type { SourceDeps } from '#controllers/source/index.js';
import type { ArtifactStore } from '#ports/artifact-store.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import type { Manager } from '#runtime/manager/manager.js';
import type { CommitBook } from './commit-book.js';
import { type ControllerProcessOptions, defaultStoragePath } from './options.js';

interface Parts {
  readonly closers: (() => Promise<void>)[];
  /** Hears of each commit that is fetched. */
  readonly commits: CommitBook;
}

type Build = (
  manager: Manager,
  options: ControllerProcessOptions,
  parts: Parts,
) => Promise<ControllerDefinition>;

/** As the peer's `--interval-jitter-percentage`. */
const defaultJitterPercent = 5;

/** The controllers of sources by name; they share one store, which is served from the first that is built on. */
export const sourceBuilders: Readonly<Record<string, Build>> = {
  'git-repository': async (manager, options, parts) => {
    const deps = await depsOf('git-repository', manager, options, parts);
    const { sshKexAlgorithms: keyExchange = [], sshHostKeyAlgorithms: hostKey = [] } = options;
    return createGitRepositoryController({
      ...deps,
      git: parts.commits.noting(createSharedGit(createGitCli({ ssh: { keyExchange, hostKey } }), deps.clock)),
      apps: createGitHubApps(deps.clock),
      signatures: createSignatureVerifier(),
    });
  },
  'oci-repository': async (manager, options, parts) => {
    const deps = await depsOf('oci-repository', manager, options, parts);
    return createOciRepositoryController({
      ...deps,
      registry: createOciRegistry(),
      blobs: createBlobVerifier(),
    });
  },
  bucket: async (manager, options, parts) => {
    const deps = await depsOf('bucket', manager, options, parts);
    return createBucketController({ ...deps, store: createObjectStore(deps.clock) });
  },
};

async function depsOf(
  name: string,
  manager: Manager,
  options: ControllerProcessOptions,
  parts: Parts,
): Promise<SourceDeps> {
  const artifacts = stores.get(parts) ?? openStore(manager, options, parts);
  stores.set(parts, artifacts);
  const { intervalJitterPercent = defaultJitterPercent, dependencyMs } = options;
  const settings = { intervalJitterPercent, ...(dependencyMs === undefined ? {} : { dependencyMs }) };
  return { ...manager.deps(name), artifacts: await artifacts, settings };
}

/** The store of a process, by the parts that it is closed with. */
const stores = new WeakMap<Parts, Promise<ArtifactStore>>();

async function openStore(
  manager: Manager,
  options: ControllerProcessOptions,
  { closers }: Parts,
): Promise<ArtifactStore> {
  const { env = process.env, artifactRetentionMs, artifactRetentionRecords, artifactDigest } = options;
  const directory = options.storagePath ?? env['STORAGE_PATH'] ?? defaultStoragePath();
  const server = await serveArtifacts(
    directory,
    options.artifactHost ?? '127.0.0.1',
    options.artifactPort ?? 0,
  );
  closers.push(() => server.close());
  const advertised = options.artifactAdvertised ?? env['STORAGE_ADV_ADDR'] ?? '';
  return createDiskStore({
    directory,
    baseUrl: () => (advertised === '' ? server.url : `http://${advertised}`),
    clock: manager.deps('artifacts').clock,
    ...(artifactRetentionMs === undefined ? {} : { retentionMs: artifactRetentionMs }),
    ...(artifactRetentionRecords === undefined ? {} : { retentionRecords: artifactRetentionRecords }),
    ...(artifactDigest === undefined ? {} : { algorithm: artifactDigest }),
  });
}
