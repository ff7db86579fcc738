import { isObject, type JsonObject } from '#core/json/json.js';
import { parseYaml, printYaml } from '#core/yaml/yaml.js';
import { hasDirectory, joinPath, readText, type FileTree } from '../file-tree.js';
import { isRemote } from './accumulate.js';
import { buildDirectory, withSpec, type BuildSpec } from './build-objects.js';
import { built, refused, type BuildResult } from './build-problem.js';
import { kustomizationFileOf } from './kustomization-name.js';
import { plainResources } from './plain-resources.js';

export interface BinaryInput {
  /** The source with the fields of the spec written into its kustomization file. */
  readonly tree: FileTree;
  readonly directory: string;
}

/** What a kustomize binary is given; remote bases are refused before it runs, so that it has nothing to fetch. */
export function inputForBinary(source: FileTree, spec: BuildSpec): BuildResult<BinaryInput> {
  const directory = buildDirectory(source, spec);
  if (!directory.ok) return directory;
  const remote = remoteBase(source);
  if (remote !== undefined) return remote;
  const own = kustomizationFileOf(source, directory.value);
  const raw = own === undefined ? built(generated(source, directory.value)) : readRaw(source, own);
  if (!raw.ok) return raw;
  const isThere = (path: string) => {
    const below = joinPath(directory.value, path);
    return below !== undefined && hasDirectory(source, below);
  };
  // Fields that we do not know are the binary's business and stay as they are.
  const merged = withSpec(raw.value, spec, isThere);
  const path = own ?? joinPath(directory.value, 'kustomization.yaml') ?? 'kustomization.yaml';
  const content = new TextEncoder().encode(printYaml(withoutEmptyLists(merged)));
  const tree = new Map(source).set(path, { path, content, isExecutable: false });
  return built({ tree, directory: directory.value });
}

function generated(source: FileTree, directory: string): JsonObject {
  const resources = plainResources(source, directory);
  const head = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  return resources.length === 0 ? { ...head, namespace: '_placeholder' } : { ...head, resources };
}

function readRaw(source: FileTree, file: string): BuildResult<JsonObject> {
  const parsed = parseYaml(readText(source, file) ?? '', 'kustomize');
  if (!parsed.ok) return refused({ file, ...parsed.problem });
  return isObject(parsed.value) ? built(parsed.value) : refused({ file, message: 'is no map' });
}

function remoteBase(source: FileTree): BuildResult<never> | undefined {
  for (const file of source.keys()) {
    if (!/(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(file)) continue;
    const parsed = parseYaml(readText(source, file) ?? '', 'kustomize');
    const value = parsed.ok ? parsed.value : undefined;
    for (const field of fieldsOfPaths) {
      const entry = pathsAt(isObject(value) ? value[field] : undefined).find(isRemote);
      if (entry !== undefined) {
        return refused({
          file,
          field,
          message: `"${entry}" is remote; remote bases are refused, copy it into the source`,
        });
      }
    }
  }
  return undefined;
}

/** Fields whose texts kustomize reads as paths, and would fetch when they are remote. */
const fieldsOfPaths = [
  'resources',
  'bases',
  'components',
  'crds',
  'generators',
  'transformers',
  'validators',
  'configurations',
  'openapi',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'replacements',
  'configMapGenerator',
  'secretGenerator',
  'helmCharts',
];
/** What of their entries is no path. */
const notPaths = new Set(['literals', 'patch', 'options', 'target', 'targets', 'source']);

function pathsAt(value: unknown): readonly string[] {
  if (typeof value === 'string')
    return value.includes('\n') ? [] : [value.slice(value.indexOf('=') + 1), value];
  if (Array.isArray(value)) return value.flatMap(pathsAt);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (notPaths.has(key) ? [] : pathsAt(inner)));
}

function withoutEmptyLists(value: object): JsonObject {
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => !Array.isArray(inner) || inner.length > 0),
  );
}
