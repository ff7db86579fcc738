import { Type, type Static } from '@sinclair/typebox';
import type { KubeObject } from '../k8s/meta.js';
import { oneOf } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { fluxDuration, fluxTimeout, localNameSchema } from './common.js';
import { freshStatus, sourceStatusFields } from './source.js';

const text = () => Type.Optional(Type.String());
const secret = () => Type.Optional(localNameSchema);

/** Which artifact of the repository. When several members are set: digest, then semver, tag; tag `latest` when none is. */
export const ociRepositoryRefSchema = Type.Object({
  digest: text(),
  semver: text(),
  semverFilter: text(),
  tag: text(),
});
export type OciRepositoryRef = DeepReadonly<Static<typeof ociRepositoryRefSchema>>;

/** Which layer, and whether it is unpacked or kept byte for byte. */
export const ociLayerSelectorSchema = Type.Object({
  mediaType: text(),
  operation: Type.Optional(oneOf(['extract', 'copy'])),
});
export type OciLayerSelector = DeepReadonly<Static<typeof ociLayerSelectorSchema>>;

export const ociVerifySchema = Type.Object({
  provider: oneOf(['cosign', 'notation'], { default: 'cosign' }),
  secretRef: secret(),
  matchOIDCIdentity: Type.Optional(
    Type.Array(Type.Object({ issuer: Type.String(), subject: Type.String() })),
  ),
  trustedRootSecretRef: secret(),
});
export type OciVerify = DeepReadonly<Static<typeof ociVerifySchema>>;

export const ociRepositorySpecSchema = Type.Object({
  url: Type.String({ pattern: '^oci://.*$' }),
  interval: fluxDuration(),
  timeout: Type.Optional(fluxTimeout({ default: '60s' })),
  ref: Type.Optional(ociRepositoryRefSchema),
  layerSelector: Type.Optional(ociLayerSelectorSchema),
  provider: Type.Optional(oneOf(['generic', 'aws', 'azure', 'gcp'], { default: 'generic' })),
  secretRef: secret(),
  serviceAccountName: text(),
  certSecretRef: secret(),
  proxySecretRef: secret(),
  verify: Type.Optional(ociVerifySchema),
  insecure: Type.Optional(Type.Boolean()),
  ignore: text(),
  suspend: Type.Optional(Type.Boolean()),
});
export type OciRepositorySpec = DeepReadonly<Static<typeof ociRepositorySpecSchema>>;

export const ociRepositoryStatusSchema = Type.Object({
  ...sourceStatusFields,
  url: text(),
  observedIgnore: text(),
  observedLayerSelector: Type.Optional(ociLayerSelectorSchema),
});
export type OciRepositoryStatus = DeepReadonly<Static<typeof ociRepositoryStatusSchema>>;

export const ociRepositorySchema = Type.Object({
  spec: ociRepositorySpecSchema,
  status: Type.Optional(Type.Object(ociRepositoryStatusSchema.properties, freshStatus)),
});

export interface OciRepository extends KubeObject {
  readonly spec: OciRepositorySpec;
  readonly status?: OciRepositoryStatus;
}
