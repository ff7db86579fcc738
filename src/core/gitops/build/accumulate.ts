import { subjectOf } from '#core/kube/object.js';
import { hasDirectory, joinPath, readText, type FileTree } from '../file-tree.js';
import { built, chain, collect, refused, type BuildResult } from './build-problem.js';
import { identityOf, itemOf, withMetadata, type BuildItem } from './build-item.js';
import { transformersOf, withBuildMetadata } from './build-metadata.js';
import { withGenerated } from './generators.js';
import { contentHash } from './hash-name.js';
import { parseKustomizationFile, type KustomizationFile, type PatchEntry } from './kustomization-file.js';
import { kustomizationFileOf } from './kustomization-name.js';
import { parseManifests } from './manifests.js';
import { withImages } from './transform/images.js';
import { withAnnotations, withLabels } from './transform/labels.js';
import { withAffixes, withNamespace } from './transform/names.js';
import { withPatch, type PatchText } from './transform/patches.js';
import { followRenames, renamesBetween } from './transform/references.js';
import { withReplicas } from './transform/replicas.js';

/** A kustomization in its place. */
export interface Layer {
  readonly tree: FileTree;
  readonly directory: string;
  /** Named in problems; the Kustomization object when the layer was made for it. */
  readonly file: string;
  readonly kustomization: KustomizationFile;
  /** Directories of the layers above, to find circles. */
  readonly above: readonly string[];
}

type Items = readonly BuildItem[];

/** Everything that a layer and those below it mean, generated names included. */
export function buildLayer(layer: Layer): BuildResult<Items> {
  const items = accumulate(layer, []);
  if (!items.ok) return items;
  const hashed = items.value.map((item) =>
    item.isHashed
      ? {
          ...item,
          object: withMetadata(item.object, {
            name: `${item.object.metadata.name}-${contentHash(item.object)}`,
          }),
        }
      : item,
  );
  const all = followRenames(hashed, renamesBetween(items.value, hashed));
  const { buildMetadata = [] } = layer.kustomization;
  if (buildMetadata.length === 0) return built(all);
  return built(all.map((item) => withBuildMetadata(item, buildMetadata, layer.directory)));
}

/** One layer over what is there already (components work on the items of those who use them). */
function accumulate(layer: Layer, base: Items): BuildResult<Items> {
  const { kustomization, file } = layer;
  const resources = collect(kustomization.resources ?? [], (entry, i) =>
    resource(layer, entry, `resources[${i}]`),
  );
  if (!resources.ok) return resources;
  return chain<Items>(
    [...base, ...resources.value.flat()],
    (items) => withoutTwins(items, file),
    (items) => withGenerated(items, kustomization, layer),
    (items) => withComponents(items, layer),
    (items) => transform(items, layer),
    (items) => built(trailed(items, layer)),
  );
}

/** What the objects went through is noted, for `buildMetadata`. */
function trailed(items: Items, { kustomization, file }: Layer): Items {
  const passed = transformersOf(kustomization).map((kind) => ({ configuredIn: file, kind }));
  if (passed.length === 0) return items;
  return items.map((item) => ({ ...item, trail: [...(item.trail ?? []), ...passed] }));
}

function withComponents(items: Items, layer: Layer): BuildResult<Items> {
  return (layer.kustomization.components ?? []).reduce<BuildResult<Items>>((result, entry, i) => {
    if (!result.ok) return result;
    const below = layerBelow(layer, entry, `components[${i}]`);
    return below.ok ? accumulate(below.value, result.value) : below;
  }, built(items));
}

function resource(layer: Layer, entry: string, field: string): BuildResult<Items> {
  const { tree, directory, file } = layer;
  if (isRemote(entry)) {
    return refused({
      file,
      field,
      message: `"${entry}" is remote; remote bases are refused, copy it into the source`,
    });
  }
  const path = joinPath(directory, entry);
  if (path === undefined) return refused({ file, field, message: `"${entry}" leaves the source` });
  if (!tree.has(path)) {
    const below = layerBelow(layer, entry, field);
    return below.ok ? accumulate(below.value, []) : below;
  }
  const objects = parseManifests(path, readText(tree, path) ?? '');
  return objects.ok ? built(objects.value.map((object) => itemOf(object, false, { path }))) : objects;
}

function layerBelow(
  { tree, directory, file, above }: Layer,
  entry: string,
  field: string,
): BuildResult<Layer> {
  const path = joinPath(directory, entry);
  if (isRemote(entry) || path === undefined) {
    return refused({ file, field, message: `"${entry}" is no directory of the source` });
  }
  const own = kustomizationFileOf(tree, path);
  if (own === undefined) {
    const why = hasDirectory(tree, path) ? 'has no kustomization file' : 'is not in the source';
    return refused({ file, field, message: `"${entry}" ${why}` });
  }
  if (path === directory || above.includes(path)) {
    return refused({ file, field, message: `"${entry}" leads back to ${own}: a circle` });
  }
  const kustomization = parseKustomizationFile(own, readText(tree, own) ?? '');
  if (!kustomization.ok) return kustomization;
  return built({
    tree,
    directory: path,
    file: own,
    kustomization: kustomization.value,
    above: [...above, directory],
  });
}

/** Whether an entry of `resources` would have to be fetched from somewhere. */
export function isRemote(entry: string): boolean {
  return /^[a-z+]+:\/\/|^git@|^github\.com[/:]|\?ref=|^git::/.test(entry);
}

function withoutTwins(items: Items, file: string): BuildResult<Items> {
  const seen = new Set<string>();
  for (const { object } of items) {
    const identity = identityOf(object);
    if (seen.has(identity)) return refused({ file, message: `${subjectOf(object)} is there twice` });
    seen.add(identity);
  }
  return built(items);
}

/** The transformers of a layer in the order of the peer, then the references to what they renamed. */
function transform(items: Items, layer: Layer): BuildResult<Items> {
  const { kustomization: k, file } = layer;
  const merges = patchTexts(
    layer,
    'patchesStrategicMerge',
    (k.patchesStrategicMerge ?? []).map(pathOrText(layer)),
  );
  const patches = patchTexts(layer, 'patches', k.patches ?? []);
  const json = patchTexts(layer, 'patchesJson6902', k.patchesJson6902 ?? []);
  if (!merges.ok) return merges;
  if (!patches.ok) return patches;
  if (!json.ok) return json;
  const patchAll = (texts: readonly PatchText[]) => (value: Items) =>
    texts.reduce<BuildResult<Items>>(
      (result, text) => (result.ok ? withPatch(result.value, text) : result),
      built(value),
    );
  return chain<Items>(
    items,
    patchAll(merges.value),
    patchAll(patches.value),
    (value) => built(rename(value, k)),
    (value) => built(relabel(value, k)),
    patchAll(json.value),
    (value) => {
      const scaled = withReplicas(value, k.replicas ?? []);
      return scaled.ok ? scaled : refused({ file, ...scaled.problem });
    },
    (value) => built(withImages(value, k.images ?? [])),
  );
}

function rename(items: Items, { namespace, namePrefix = '', nameSuffix = '' }: KustomizationFile): Items {
  const moved = withNamespace(items, namespace);
  const named = withAffixes(moved, namePrefix, nameSuffix);
  return followRenames(named, renamesBetween(moved, named));
}

function relabel(
  items: Items,
  { labels = [], commonLabels = {}, commonAnnotations = {} }: KustomizationFile,
): Items {
  const common = withLabels(items, commonLabels, { selectors: true, templates: true });
  const all = labels.reduce<Items>(
    (value, { pairs, includeSelectors = false, includeTemplates = false }) =>
      withLabels(value, pairs, { selectors: includeSelectors, templates: includeTemplates }),
    common,
  );
  return withAnnotations(all, commonAnnotations);
}

/** An entry of `patchesStrategicMerge` is a file, or the patch itself. */
function pathOrText({ tree, directory }: Layer): (entry: string) => PatchEntry {
  return (entry) => {
    const path = joinPath(directory, entry);
    const isText = entry.includes('\n') && (path === undefined || !tree.has(path));
    return isText ? { patch: entry } : { path: entry };
  };
}

function patchTexts(
  layer: Layer,
  field: string,
  entries: readonly PatchEntry[],
): BuildResult<readonly PatchText[]> {
  return collect(entries, ({ path, patch, target, options }, i): BuildResult<PatchText> => {
    const place = { file: layer.file, field: `${field}[${i}]` };
    const common = { ...(target === undefined ? {} : { target }), ...options };
    if (patch !== undefined) return built({ ...common, text: patch, origin: place });
    const full = path === undefined ? undefined : joinPath(layer.directory, path);
    const text = full === undefined ? undefined : readText(layer.tree, full);
    if (full === undefined || text === undefined) {
      return refused({
        ...place,
        message: path === undefined ? 'needs path or patch' : `file "${path}" is not in the source`,
      });
    }
    return built({ ...common, text, origin: { file: full } });
  });
}
