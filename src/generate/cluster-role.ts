import { kinds, type Kind } from '#api/kinds.js';
import { printYaml } from '#core/yaml/yaml.js';
import { trafficProviders } from '#providers/index.js';
import type { GeneratedFile } from './crds.js';

type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

interface Need {
  readonly kind: Kind;
  readonly verbs: readonly Verb[];
  /** Verbs on the kind's subresources. */
  readonly sub?: Readonly<Record<string, readonly Verb[]>>;
  /** Served by others: group and version are those of `kind`. */
  readonly plurals?: readonly string[];
}

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly Verb[];
}

const read: readonly Verb[] = ['get', 'list', 'watch'];
/** A kind whose status is written, and which owns objects with `blockOwnerDeletion`. */
const driven = { status: ['patch'], finalizers: ['update'] } as const;

/** Kinds of others that a Receiver may call. */
const helmRelease: Kind = {
  group: 'helm.toolkit.fluxcd.io',
  version: 'v2',
  kind: 'HelmRelease',
  plural: 'helmreleases',
  namespaced: true,
};
const imageRepository: Kind = {
  group: 'image.toolkit.fluxcd.io',
  version: 'v1',
  kind: 'ImageRepository',
  plural: 'imagerepositories',
  namespaced: true,
};

/** What the controllers themselves ask of the API server; providers add theirs by registration. */
const needs: readonly Need[] = [
  { kind: kinds.rollout, verbs: [...read, 'patch'], sub: driven },
  { kind: kinds.analysisRun, verbs: [...read, 'create', 'patch', 'delete'], sub: driven },
  { kind: kinds.experiment, verbs: [...read, 'create', 'patch', 'delete'], sub: driven },
  { kind: kinds.analysisTemplate, verbs: read },
  { kind: kinds.clusterAnalysisTemplate, verbs: read },
  { kind: kinds.replicaSet, verbs: [...read, 'create', 'patch', 'delete'] },
  // Lend Rollouts their template; Deployments are scaled down for it.
  { kind: kinds.deployment, verbs: [...read, 'patch'] },
  { kind: kinds.podTemplate, verbs: read },
  { kind: kinds.service, verbs: [...read, 'create', 'patch', 'delete'] },
  { kind: kinds.pod, verbs: [...read, 'patch'], sub: { eviction: ['create'], log: ['get'] } },
  // Metrics of the provider job: one Job a measurement.
  { kind: kinds.job, verbs: ['get', 'list', 'create', 'delete'] },
  { kind: kinds.endpointSlice, verbs: read },
  // Tell why a pod may not be evicted.
  { kind: kinds.podDisruptionBudget, verbs: read },
  { kind: kinds.horizontalPodAutoscaler, verbs: read },
  { kind: kinds.gitRepository, verbs: [...read, 'patch'], sub: driven },
  { kind: kinds.ociRepository, verbs: [...read, 'patch'], sub: driven },
  { kind: kinds.bucket, verbs: [...read, 'patch'], sub: driven },
  // Made by others; only read.
  { kind: kinds.externalArtifact, verbs: read },
  // Lend OCIRepositories the Secrets that pods pull with.
  { kind: kinds.serviceAccount, verbs: ['get'] },
  { kind: kinds.kustomization, verbs: [...read, 'patch'], sub: driven },
  { kind: kinds.receiver, verbs: [...read, 'patch'], sub: driven },
  { kind: kinds.provider, verbs: read },
  { kind: kinds.alert, verbs: read },
  // What a Receiver names gets the annotation that asks for a reconcile.
  {
    kind: kinds.gitRepository,
    plurals: ['ocirepositories', 'buckets', 'externalartifacts', 'helmrepositories', 'helmcharts'],
    verbs: ['get', 'list', 'patch'],
  },
  { kind: helmRelease, verbs: ['get', 'list', 'patch'] },
  {
    kind: imageRepository,
    plurals: ['imagerepositories', 'imagepolicies', 'imageupdateautomations'],
    verbs: ['get', 'list', 'patch'],
  },
  // Credentials of repositories and metrics, and values to fill in: each is read by its name.
  { kind: kinds.secret, verbs: ['get'] },
  { kind: kinds.configMap, verbs: ['get'] },
  // Tells when a kind begins to be served.
  { kind: kinds.customResourceDefinition, verbs: read },
  // Notifications follow the events about Rollouts.
  { kind: kinds.event, verbs: ['list', 'watch', 'create', 'patch'] },
  // The page asks who its reader is and what he may do.
  { kind: kinds.tokenReview, verbs: ['create'] },
  { kind: kinds.subjectAccessReview, verbs: ['create'] },
];

/** The rights of the controllers, for a whole cluster and for one namespace; the lease is granted apart from them. */
export function renderRoles(): readonly GeneratedFile[] {
  const all = [...needs, ...trafficProviders.flatMap((provider) => provider.watches)];
  return [
    file('deploy/base/cluster-role.yaml', 'ClusterRole', policyRules(all)),
    // What no namespace holds cannot be granted in one.
    file('deploy/namespaced/role.yaml', 'Role', policyRules(all.filter(({ kind }) => kind.namespaced))),
    renderChartRules(),
  ];
}

/** The same rights in the parts that the chart's values choose from. */
function renderChartRules(): GeneratedFile {
  const parts = {
    namespaced: policyRules(needs.filter(({ kind }) => kind.namespaced)),
    cluster: policyRules(needs.filter(({ kind }) => !kind.namespaced)),
    providers: Object.fromEntries(trafficProviders.map(({ id, watches }) => [id, policyRules(watches)])),
  };
  return { path: 'deploy/chart/files/rules.yaml', text: `${writtenBy}\n${printYaml(parts)}` };
}

const writtenBy = '# Written by `make generate` from the needs of controllers and providers; do not edit.';

function file(path: string, kind: 'ClusterRole' | 'Role', rules: readonly PolicyRule[]): GeneratedFile {
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name: 'sluice', labels: { 'app.kubernetes.io/name': 'sluice' } },
    rules,
  };
  return {
    path,
    text: `${writtenBy}\n${printYaml(role)}`,
  };
}

/** One rule a group and set of verbs, each resource once with all that anybody needs of it. */
function policyRules(all: readonly Need[]): readonly PolicyRule[] {
  const verbsOf = new Map<string, Set<Verb>>();
  const add = (group: string, resource: string, verbs: readonly Verb[]): void => {
    const key = `${group}|${resource}`;
    const known = verbsOf.get(key) ?? new Set();
    verbsOf.set(key, known);
    for (const verb of verbs) known.add(verb);
  };
  for (const { kind, verbs, sub = {}, plurals = [kind.plural] } of all) {
    for (const plural of plurals) add(kind.group, plural, verbs);
    for (const [name, granted] of Object.entries(sub)) add(kind.group, `${kind.plural}/${name}`, granted);
  }
  const rules = new Map<string, { apiGroups: string[]; resources: string[]; verbs: Verb[] }>();
  for (const [key, granted] of verbsOf) {
    const [group = '', resource = ''] = key.split('|');
    const verbs = inOrder.filter((verb) => granted.has(verb));
    const id = `${group}|${verbs.join()}`;
    const rule = rules.get(id) ?? { apiGroups: [group], resources: [], verbs };
    rule.resources.push(resource);
    rules.set(id, rule);
  }
  return [...rules.values()];
}

const inOrder: readonly Verb[] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
