import type { KubeObject } from '#api/k8s/meta.js';
import { isEqual, isObject } from '#core/json/json.js';
import { groupOf } from '#core/kube/object.js';
import type { OwnedField } from '#core/traffic/owned-field.js';

/** The leased paths of one object, whatever its manifest says. */
export function leasedPaths(object: KubeObject, leases: readonly OwnedField[]): readonly string[] {
  return leasesOf(object, leases).flatMap(({ paths, returning = [] }) => [...paths, ...returning]);
}

/** The paths at which a manifest does not count. */
export function pathsNotCounted(manifest: KubeObject, leases: readonly OwnedField[]): readonly string[] {
  return leasesOf(manifest, leases).flatMap(({ paths, returning = [], isAtRest }) => [
    ...paths,
    ...returning.filter((path) => isAtRest !== true || !isSaid(manifest, path)),
  ]);
}

/**
 * A text that changes when other fields are leased, and when one returns that the manifest says.
 * @param manifest - as JSON.
 */
export function leaseText(object: KubeObject, leases: readonly OwnedField[], manifest = ''): string {
  const returned = (path: string) => manifest.includes(JSON.stringify(segmentsOf(path).at(-1)));
  return leasesOf(object, leases)
    .flatMap(({ paths, returning = [], isAtRest }) => [
      ...paths,
      ...returning.filter((path) => isAtRest !== true || !returned(path)),
    ])
    .join();
}

/** What is leased of one object, and to whom. */
export function leasesOf(object: KubeObject, leases: readonly OwnedField[]): readonly OwnedField[] {
  return leases.filter(
    (lease) =>
      lease.group === groupOf(object.apiVersion) &&
      lease.kind === object.kind &&
      lease.namespace === (object.metadata.namespace ?? '') &&
      lease.name === object.metadata.name,
  );
}

function isSaid(manifest: KubeObject, path: string): boolean {
  const value = segmentsOf(path).reduce<unknown>(
    (at, segment) => (isObject(at) ? at[segment] : undefined),
    manifest,
  );
  return value !== undefined;
}

/**
 * The manifest with the live values at the leased paths, so that applying it changes nothing there. What the manifest
 * has at such a path and the cluster does not is left out. A leased key that the manifest does not have is put in as well
 * (a Service's selector is applied as a whole), unless the map that would hold it is absent.
 */
export function withLeasedValues<T extends KubeObject>(
  desired: T,
  live: KubeObject,
  paths: readonly string[],
): T {
  return paths.reduce((object, path) => {
    const overlaid = overlay(object, live, segmentsOf(path));
    // The overlay keeps everything but what is below the path.
    return isKubeObject<T>(overlaid) ? overlaid : object;
  }, desired);
}

/** The object without what the leased paths name: what is compared to find drift. */
export function withoutLeasedValues(object: KubeObject, paths: readonly string[]): unknown {
  return paths.reduce<unknown>((rest, path) => overlay(rest, undefined, segmentsOf(path)), object);
}

function isKubeObject<T extends KubeObject>(value: unknown): value is T {
  return isObject(value) && isObject(value['metadata']);
}

function segmentsOf(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function overlay(desired: unknown, live: unknown, segments: readonly string[]): unknown {
  const [segment, ...rest] = segments;
  if (segment === undefined) return live;
  if (Array.isArray(desired)) return overlayList(desired, Array.isArray(live) ? live : [], segment, rest);
  if (!isObject(desired)) return desired;
  const result: Record<string, unknown> = { ...desired };
  for (const key of segment === '*' ? Object.keys(desired) : [segment]) {
    if (!(key in desired) && rest.length > 0) continue;
    const value = overlay(desired[key], isObject(live) ? live[key] : undefined, rest);
    if (value === undefined) delete result[key];
    else result[key] = value;
  }
  return result;
}

function overlayList(
  desired: readonly unknown[],
  live: readonly unknown[],
  segment: string,
  rest: readonly string[],
): readonly unknown[] {
  const isMeant = elementTest(segment);
  if (rest.length > 0) {
    return desired.map((element, index) =>
      isMeant(element) ? overlay(element, partnerOf(element, index, desired, live, rest), rest) : element,
    );
  }
  const kept = desired.filter((element) => !isMeant(element));
  live.forEach((element, index) => {
    if (isMeant(element)) kept.splice(index, 0, element);
  });
  return kept;
}

function elementTest(segment: string): (element: unknown) => boolean {
  const equals = segment.indexOf('=');
  if (segment === '*' || equals < 0) return () => true;
  const [field, value] = [segment.slice(0, equals), segment.slice(equals + 1)];
  return (element) => isObject(element) && element[field] === value;
}

/** The live element that a manifest's element stands for: by name, else by what is not leased, else by its place. */
function partnerOf(
  element: unknown,
  index: number,
  desired: readonly unknown[],
  live: readonly unknown[],
  rest: readonly string[],
): unknown {
  const name = isObject(element) ? element['name'] : undefined;
  if (typeof name === 'string') {
    const named = live.find((other) => isObject(other) && other['name'] === name);
    if (named !== undefined) return named;
  }
  const bare = overlay(element, undefined, rest);
  const alike = live.find((other) => isEqual(overlay(other, undefined, rest), bare));
  return alike ?? (live.length === desired.length ? live[index] : undefined);
}
