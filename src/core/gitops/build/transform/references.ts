import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import { mapObjects, type BuildItem } from '../build-item.js';
import { pathOf, updateObject } from './fields.js';
import { podSpecPath } from './kinds.js';

/** An object that got another name. */
export interface Rename {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly from: string;
  readonly to: string;
}

/** Renames between two versions of the same items. */
export function renamesBetween(before: readonly BuildItem[], after: readonly BuildItem[]): readonly Rename[] {
  return before.flatMap(({ object }, i) => {
    const next = after[i]?.object;
    const [from, to] = [object.metadata.name, next?.metadata.name];
    if (next === undefined || to === undefined || from === to) return [];
    return [{ kind: object.kind, namespace: next.metadata.namespace, from, to }];
  });
}

/** The items with their references following the renames. */
export function followRenames(items: readonly BuildItem[], renames: readonly Rename[]): readonly BuildItem[] {
  if (renames.length === 0) return items;
  return mapObjects(items, (object) =>
    referencesOf(object).reduce((next, { kinds, path, kindField }) => {
      const rename = renamer(renames, object.metadata.namespace);
      if (kindField === undefined) {
        return updateObject(next, pathOf(path), (name) => rename(kinds, name));
      }
      return updateObject(next, pathOf(path), (ref) => {
        const kind = textAt(ref, kindField);
        if (!isObject(ref) || kind === undefined) return ref;
        const isSubject = kind === 'ServiceAccount';
        const there = isSubject ? renamer(renames, textAt(ref, 'namespace')) : rename;
        return { ...ref, name: there([kind], ref['name']) };
      });
    }, object),
  );
}

function renamer(renames: readonly Rename[], namespace: string | undefined) {
  return (kinds: readonly string[], name: unknown): unknown => {
    const meant = renames.filter(({ kind, from }) => from === name && kinds.includes(kind));
    const near = meant.find((rename) => (rename.namespace ?? namespace) === namespace);
    return (near ?? (namespace === undefined ? meant[0] : undefined))?.to ?? name;
  };
}

interface Reference {
  /** Kinds that the name may mean. */
  readonly kinds: readonly string[];
  readonly path: string;
  /** The path is a map `{kind, name}`; this field of it says the kind. */
  readonly kindField?: string;
}

const ref = (kind: string, ...paths: readonly string[]): readonly Reference[] =>
  paths.map((path) => ({ kinds: [kind], path }));

const containers = ['containers', 'initContainers', 'ephemeralContainers'];

const podReferences: readonly Reference[] = [
  ...ref('ConfigMap', 'volumes/*/configMap/name', 'volumes/*/projected/sources/*/configMap/name'),
  ...ref('Secret', 'volumes/*/secret/secretName', 'volumes/*/projected/sources/*/secret/name'),
  ...ref('Secret', 'imagePullSecrets/*/name'),
  ...ref('PersistentVolumeClaim', 'volumes/*/persistentVolumeClaim/claimName'),
  ...ref('ServiceAccount', 'serviceAccountName', 'serviceAccount'),
  ...ref('PriorityClass', 'priorityClassName'),
  ...containers.flatMap((list) => [
    ...ref(
      'ConfigMap',
      `${list}/*/env/*/valueFrom/configMapKeyRef/name`,
      `${list}/*/envFrom/*/configMapRef/name`,
    ),
    ...ref('Secret', `${list}/*/env/*/valueFrom/secretKeyRef/name`, `${list}/*/envFrom/*/secretRef/name`),
  ]),
];

const rolloutServices = [
  'canary/stableService',
  'canary/canaryService',
  'canary/pingPong/pingService',
  'canary/pingPong/pongService',
  'blueGreen/activeService',
  'blueGreen/previewService',
];

const references: Readonly<Record<string, readonly Reference[]>> = {
  StatefulSet: ref('Service', 'spec/serviceName'),
  Ingress: [
    ...ref('Service', 'spec/defaultBackend/service/name', 'spec/rules/*/http/paths/*/backend/service/name'),
    ...ref('Secret', 'spec/tls/*/secretName'),
    ...ref('IngressClass', 'spec/ingressClassName'),
  ],
  ServiceAccount: ref('Secret', 'secrets/*/name', 'imagePullSecrets/*/name'),
  PersistentVolumeClaim: [
    ...ref('PersistentVolume', 'spec/volumeName'),
    ...ref('StorageClass', 'spec/storageClassName'),
  ],
  HorizontalPodAutoscaler: [{ kinds: [], path: 'spec/scaleTargetRef', kindField: 'kind' }],
  RoleBinding: [
    { kinds: [], path: 'roleRef', kindField: 'kind' },
    { kinds: [], path: 'subjects/*', kindField: 'kind' },
  ],
  ClusterRoleBinding: [
    { kinds: [], path: 'roleRef', kindField: 'kind' },
    { kinds: [], path: 'subjects/*', kindField: 'kind' },
  ],
  ValidatingWebhookConfiguration: ref('Service', 'webhooks/*/clientConfig/service/name'),
  MutatingWebhookConfiguration: ref('Service', 'webhooks/*/clientConfig/service/name'),
  Rollout: [
    ...ref('Service', ...rolloutServices.map((field) => `spec/strategy/${field}`)),
    { kinds: [], path: 'spec/workloadRef', kindField: 'kind' },
  ],
};

function referencesOf({ kind }: UnknownObject): readonly Reference[] {
  const pod = podSpecPath(kind);
  const ofPod =
    pod === undefined ? [] : podReferences.map((each) => ({ ...each, path: `${pod}/${each.path}` }));
  return [...ofPod, ...(references[kind] ?? [])];
}
