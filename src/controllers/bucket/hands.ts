import type { Bucket } from '#api/flux/bucket.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import type { TreeFile } from '#core/gitops/file-tree.js';
import {
  ignoreFile,
  indexBucket,
  withRevision,
  type IndexedObject,
} from '#core/gitops/source/bucket/bucket-index.js';
import { parseBucketLogin, type BucketTarget } from '#core/gitops/source/bucket/bucket-model.js';
import { sourceTimeoutMs } from '#core/gitops/source/git/git-spec.js';
import type { FetchedSource, SourceOutcome } from '#core/gitops/source/source-run.js';
import type { ArtifactStore } from '#ports/artifact-store.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { BucketAccess, ObjectStore } from '#ports/object-store.js';
import { attempt, failed } from '../source/attempt.js';
import { readConnection } from '../source/connection.js';
import { ownerOf } from '../source/execute.js';
import type { SourceHands } from '../source/hands.js';
import { readSecret } from '../source/secrets.js';

export interface BucketPorts {
  readonly kube: Kube;
  readonly store: ObjectStore;
  readonly artifacts: ArtifactStore;
}

/** Downloads at the same time. */
const parallel = 16;
const maxBytes = 512 * 1024 * 1024;

/** What a Bucket does with the world. */
export function bucketHands(ports: BucketPorts): SourceHands<Bucket, BucketTarget, BucketTarget> {
  return {
    look: (object) => withAccess(ports, object, (access) => look(ports.store, object, access)),
    fetch: (object, target) =>
      withAccess(ports, object, (access) => fetchObjects(ports, object, target, access)),
  };
}

async function look(
  store: ObjectStore,
  { spec: { bucketName, prefix = '', ignore } }: Bucket,
  access: BucketAccess,
): Promise<SourceOutcome<BucketTarget>> {
  const reason = reasons.bucketOperationFailed;
  const exists = await attempt(reason, `failed to confirm existence of '${bucketName}' bucket`, () =>
    store.hasBucket(access),
  );
  if (!exists.ok) return exists;
  if (!exists.value) return failed(reason, `bucket '${bucketName}' not found`);
  const rules = await attempt(reason, `failed to get Etag for '${ignoreFile}' object`, () =>
    store.get(access, ignoreFile),
  );
  if (!rules.ok) return rules;
  const what = `indexation of objects from bucket '${bucketName}' failed`;
  const all = await attempt(reason, what, () => store.list(access, prefix));
  if (!all.ok) return all;
  const text = rules.value === undefined ? undefined : Buffer.from(rules.value.content).toString();
  const index = indexBucket(all.value, text, ignore);
  return 'problem' in index ? failed(reason, `${what}: ${index.problem}`) : { ok: true, value: index };
}

async function fetchObjects(
  { store, artifacts }: BucketPorts,
  object: Bucket,
  { objects }: BucketTarget,
  access: BucketAccess,
): Promise<SourceOutcome<FetchedSource>> {
  const what = `fetch from bucket '${object.spec.bucketName}' failed`;
  const fetched = await attempt(reasons.bucketOperationFailed, what, () => download(store, access, objects));
  if (!fetched.ok) return fetched;
  const { files, index } = fetched.value;
  // Objects may have changed since the listing: the revision is that of what was downloaded.
  const { revision } = withRevision(index);
  const fileName = `${revision.replace(/^sha256:/, '')}.tar.gz`;
  const archiving = 'unable to archive artifact to storage';
  const stored = await attempt(reasons.archiveOperationFailed, archiving, () =>
    artifacts.write(ownerOf(object), fileName, files),
  );
  if (!stored.ok) return stored;
  const latestUrl = await artifacts.link(stored.value.path, 'latest.tar.gz');
  return { ok: true, value: { ...stored.value, revision, latestUrl, subject: String(files.length) } };
}

interface Download {
  readonly files: TreeFile[];
  readonly index: IndexedObject[];
}

/** Objects that disappeared since the listing are left out. */
async function download(
  store: ObjectStore,
  access: BucketAccess,
  objects: readonly IndexedObject[],
): Promise<Download> {
  const done: Download = { files: [], index: [] };
  const waiting = objects.values();
  let total = 0;
  const work = async (): Promise<void> => {
    for (const { key } of waiting) {
      const found = await store.get(access, key);
      if (found === undefined) continue;
      total += found.content.length;
      if (total > maxBytes) throw tooLarge(access);
      done.files.push({ path: key, content: found.content, isExecutable: false });
      done.index.push({ key, etag: found.etag });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return done;
}

function tooLarge({ bucket }: BucketAccess): AppError {
  const mebibytes = maxBytes / 1024 / 1024;
  return new AppError(
    'RemoteInvalid',
    `the objects of ${bucket} are larger than ${mebibytes} MiB; set spec.prefix`,
  );
}

async function withAccess<T>(
  { kube }: BucketPorts,
  object: Bucket,
  work: (access: BucketAccess) => Promise<SourceOutcome<T>>,
): Promise<SourceOutcome<T>> {
  const { spec, metadata } = object;
  const namespace = metadata.namespace ?? '';
  const connection = await readConnection(kube, namespace, spec);
  if (!connection.ok) return connection;
  const login =
    spec.secretRef === undefined
      ? undefined
      : await readSecret(
          kube,
          { namespace, name: spec.secretRef.name, field: 'spec.secretRef' },
          parseBucketLogin,
        );
  if (login?.ok === false) return login;
  return work({
    endpoint: spec.endpoint,
    bucket: spec.bucketName,
    region: spec.region === undefined || spec.region === '' ? 'us-east-1' : spec.region,
    isInsecure: spec.insecure === true,
    timeoutMs: sourceTimeoutMs(spec),
    ...connection.value,
    ...(login === undefined ? {} : { login: login.value }),
  });
}
