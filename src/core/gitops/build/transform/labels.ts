import { mapObjects, type BuildItem } from '../build-item.js';
import { pathOf, updateObject, withEntries } from './fields.js';

/** Where labels go besides the metadata of the object. */
export interface LabelScope {
  readonly selectors: boolean;
  readonly templates: boolean;
}

interface FieldSpec {
  readonly path: string;
  /** The field is made when it is absent. */
  readonly create: boolean;
}

const made = (path: string): FieldSpec => ({ path, create: true });
const present = (path: string): FieldSpec => ({ path, create: false });

const workloads = ['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'];
const template = 'spec/template/metadata';
const jobTemplate = 'spec/jobTemplate/metadata';
const jobPods = 'spec/jobTemplate/spec/template/metadata';

const affinityTerms = ['podAffinity', 'podAntiAffinity'].flatMap((kind) => [
  `${kind}/preferredDuringSchedulingIgnoredDuringExecution/*/podAffinityTerm/labelSelector/matchLabels`,
  `${kind}/requiredDuringSchedulingIgnoredDuringExecution/*/labelSelector/matchLabels`,
]);

function selectorFields(kind: string): readonly FieldSpec[] {
  if (kind === 'Service' || kind === 'ReplicationController') return [made('spec/selector')];
  if (workloads.includes(kind)) {
    const inPods = [
      ...affinityTerms.map((path) => `affinity/${path}`),
      'topologySpreadConstraints/*/labelSelector/matchLabels',
    ];
    return [
      made('spec/selector/matchLabels'),
      ...inPods.map((path) => present(`spec/template/spec/${path}`)),
    ];
  }
  if (kind === 'Job') return [present('spec/selector/matchLabels')];
  if (kind === 'CronJob') return [present('spec/jobTemplate/spec/selector/matchLabels')];
  if (kind === 'PodDisruptionBudget') return [present('spec/selector/matchLabels')];
  if (kind === 'NetworkPolicy') {
    const peers = ['spec/ingress/*/from/*', 'spec/egress/*/to/*'];
    return ['spec', ...peers].map((path) => present(`${path}/podSelector/matchLabels`));
  }
  return [];
}

function templateFields(kind: string, map: 'labels' | 'annotations'): readonly FieldSpec[] {
  if ([...workloads, 'ReplicationController', 'Job'].includes(kind)) {
    const claims =
      kind === 'StatefulSet' && map === 'labels' ? [made('spec/volumeClaimTemplates/*/metadata/labels')] : [];
    return [made(`${template}/${map}`), ...claims];
  }
  return kind === 'CronJob' ? [made(`${jobTemplate}/${map}`), made(`${jobPods}/${map}`)] : [];
}

/** Every object with these labels. */
export function withLabels(
  items: readonly BuildItem[],
  labels: Readonly<Record<string, string>>,
  scope: LabelScope,
): readonly BuildItem[] {
  if (Object.keys(labels).length === 0) return items;
  return mapObjects(items, (object) => {
    const fields = [
      made('metadata/labels'),
      ...(scope.selectors ? selectorFields(object.kind) : []),
      ...(scope.selectors || scope.templates ? templateFields(object.kind, 'labels') : []),
    ];
    return fields.reduce(
      (next, { path, create }) => updateObject(next, pathOf(path), withEntries(labels), create),
      object,
    );
  });
}

/** Every object, and the pods that it makes, with these annotations. */
export function withAnnotations(
  items: readonly BuildItem[],
  annotations: Readonly<Record<string, string>>,
): readonly BuildItem[] {
  if (Object.keys(annotations).length === 0) return items;
  return mapObjects(items, (object) =>
    [made('metadata/annotations'), ...templateFields(object.kind, 'annotations')].reduce(
      (next, { path, create }) => updateObject(next, pathOf(path), withEntries(annotations), create),
      object,
    ),
  );
}
