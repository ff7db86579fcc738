import type { KindRules, ResourceType, ScalePaths } from '../resource-type.js';
import { builtinSchema, definitionNameOf } from './definitions.js';
import { builtinRules } from './rules.js';

interface Row {
  readonly kind: string;
  readonly plural: string;
  readonly short?: readonly string[];
  readonly clusterScoped?: true;
  readonly status?: true;
  readonly scale?: ScalePaths;
  readonly generation?: 'spec';
  readonly all?: true;
  readonly others?: readonly string[];
  readonly createOnly?: true;
  readonly createOnUpdate?: true;
  readonly storageKey?: string;
}

const replicas: ScalePaths = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.spec.selector',
};

const table: Readonly<Record<string, readonly Row[]>> = {
  v1: [
    {
      kind: 'Pod',
      plural: 'pods',
      short: ['po'],
      status: true,
      generation: 'spec',
      all: true,
      others: ['log', 'eviction'],
    },
    { kind: 'Service', plural: 'services', short: ['svc'], status: true, all: true, createOnUpdate: true },
    { kind: 'Endpoints', plural: 'endpoints', short: ['ep'], createOnUpdate: true },
    { kind: 'ConfigMap', plural: 'configmaps', short: ['cm'] },
    { kind: 'Secret', plural: 'secrets' },
    {
      kind: 'Namespace',
      plural: 'namespaces',
      short: ['ns'],
      clusterScoped: true,
      status: true,
      others: ['finalize'],
    },
    { kind: 'Node', plural: 'nodes', short: ['no'], clusterScoped: true, status: true },
    { kind: 'Event', plural: 'events', short: ['ev'], createOnUpdate: true },
    { kind: 'ServiceAccount', plural: 'serviceaccounts', short: ['sa'], others: ['token'] },
    { kind: 'PodTemplate', plural: 'podtemplates' },
    {
      kind: 'ReplicationController',
      plural: 'replicationcontrollers',
      short: ['rc'],
      status: true,
      generation: 'spec',
      all: true,
    },
    { kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', short: ['pvc'], status: true },
    { kind: 'LimitRange', plural: 'limitranges', short: ['limits'] },
    { kind: 'ResourceQuota', plural: 'resourcequotas', short: ['quota'], status: true },
  ],
  'apps/v1': [
    {
      kind: 'Deployment',
      plural: 'deployments',
      short: ['deploy'],
      status: true,
      scale: replicas,
      generation: 'spec',
      all: true,
    },
    {
      kind: 'ReplicaSet',
      plural: 'replicasets',
      short: ['rs'],
      status: true,
      scale: replicas,
      generation: 'spec',
      all: true,
    },
    {
      kind: 'StatefulSet',
      plural: 'statefulsets',
      short: ['sts'],
      status: true,
      scale: replicas,
      generation: 'spec',
      all: true,
    },
    { kind: 'DaemonSet', plural: 'daemonsets', short: ['ds'], status: true, generation: 'spec', all: true },
    { kind: 'ControllerRevision', plural: 'controllerrevisions' },
  ],
  'batch/v1': [
    { kind: 'Job', plural: 'jobs', status: true, generation: 'spec', all: true },
    { kind: 'CronJob', plural: 'cronjobs', short: ['cj'], status: true, generation: 'spec', all: true },
  ],
  'discovery.k8s.io/v1': [{ kind: 'EndpointSlice', plural: 'endpointslices' }],
  'networking.k8s.io/v1': [
    { kind: 'Ingress', plural: 'ingresses', short: ['ing'], status: true, generation: 'spec' },
    { kind: 'IngressClass', plural: 'ingressclasses', clusterScoped: true, generation: 'spec' },
    { kind: 'NetworkPolicy', plural: 'networkpolicies', short: ['netpol'], generation: 'spec' },
  ],
  'coordination.k8s.io/v1': [{ kind: 'Lease', plural: 'leases', createOnUpdate: true }],
  'events.k8s.io/v1': [
    { kind: 'Event', plural: 'events', short: ['ev'], createOnUpdate: true, storageKey: 'events' },
  ],
  'policy/v1': [
    {
      kind: 'PodDisruptionBudget',
      plural: 'poddisruptionbudgets',
      short: ['pdb'],
      status: true,
      generation: 'spec',
    },
  ],
  'autoscaling/v2': [
    {
      kind: 'HorizontalPodAutoscaler',
      plural: 'horizontalpodautoscalers',
      short: ['hpa'],
      status: true,
      all: true,
    },
  ],
  'rbac.authorization.k8s.io/v1': [
    { kind: 'Role', plural: 'roles' },
    { kind: 'RoleBinding', plural: 'rolebindings' },
    { kind: 'ClusterRole', plural: 'clusterroles', clusterScoped: true },
    { kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', clusterScoped: true },
  ],
  'storage.k8s.io/v1': [
    { kind: 'StorageClass', plural: 'storageclasses', short: ['sc'], clusterScoped: true },
  ],
  'scheduling.k8s.io/v1': [
    { kind: 'PriorityClass', plural: 'priorityclasses', short: ['pc'], clusterScoped: true },
  ],
  'apiextensions.k8s.io/v1': [
    {
      kind: 'CustomResourceDefinition',
      plural: 'customresourcedefinitions',
      short: ['crd', 'crds'],
      clusterScoped: true,
      status: true,
      generation: 'spec',
    },
  ],
  'authentication.k8s.io/v1': [
    { kind: 'TokenReview', plural: 'tokenreviews', clusterScoped: true, createOnly: true },
  ],
  'authorization.k8s.io/v1': [
    { kind: 'SubjectAccessReview', plural: 'subjectaccessreviews', clusterScoped: true, createOnly: true },
    {
      kind: 'SelfSubjectAccessReview',
      plural: 'selfsubjectaccessreviews',
      clusterScoped: true,
      createOnly: true,
    },
  ],
};

/** Every kind that the server has without a CRD. */
export function builtinResources(): readonly ResourceType[] {
  return Object.entries(table).flatMap(([apiVersion, rows]) =>
    rows.map((row) => resourceOf(apiVersion, row)),
  );
}

function resourceOf(apiVersion: string, row: Row): ResourceType {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const version = apiVersion.slice(slash + 1);
  const rules: KindRules = builtinRules[group === '' ? row.kind : `${row.kind}.${group}`] ?? {};
  return {
    group,
    versions: [version],
    kind: row.kind,
    listKind: `${row.kind}List`,
    plural: row.plural,
    singular: row.kind.toLowerCase(),
    shortNames: row.short ?? [],
    categories: row.all === true ? ['all'] : [],
    namespaced: row.clusterScoped !== true,
    storageKey: row.storageKey ?? (group === '' ? row.plural : `${row.plural}.${group}`),
    storedApiVersion: row.storageKey === 'events' ? 'v1' : apiVersion,
    schemaOf: () => builtinSchema(definitionNameOf(group, version, row.kind) ?? ''),
    hasStatus: row.status === true,
    ...(row.scale === undefined ? {} : { scale: row.scale }),
    otherSubresources: row.others ?? [],
    createOnly: row.createOnly === true,
    isCustom: false,
    allowsUnconditionalUpdate: row.kind !== 'CustomResourceDefinition',
    allowsCreateOnUpdate: row.createOnUpdate === true,
    generation: row.generation ?? 'none',
    rules,
  };
}
