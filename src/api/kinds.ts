/** A kind as the API server knows it: enough to build its URL and to name it to a person. */
export interface Kind {
  /** `""` for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower-case plural, the last part of the URL. */
  readonly plural: string;
  readonly namespaced: boolean;
}

function kind(apiVersion: string, name: string, plural: string, namespaced = true): Kind {
  const slash = apiVersion.indexOf('/');
  return Object.freeze({
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: name,
    plural,
    namespaced,
  });
}

/** `group/version`, or `version` alone for the core group. */
export function apiVersionOf(k: Kind): string {
  return k.group === '' ? k.version : `${k.group}/${k.version}`;
}

/** Every kind that Sluice reads or writes by name. Kinds that only a provider needs are declared by it. */
export const kinds = {
  pod: kind('v1', 'Pod', 'pods'),
  podTemplate: kind('v1', 'PodTemplate', 'podtemplates'),
  service: kind('v1', 'Service', 'services'),
  secret: kind('v1', 'Secret', 'secrets'),
  configMap: kind('v1', 'ConfigMap', 'configmaps'),
  namespace: kind('v1', 'Namespace', 'namespaces', false),
  node: kind('v1', 'Node', 'nodes', false),
  event: kind('v1', 'Event', 'events'),
  endpoints: kind('v1', 'Endpoints', 'endpoints'),
  serviceAccount: kind('v1', 'ServiceAccount', 'serviceaccounts'),
  endpointSlice: kind('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
  replicaSet: kind('apps/v1', 'ReplicaSet', 'replicasets'),
  deployment: kind('apps/v1', 'Deployment', 'deployments'),
  job: kind('batch/v1', 'Job', 'jobs'),
  lease: kind('coordination.k8s.io/v1', 'Lease', 'leases'),
  ingress: kind('networking.k8s.io/v1', 'Ingress', 'ingresses'),
  horizontalPodAutoscaler: kind('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  podDisruptionBudget: kind('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  customResourceDefinition: kind(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'customresourcedefinitions',
    false,
  ),
  tokenReview: kind('authentication.k8s.io/v1', 'TokenReview', 'tokenreviews', false),
  subjectAccessReview: kind('authorization.k8s.io/v1', 'SubjectAccessReview', 'subjectaccessreviews', false),
  rollout: kind('argoproj.io/v1alpha1', 'Rollout', 'rollouts'),
  analysisTemplate: kind('argoproj.io/v1alpha1', 'AnalysisTemplate', 'analysistemplates'),
  clusterAnalysisTemplate: kind(
    'argoproj.io/v1alpha1',
    'ClusterAnalysisTemplate',
    'clusteranalysistemplates',
    false,
  ),
  analysisRun: kind('argoproj.io/v1alpha1', 'AnalysisRun', 'analysisruns'),
  experiment: kind('argoproj.io/v1alpha1', 'Experiment', 'experiments'),
  gitRepository: kind('source.toolkit.fluxcd.io/v1', 'GitRepository', 'gitrepositories'),
  ociRepository: kind('source.toolkit.fluxcd.io/v1', 'OCIRepository', 'ocirepositories'),
  bucket: kind('source.toolkit.fluxcd.io/v1', 'Bucket', 'buckets'),
  externalArtifact: kind('source.toolkit.fluxcd.io/v1', 'ExternalArtifact', 'externalartifacts'),
  kustomization: kind('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'kustomizations'),
  receiver: kind('notification.toolkit.fluxcd.io/v1', 'Receiver', 'receivers'),
  provider: kind('notification.toolkit.fluxcd.io/v1beta3', 'Provider', 'providers'),
  alert: kind('notification.toolkit.fluxcd.io/v1beta3', 'Alert', 'alerts'),
} as const satisfies Record<string, Kind>;
