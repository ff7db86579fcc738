import type { UnknownObject } from '#api/k8s/meta.js';
import { sha256Hex } from '#core/digest/sha256.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import type { OwnedField } from '#core/traffic/owned-field.js';
import { leasedPaths, pathsNotCounted, withoutLeasedValues } from './lease.js';
import { ownFingerprint } from './own-values.js';

/** What the server's own controllers note on objects of others. */
const bookkeeping = /^(deployment|pv|volume|autoscaling)\.(alpha\.)?kubernetes\.io\//;

/** How an object stands, to notice when that changes. */
export interface Fingerprints {
  /** Of the values that its manifest sets. */
  readonly own: string;
  /** Of everything but status and bookkeeping. */
  readonly content: string;
}

/** Both without what running releases own and what is ignored. */
export function fingerprintsOf(
  manifest: UnknownObject,
  object: UnknownObject,
  leases: readonly OwnedField[],
  ignored: readonly string[] = [],
): Fingerprints {
  const paths = [...pathsNotCounted(manifest, leases), ...ignored];
  const own = ownFingerprint(withoutLeasedValues(manifest, paths), withoutLeasedValues(object, paths));
  return { own, content: contentFingerprint(object, leases, ignored) };
}

/** A text that changes when anything but status, bookkeeping, leased and ignored fields changes. */
export function contentFingerprint(
  object: UnknownObject,
  leases: readonly OwnedField[],
  ignored: readonly string[] = [],
): string {
  const paths = [...leasedPaths(object, leases), ...ignored];
  const { annotations = {}, ...rest } = contentOf(withoutLeasedValues(object, paths));
  const noted = Object.entries(isObject(annotations) ? annotations : {}).filter(
    ([key]) => !bookkeeping.test(key),
  );
  return sha256Hex(JSON.stringify([rest, noted]));
}

/** Everything but `status`, and of the metadata the labels and annotations. */
export function contentOf(object: unknown): JsonObject {
  const { status: _status, metadata, ...rest } = isObject(object) ? object : {};
  const { labels, annotations } = isObject(metadata) ? metadata : {};
  return { ...rest, labels: withoutEmpty(labels), annotations: withoutEmpty(annotations) };
}

function withoutEmpty(map: unknown): unknown {
  return isObject(map) && Object.keys(map).length > 0 ? map : undefined;
}
