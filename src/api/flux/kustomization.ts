import { Type, type Static } from '@sinclair/typebox';
import type { KubeObject } from '../k8s/meta.js';
import { addedMetadataSchema, conditionSchema } from '../schema/common.js';
import { celRules, int64, oneOf, stringMap, time, keepUnknown } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { fluxDuration, localNameSchema } from './common.js';

const text = () => Type.Optional(Type.String());
const texts = () => Type.Optional(Type.Array(Type.String()));
const flag = () => Type.Optional(Type.Boolean());

/** Which objects of the build are meant; names are anchored regular expressions. */
export const patchTargetSchema = Type.Object({
  group: text(),
  version: text(),
  kind: text(),
  name: text(),
  namespace: text(),
  labelSelector: text(),
  annotationSelector: text(),
});
export type PatchTarget = DeepReadonly<Static<typeof patchTargetSchema>>;

export const kustomizationSourceRefSchema = Type.Object({
  apiVersion: text(),
  kind: oneOf(['OCIRepository', 'GitRepository', 'Bucket', 'ExternalArtifact']),
  name: Type.String(),
  namespace: text(),
});

export const postBuildSchema = Type.Object({
  substitute: Type.Optional(stringMap()),
  substituteFrom: Type.Optional(
    Type.Array(
      Type.Object({
        kind: oneOf(['ConfigMap', 'Secret']),
        name: Type.String({ minLength: 1, maxLength: 253 }),
        optional: Type.Optional(Type.Boolean({ default: false })),
      }),
    ),
  ),
  substituteStrategy: Type.Optional(oneOf(['WithVariables', 'Always'])),
});
export type PostBuild = DeepReadonly<Static<typeof postBuildSchema>>;

const kubeConfigSchema = Type.Object(
  {
    secretRef: Type.Optional(Type.Object({ name: Type.String(), key: text() })),
    configMapRef: Type.Optional(localNameSchema),
  },
  celRules({
    rule: 'has(self.configMapRef) != has(self.secretRef)',
    message: 'exactly one of spec.kubeConfig.configMapRef and spec.kubeConfig.secretRef must be specified',
  }),
);

export const healthCheckExprSchema = Type.Object({
  apiVersion: Type.String(),
  /** Absent: every kind of the group that has no expressions of its own. */
  kind: text(),
  inProgress: text(),
  failed: text(),
  current: Type.String(),
});

const affix = () => Type.Optional(Type.String({ minLength: 1, maxLength: 200 }));

export const kustomizationSpecSchema = Type.Object({
  sourceRef: kustomizationSourceRefSchema,
  interval: fluxDuration(),
  retryInterval: Type.Optional(fluxDuration()),
  timeout: Type.Optional(fluxDuration()),
  path: text(),
  /** The peer demands it; here it is false when left out, so that published manifests without it apply as they are. */
  prune: Type.Boolean({ default: false }),
  deletionPolicy: Type.Optional(oneOf(['MirrorPrune', 'Delete', 'WaitForTermination', 'Orphan'])),
  suspend: flag(),
  force: Type.Optional(Type.Boolean({ default: false })),
  wait: flag(),
  targetNamespace: Type.Optional(Type.String({ minLength: 1, maxLength: 63 })),
  namePrefix: affix(),
  nameSuffix: affix(),
  commonMetadata: Type.Optional(addedMetadataSchema),
  patches: Type.Optional(
    Type.Array(Type.Object({ patch: Type.String(), target: Type.Optional(patchTargetSchema) })),
  ),
  images: Type.Optional(
    Type.Array(Type.Object({ name: Type.String(), newName: text(), newTag: text(), digest: text() })),
  ),
  components: texts(),
  ignoreMissingComponents: flag(),
  buildMetadata: Type.Optional(Type.Array(oneOf(['originAnnotations', 'transformerAnnotations']))),
  postBuild: Type.Optional(postBuildSchema),
  decryption: Type.Optional(
    Type.Object({
      provider: oneOf(['sops']),
      secretRef: Type.Optional(localNameSchema),
      serviceAccountName: text(),
    }),
  ),
  dependsOn: Type.Optional(
    Type.Array(Type.Object({ name: Type.String(), namespace: text(), readyExpr: text() })),
  ),
  healthChecks: Type.Optional(
    Type.Array(
      Type.Object({ apiVersion: text(), kind: Type.String(), name: Type.String(), namespace: text() }),
    ),
  ),
  healthCheckExprs: Type.Optional(Type.Array(healthCheckExprSchema)),
  ignore: Type.Optional(
    Type.Array(Type.Object({ paths: Type.Array(Type.String()), target: Type.Optional(patchTargetSchema) })),
  ),
  serviceAccountName: text(),
  kubeConfig: Type.Optional(kubeConfigSchema),
});
export type KustomizationSpec = DeepReadonly<Static<typeof kustomizationSpecSchema>>;

/** `id` is `<namespace>_<name>_<group>_<kind>`, `v` the API version. */
export const inventoryEntrySchema = Type.Object({ id: Type.String(), v: Type.String() });
export type InventoryEntry = DeepReadonly<Static<typeof inventoryEntrySchema>>;

export const historyEntrySchema = Type.Object({
  digest: Type.String(),
  firstReconciled: time(),
  lastReconciled: time(),
  lastReconciledDuration: Type.String(),
  lastReconciledStatus: Type.String(),
  totalReconciliations: int64(),
  metadata: Type.Optional(stringMap()),
});
export type HistoryEntry = DeepReadonly<Static<typeof historyEntrySchema>>;

/** Fields of one object that a running release has, so that they are no drift meanwhile. */
export const leasedFieldsSchema = Type.Object({
  /** `Kind/namespace/name` */
  object: Type.String(),
  /** JSON pointers; `*` is any key, `name=a` the elements with this field. */
  fields: Type.Array(Type.String()),
  /** Who has them, and until when. */
  note: Type.String(),
  /** Those of them that the source says otherwise since. */
  queued: Type.Optional(Type.Array(Type.String())),
});
export type LeasedFields = DeepReadonly<Static<typeof leasedFieldsSchema>>;

export const kustomizationStatusSchema = Type.Object({
  conditions: Type.Optional(Type.Array(conditionSchema)),
  observedGeneration: Type.Optional(int64()),
  lastAppliedRevision: text(),
  lastAppliedOriginRevision: text(),
  lastAttemptedRevision: text(),
  inventory: Type.Optional(Type.Object({ entries: Type.Array(inventoryEntrySchema) })),
  history: Type.Optional(Type.Array(historyEntrySchema)),
  lastHandledReconcileAt: text(),
  leased: Type.Optional(Type.Array(leasedFieldsSchema)),
});
export type KustomizationStatus = DeepReadonly<Static<typeof kustomizationStatusSchema>>;

export const kustomizationSchema = Type.Object({
  spec: kustomizationSpecSchema,
  status: Type.Optional(
    Type.Object(kustomizationStatusSchema.properties, {
      default: { observedGeneration: -1 },
      ...keepUnknown,
    }),
  ),
});

export interface Kustomization extends KubeObject {
  readonly spec: KustomizationSpec;
  readonly status?: KustomizationStatus;
}
