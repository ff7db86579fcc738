import type { BuildItem } from './build-item.js';
import type { KustomizationFile } from './kustomization-file.js';

/** Where an object of a build comes from: a file of the tree, or a generator in one. */
export type Origin =
  { readonly path: string } | { readonly configuredIn: string; readonly generator: string };

/** A transformer that an object went through. */
export interface TrailEntry {
  readonly configuredIn: string;
  readonly kind: string;
}

/** The transformers of a kustomization in their order: every object that is there goes through each. */
export function transformersOf(k: KustomizationFile): readonly string[] {
  const each = (list: readonly unknown[] | undefined, kind: string) => (list ?? []).map(() => kind);
  const one = (isThere: boolean, kind: string) => (isThere ? [kind] : []);
  const [labels = [], common = {}] = [k.labels, k.commonLabels];
  const hasLabels = labels.length > 0 || Object.keys(common).length > 0;
  return [
    ...one((k.patchesStrategicMerge ?? []).length > 0, 'PatchStrategicMergeTransformer'),
    ...each(k.patches, 'PatchTransformer'),
    ...one((k.namespace ?? '') !== '', 'NamespaceTransformer'),
    ...one((k.namePrefix ?? '') !== '', 'PrefixTransformer'),
    ...one((k.nameSuffix ?? '') !== '', 'SuffixTransformer'),
    ...each(labels, 'LabelTransformer'),
    ...one(hasLabels, 'LabelTransformer'),
    ...one(Object.keys(k.commonAnnotations ?? {}).length > 0, 'AnnotationsTransformer'),
    ...each(k.patchesJson6902, 'PatchJson6902Transformer'),
    ...each(k.replicas, 'ReplicaCountTransformer'),
    ...each(k.images, 'ImageTagTransformer'),
  ];
}

/** The object with the annotations that `buildMetadata` asks for; paths are relative to the directory that is built. */
export function withBuildMetadata(item: BuildItem, wanted: readonly string[], directory: string): BuildItem {
  const annotations: Record<string, string> = {};
  const { origin, trail = [], object } = item;
  if (wanted.includes('originAnnotations') && origin !== undefined) {
    annotations['config.kubernetes.io/origin'] = originText(origin, directory);
  }
  if (wanted.includes('transformerAnnotations') && trail.length > 0) {
    annotations['alpha.config.kubernetes.io/transformations'] = trail
      .map(({ configuredIn, kind }) => {
        const [first = '', ...rest] = configured(relativeTo(directory, configuredIn), kind);
        return [`- ${first}`, ...rest.map((line) => `  ${line}`)].join('\n');
      })
      .join('\n')
      .concat('\n');
  }
  if (Object.keys(annotations).length === 0) return item;
  const metadata = { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } };
  return { ...item, object: { ...object, metadata } };
}

function originText(origin: Origin, directory: string): string {
  if ('path' in origin) return `path: ${relativeTo(directory, origin.path)}\n`;
  return `${configured(relativeTo(directory, origin.configuredIn), origin.generator).join('\n')}\n`;
}

function configured(file: string, kind: string): readonly string[] {
  return [`configuredIn: ${file}`, 'configuredBy:', '  apiVersion: builtin', `  kind: ${kind}`];
}

function relativeTo(directory: string, path: string): string {
  const from = directory === '' ? [] : directory.split('/');
  const to = path.split('/');
  const shared = from.findIndex((part, i) => part !== to[i]);
  const same = shared < 0 ? from.length : shared;
  return [...from.slice(same).map(() => '..'), ...to.slice(same)].join('/');
}
