import { sha256Hex } from '#core/digest/sha256.js';
import { joinPath } from '../../file-tree.js';
import { bucketIgnoreRules } from '../ignore-rules.js';

/** The objects of a bucket that become files, and the revision that follows from them. */
export interface BucketIndex {
  readonly revision: string;
  readonly objects: readonly IndexedObject[];
}

export interface IndexedObject {
  readonly key: string;
  readonly etag: string;
}

/** The file with rules of its own at the root of a bucket. */
export const ignoreFile = '.sourceignore';

/**
 * The index of what a bucket holds: without folders and the file of rules, without what that file and then `spec.ignore`
 * leave out. `problem` names a key that cannot be a file of a tree.
 */
export function indexBucket(
  all: readonly IndexedObject[],
  rules: string | undefined,
  specIgnore: string | undefined,
): BucketIndex | { readonly problem: string } {
  const isIgnored = bucketIgnoreRules(rules, specIgnore);
  const objects = all.filter(({ key }) => !key.endsWith('/') && key !== ignoreFile && !isIgnored(key));
  const wrong = objects.find(({ key }) => joinPath('', key) !== key);
  if (wrong !== undefined) return { problem: `the key "${wrong.key}" is no path of a file` };
  return withRevision(objects);
}

/** The revision is the digest of the lines `key etag`, sorted by key. */
export function withRevision(objects: readonly IndexedObject[]): BucketIndex {
  const sorted = [...objects].sort((a, b) => (a.key < b.key ? -1 : 1));
  const lines = sorted.map(({ key, etag }) => `${key} ${etag}\n`);
  return { revision: `sha256:${sha256Hex(lines.join(''))}`, objects: sorted };
}
