import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';

/** Structs that are written even when nothing is in them, below a pod's spec; `*` stands for each element of a list. */
const podSpec: readonly string[] = [
  'containers.*.resources',
  'initContainers.*.resources',
  'ephemeralContainers.*.resources',
  ...below('volumes.*.ephemeral.volumeClaimTemplate', ['metadata', 'spec', 'spec.resources']),
];
const podTemplate: readonly string[] = ['metadata', 'spec', ...below('spec', podSpec)];
const claimTemplates = below('spec.volumeClaimTemplates.*', ['metadata', 'spec', 'spec.resources', 'status']);
const workload: readonly string[] = ['spec', 'spec.template', ...below('spec.template', podTemplate)];
const job: readonly string[] = ['metadata', 'spec', 'spec.template', ...below('spec.template', podTemplate)];

const structsOf: Readonly<Record<string, readonly string[]>> = {
  'v1/Pod': ['spec', ...below('spec', podSpec)],
  'v1/PodTemplate': ['template', ...below('template', podTemplate)],
  'v1/ReplicationController': ['spec', ...below('spec.template', podTemplate)],
  'v1/PersistentVolumeClaim': ['spec', 'spec.resources'],
  'v1/Namespace': ['spec'],
  'v1/ResourceQuota': ['spec'],
  'v1/LimitRange': ['spec'],
  'v1/PersistentVolume': ['spec'],
  'apps/v1/Deployment': [...workload, 'spec.strategy'],
  'apps/v1/ReplicaSet': workload,
  'apps/v1/DaemonSet': [...workload, 'spec.updateStrategy'],
  'apps/v1/StatefulSet': [...workload, 'spec.updateStrategy', ...claimTemplates],
  'batch/v1/Job': workload,
  'batch/v1/CronJob': ['spec', 'spec.jobTemplate', ...below('spec.jobTemplate', job)],
  'networking.k8s.io/v1/Ingress': ['spec', 'spec.rules.*.http.paths.*.backend'],
  'networking.k8s.io/v1/IngressClass': ['spec'],
  'networking.k8s.io/v1/NetworkPolicy': ['spec', 'spec.podSelector'],
  'policy/v1/PodDisruptionBudget': ['spec'],
};

/** Where a kind has a pod's spec, for the protocols of its ports. */
const podSpecAt: Readonly<Record<string, string>> = {
  'v1/Pod': 'spec',
  'apps/v1/Deployment': 'spec.template.spec',
  'apps/v1/StatefulSet': 'spec.template.spec',
  'apps/v1/DaemonSet': 'spec.template.spec',
  'apps/v1/ReplicaSet': 'spec.template.spec',
  'batch/v1/Job': 'spec.template.spec',
  'batch/v1/CronJob': 'spec.jobTemplate.spec.template.spec',
};

/**
 * The object as the types of Kubernetes write it: with the structs that are never left out, as `resources` of a container,
 * and with the protocol of ports. Whoever applied it that way owns these fields, and an apply without them would take them
 * away: of a Job, whose template cannot change, that is a refusal.
 */
export function typedForm(object: UnknownObject): UnknownObject {
  const name = `${object.apiVersion}/${object.kind}`;
  const at = podSpecAt[name];
  const structs = structsOf[name] ?? [];
  const full = structs.reduce<unknown>((value, path) => changed(value, path.split('.'), orEmpty), object);
  const typed =
    at === undefined ? full : changed(full, `${at}.containers.*.ports.*`.split('.'), withProtocol);
  return isObject(typed)
    ? { ...typed, apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata }
    : object;
}

function orEmpty(value: unknown): unknown {
  return value ?? {};
}

function withProtocol(port: unknown): unknown {
  return isObject(port) && (port['protocol'] ?? '') === '' ? { ...port, protocol: 'TCP' } : port;
}

/** The value with what stands at the path changed. Where nothing holds the last step, nothing is made. */
function changed(value: unknown, path: readonly string[], change: (at: unknown) => unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (step === '*')
    return Array.isArray(value) ? value.map((each: unknown) => changed(each, rest, change)) : value;
  if (!isObject(value)) return value;
  const there: unknown = value[step];
  const next = changed(there, rest, change);
  return next === there ? value : { ...value, [step]: next };
}

function below(prefix: string, paths: readonly string[]): readonly string[] {
  return paths.map((path) => `${prefix}.${path}`);
}
