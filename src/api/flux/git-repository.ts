import { Type, type Static } from '@sinclair/typebox';
import type { KubeObject } from '../k8s/meta.js';
import { conditionSchema } from '../schema/common.js';
import { celRules, int64, oneOf, keepUnknown } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { artifactSchema, fluxDuration, fluxTimeout, localNameSchema } from './common.js';

export type { Artifact } from './common.js';

const text = () => Type.Optional(Type.String());
const texts = () => Type.Optional(Type.Array(Type.String()));

/** Which commit. When several members are set: commit, then name, tag, semver, branch; branch `master` when none is. */
export const gitRepositoryRefSchema = Type.Object({
  branch: text(),
  tag: text(),
  semver: text(),
  name: text(),
  commit: text(),
});
export type GitRepositoryRef = DeepReadonly<Static<typeof gitRepositoryRefSchema>>;

export const gitRepositoryIncludeSchema = Type.Object({
  repository: localNameSchema,
  fromPath: text(),
  toPath: text(),
});
export type GitRepositoryInclude = DeepReadonly<Static<typeof gitRepositoryIncludeSchema>>;

export const gitRepositorySpecSchema = Type.Object(
  {
    url: Type.String({ pattern: '^(http|https|ssh)://.*$' }),
    interval: fluxDuration(),
    timeout: Type.Optional(fluxTimeout({ default: '60s' })),
    secretRef: Type.Optional(localNameSchema),
    provider: Type.Optional(oneOf(['generic', 'aws', 'azure', 'github'])),
    serviceAccountName: text(),
    ref: Type.Optional(gitRepositoryRefSchema),
    verify: Type.Optional(
      Type.Object({
        mode: Type.Optional(oneOf(['head', 'HEAD', 'Tag', 'TagAndHEAD'], { default: 'HEAD' })),
        secretRef: localNameSchema,
      }),
    ),
    proxySecretRef: Type.Optional(localNameSchema),
    ignore: text(),
    recurseSubmodules: Type.Optional(Type.Boolean()),
    include: Type.Optional(Type.Array(gitRepositoryIncludeSchema)),
    sparseCheckout: texts(),
    suspend: Type.Optional(Type.Boolean()),
  },
  celRules({
    rule: "!has(self.serviceAccountName) || (has(self.provider) && self.provider in ['aws', 'azure'])",
    message: "serviceAccountName can only be set when provider is 'aws' or 'azure'",
  }),
);
export type GitRepositorySpec = DeepReadonly<Static<typeof gitRepositorySpecSchema>>;

export const gitRepositoryStatusSchema = Type.Object({
  conditions: Type.Optional(Type.Array(conditionSchema)),
  observedGeneration: Type.Optional(int64()),
  artifact: Type.Optional(artifactSchema),
  includedArtifacts: Type.Optional(Type.Array(artifactSchema)),
  observedIgnore: text(),
  observedRecurseSubmodules: Type.Optional(Type.Boolean()),
  observedInclude: Type.Optional(Type.Array(gitRepositoryIncludeSchema)),
  observedSparseCheckout: texts(),
  sourceVerificationMode: text(),
  lastHandledReconcileAt: text(),
});
export type GitRepositoryStatus = DeepReadonly<Static<typeof gitRepositoryStatusSchema>>;

export const gitRepositorySchema = Type.Object({
  spec: gitRepositorySpecSchema,
  status: Type.Optional(
    Type.Object(gitRepositoryStatusSchema.properties, {
      default: { observedGeneration: -1 },
      ...keepUnknown,
    }),
  ),
});

export interface GitRepository extends KubeObject {
  readonly spec: GitRepositorySpec;
  readonly status?: GitRepositoryStatus;
}
