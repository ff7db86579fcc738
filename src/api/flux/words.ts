/** Condition types of sources and Kustomizations. */
export const fluxConditions = {
  ready: 'Ready',
  reconciling: 'Reconciling',
  stalled: 'Stalled',
  healthy: 'Healthy',
  storageOperationFailed: 'StorageOperationFailed',
  fetchFailed: 'FetchFailed',
  includeUnavailable: 'IncludeUnavailable',
  artifactOutdated: 'ArtifactOutdated',
  artifactInStorage: 'ArtifactInStorage',
  sourceVerified: 'SourceVerified',
  /** Ours: Rollouts that are kept at their last good revision although the source says otherwise. */
  held: 'Held',
  /** Ours: commits whose release was aborted are reverted in Git. */
  reverted: 'Reverted',
} as const;

/** Reasons of their conditions and events. */
export const fluxReasons = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  progressing: 'Progressing',
  progressingWithRetry: 'ProgressingWithRetry',
  suspended: 'Suspended',
  dependencyNotReady: 'DependencyNotReady',
  artifactFailed: 'ArtifactFailed',
  buildFailed: 'BuildFailed',
  healthCheckFailed: 'HealthCheckFailed',
  healthCheckCanceled: 'HealthCheckCanceled',
  pruneFailed: 'PruneFailed',
  reconciliationSucceeded: 'ReconciliationSucceeded',
  reconciliationFailed: 'ReconciliationFailed',
  tokenNotFound: 'TokenNotFound',
  invalidPath: 'InvalidPath',
  invalidUrl: 'InvalidURL',
  insecureConnectionsDisallowed: 'InsecureConnectionsDisallowed',
  unsupportedConnectionType: 'UnsupportedConnectionType',
  invalidCelExpression: 'InvalidCELExpression',
  featureGateDisabled: 'FeatureGateDisabled',
  accessDenied: 'AccessDenied',
  urlInvalid: 'URLInvalid',
  authenticationFailed: 'AuthenticationFailed',
  gitOperationFailed: 'GitOperationFailed',
  gitOperationSucceeded: 'GitOperationSucceeded',
  emptyGitRepository: 'EmptyGitRepository',
  invalidProviderConfiguration: 'InvalidProviderConfiguration',
  notFound: 'NotFound',
  noArtifact: 'NoArtifact',
  includeChange: 'IncludeChange',
  newRevision: 'NewRevision',
  illegalPath: 'IllegalPath',
  copyFailure: 'CopyFailure',
  directoryCreationFailed: 'DirectoryCreationFailed',
  statOperationFailed: 'StatOperationFailed',
  archiveOperationFailed: 'ArchiveOperationFailed',
  sourceIgnoreError: 'SourceIgnoreError',
  verificationError: 'VerificationError',
  invalidVerificationMode: 'InvalidVerificationMode',
  invalidGitObject: 'InvalidGitObject',
  invalidTagSignature: 'InvalidTagSignature',
  invalidCommitSignature: 'InvalidCommitSignature',
  patchOperationFailed: 'PatchOperationFailed',
  readOperationFailed: 'ReadOperationFailed',
  ociArtifactPullFailed: 'OCIArtifactPullFailed',
  ociLayerOperationFailed: 'OCIArtifactLayerOperationFailed',
  bucketOperationFailed: 'BucketOperationFailed',
  bucketOperationSucceeded: 'BucketOperationSucceeded',
  newArtifact: 'NewArtifact',
  artifactUpToDate: 'ArtifactUpToDate',
  garbageCollectionSucceeded: 'GarbageCollectionSucceeded',
  garbageCollectionFailed: 'GarbageCollectionFailed',
  /** Ours: a release was aborted, and its workload is held or its commit reverted. */
  releaseAborted: 'ReleaseAborted',
  holdEnded: 'HoldEnded',
  revertPushed: 'RevertPushed',
  revertFailed: 'RevertFailed',
  editQueued: 'EditQueued',
  editNotApplied: 'EditNotApplied',
} as const;

/** On every reconciled object of these kinds. */
export const fluxFinalizer = 'finalizers.fluxcd.io';

/** Who applies what a Kustomization holds, in managedFields. */
export const fluxFieldManager = 'kustomize-controller';

/** Annotation and label keys. Those of the Kustomization group are read case-insensitively in their values. */
export const fluxKeys = {
  requestedAt: 'reconcile.fluxcd.io/requestedAt',
  /** Before annotations that become metadata of the object's events. */
  eventPrefix: 'event.toolkit.fluxcd.io/',
  forceAt: 'reconcile.fluxcd.io/forceAt',
  resetAt: 'reconcile.fluxcd.io/resetAt',
  /** `Enabled` on a ConfigMap or Secret: its changes start a reconcile of those that refer to it. */
  watch: 'reconcile.fluxcd.io/watch',
  kustomizationName: 'kustomize.toolkit.fluxcd.io/name',
  kustomizationNamespace: 'kustomize.toolkit.fluxcd.io/namespace',
  prune: 'kustomize.toolkit.fluxcd.io/prune',
  reconcile: 'kustomize.toolkit.fluxcd.io/reconcile',
  ssa: 'kustomize.toolkit.fluxcd.io/ssa',
  force: 'kustomize.toolkit.fluxcd.io/force',
  substitute: 'kustomize.toolkit.fluxcd.io/substitute',
  decrypt: 'kustomize.toolkit.fluxcd.io/decrypt',
} as const;

/** Ours, between a Kustomization and the releases of its Rollouts. */
export const onAbortKeys = {
  /** On a Rollout, or on a Kustomization for all of its Rollouts: `hold` or `revert-commit`. */
  onAbort: 'sluice.dev/on-abort',
  /** The branch that `revert-commit` pushes to. */
  revertBranch: 'sluice.dev/revert-branch',
  /** On a Rollout that is held: of what, why and since when, as JSON. */
  held: 'sluice.dev/held',
} as const;
