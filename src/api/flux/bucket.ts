import { Type, type Static } from '@sinclair/typebox';
import type { KubeObject } from '../k8s/meta.js';
import { celRules, oneOf } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { fluxDuration, fluxTimeout, localNameSchema } from './common.js';
import { freshStatus, sourceStatusFields } from './source.js';

const text = () => Type.Optional(Type.String());
const secret = () => Type.Optional(localNameSchema);

/** A service that lends credentials for the bucket. */
export const bucketStsSchema = Type.Object({
  provider: oneOf(['aws', 'ldap']),
  endpoint: Type.String({ pattern: '^(http|https)://.*$' }),
  secretRef: secret(),
  certSecretRef: secret(),
});

export const bucketSpecSchema = Type.Object(
  {
    provider: Type.Optional(oneOf(['generic', 'aws', 'gcp', 'azure'], { default: 'generic' })),
    bucketName: Type.String(),
    endpoint: Type.String(),
    region: text(),
    prefix: text(),
    insecure: Type.Optional(Type.Boolean()),
    sts: Type.Optional(bucketStsSchema),
    secretRef: secret(),
    serviceAccountName: text(),
    certSecretRef: secret(),
    proxySecretRef: secret(),
    interval: fluxDuration(),
    timeout: Type.Optional(fluxTimeout({ default: '60s' })),
    ignore: text(),
    suspend: Type.Optional(Type.Boolean()),
  },
  celRules(
    {
      rule: "self.provider == 'aws' || self.provider == 'generic' || !has(self.sts)",
      message: "STS configuration is only supported for the 'aws' and 'generic' Bucket providers",
    },
    {
      rule: "self.provider != 'aws' || !has(self.sts) || self.sts.provider == 'aws'",
      message: "'aws' is the only supported STS provider for the 'aws' Bucket provider",
    },
    {
      rule: "self.provider != 'generic' || !has(self.sts) || self.sts.provider == 'ldap'",
      message: "'ldap' is the only supported STS provider for the 'generic' Bucket provider",
    },
    {
      rule: "!has(self.sts) || self.sts.provider != 'aws' || !has(self.sts.secretRef)",
      message: "spec.sts.secretRef is not required for the 'aws' STS provider",
    },
    {
      rule: "!has(self.sts) || self.sts.provider != 'aws' || !has(self.sts.certSecretRef)",
      message: "spec.sts.certSecretRef is not required for the 'aws' STS provider",
    },
  ),
);
export type BucketSpec = DeepReadonly<Static<typeof bucketSpecSchema>>;

export const bucketStatusSchema = Type.Object({
  ...sourceStatusFields,
  url: text(),
  observedIgnore: text(),
});
export type BucketStatus = DeepReadonly<Static<typeof bucketStatusSchema>>;

export const bucketSchema = Type.Object({
  spec: bucketSpecSchema,
  status: Type.Optional(Type.Object(bucketStatusSchema.properties, freshStatus)),
});

export interface Bucket extends KubeObject {
  readonly spec: BucketSpec;
  readonly status?: BucketStatus;
}
