import { sha256Hex } from '#core/digest/sha256.js';
import { isObject } from '#core/json/json.js';

/**
 * A text that changes when a value changes that the manifest sets, and not for what others add. Elements of lists are
 * found by name where they have one.
 */
export function ownFingerprint(manifest: unknown, object: unknown): string {
  return sha256Hex(JSON.stringify(valuesOf(manifest, object, '')) ?? '');
}

/** What is never compared: who serves it and what the server keeps for itself. */
const skipped = new Set(['/apiVersion', '/status', '/metadata/resourceVersion', '/metadata/managedFields']);

function valuesOf(manifest: unknown, object: unknown, path: string): unknown {
  if (Array.isArray(manifest)) return listValues(manifest, object, path);
  if (!isObject(manifest) || Object.keys(manifest).length === 0) return object;
  const there = isObject(object) ? object : {};
  return Object.keys(manifest)
    .sort()
    .filter((key) => !skipped.has(`${path}/${key}`))
    .map((key) => [key, valuesOf(manifest[key], there[key], `${path}/${key}`)]);
}

function listValues(manifest: readonly unknown[], object: unknown, path: string): unknown {
  if (!Array.isArray(object)) return object;
  const names = manifest.map(nameOf);
  if (names.every((name) => name !== undefined) && new Set(names).size === names.length) {
    return manifest.map((element, i) => {
      const partner: unknown = object.find((other) => nameOf(other) === names[i]);
      return valuesOf(element, partner, `${path}/*`);
    });
  }
  if (object.length !== manifest.length) return object;
  return manifest.map((element, i) => valuesOf(element, object[i], `${path}/*`));
}

function nameOf(element: unknown): string | undefined {
  const name = isObject(element) ? element['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
