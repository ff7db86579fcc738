import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/**
 * Cuts the definitions of the kinds that the sandbox serves out of Kubernetes' `api/openapi-spec/swagger.json` and
 * writes them, packed, to src/sandbox/store/builtin/definitions-data.ts.
 * Usage: npx tsx test/tools/builtin-definitions.ts <swagger.json> <version>
 */
const wanted: Readonly<Record<string, readonly string[]>> = {
  '/v1':
    'Pod Service Endpoints ConfigMap Secret Namespace Node Event ServiceAccount PodTemplate ReplicationController PersistentVolumeClaim LimitRange ResourceQuota'.split(
      ' ',
    ),
  'apps/v1': ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'ControllerRevision'],
  'batch/v1': ['Job', 'CronJob'],
  'discovery.k8s.io/v1': ['EndpointSlice'],
  'networking.k8s.io/v1': ['Ingress', 'IngressClass', 'NetworkPolicy'],
  'coordination.k8s.io/v1': ['Lease'],
  'events.k8s.io/v1': ['Event'],
  'policy/v1': ['PodDisruptionBudget', 'Eviction'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'autoscaling/v1': ['Scale'],
  'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
  'apiextensions.k8s.io/v1': ['CustomResourceDefinition'],
  'authentication.k8s.io/v1': ['TokenReview'],
  'authorization.k8s.io/v1': ['SubjectAccessReview', 'SelfSubjectAccessReview'],
  'storage.k8s.io/v1': ['StorageClass'],
  'scheduling.k8s.io/v1': ['PriorityClass'],
};

interface Definition {
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

const [source = '', version = ''] = process.argv.slice(2);
const definitions: Record<string, Definition> = JSON.parse(readFileSync(source, 'utf8')).definitions;
const kept = new Map<string, Definition>();

function keep(name: string): void {
  const definition = definitions[name];
  if (definition === undefined || kept.has(name)) return;
  kept.set(name, definition);
  keepReferences(definition);
}

function keepReferences(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref' && typeof inner === 'string') keep(inner.slice('#/definitions/'.length));
    else keepReferences(inner);
  }
}

for (const [name, definition] of Object.entries(definitions)) {
  const kinds = definition['x-kubernetes-group-version-kind'] ?? [];
  const isWanted = kinds.some(
    (k) => name.endsWith(`.${k.kind}`) && wanted[`${k.group}/${k.version}`]?.includes(k.kind),
  );
  if (isWanted) keep(name);
}
keep('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');
keep('io.k8s.apimachinery.pkg.apis.meta.v1.Status');

const sorted = Object.fromEntries([...kept].sort(([a], [b]) => (a < b ? -1 : 1)));
const packed = gzipSync(JSON.stringify(sorted), { level: 9 }).toString('base64');
writeFileSync(
  'src/sandbox/store/builtin/definitions-data.ts',
  `/** OpenAPI definitions of Kubernetes ${version} (Apache-2.0), gzip in base64. Made by test/tools/builtin-definitions.ts. */
export const packedDefinitions =
  '${packed}';
`,
);
