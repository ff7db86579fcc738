import { Type, type Static } from '@sinclair/typebox';
import type { KubeObject } from '../k8s/meta.js';
import { conditionSchema } from '../schema/common.js';
import { celRules, int64, keepUnknown, oneOf, stringMap } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { fluxDuration, localNameSchema } from './common.js';

const text = () => Type.Optional(Type.String());

/** Who calls, which decides how a call proves itself. */
export const receiverTypes = [
  'generic',
  'generic-hmac',
  'generic-oidc',
  'github',
  'gitlab',
  'bitbucket',
  'harbor',
  'dockerhub',
  'quay',
  'gcr',
  'nexus',
  'acr',
  'cdevents',
] as const;
export type ReceiverType = (typeof receiverTypes)[number];

/** Which objects a call is for; `matchLabels` counts with the name `*`. */
export const receiverResourceSchema = Type.Object({
  apiVersion: text(),
  kind: Type.String({ minLength: 1 }),
  name: Type.String({ minLength: 1, maxLength: 253 }),
  namespace: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
  matchLabels: Type.Optional(stringMap()),
  /** CEL over `res`, `req` and `claims`, for these objects alone. */
  filter: text(),
});
export type ReceiverResource = DeepReadonly<Static<typeof receiverResourceSchema>>;

const namedExpression = Type.Object({ name: Type.String({ minLength: 1 }), expression: Type.String() });

export const oidcProviderSchema = Type.Object({
  issuerURL: Type.String({ pattern: '^https?://.*$' }),
  audience: Type.Optional(Type.String({ default: 'notification-controller' })),
  variables: Type.Optional(Type.Array(namedExpression)),
  validations: Type.Array(Type.Object({ expression: Type.String(), message: Type.String() }), {
    minItems: 1,
  }),
});
export type OidcProvider = DeepReadonly<Static<typeof oidcProviderSchema>>;

export const receiverSpecSchema = Type.Object(
  {
    type: oneOf(receiverTypes),
    interval: Type.Optional(fluxDuration({ default: '10m' })),
    events: Type.Optional(Type.Array(Type.String())),
    resources: Type.Array(receiverResourceSchema, { minItems: 1 }),
    resourceFilter: text(),
    secretRef: Type.Optional(localNameSchema),
    oidcProviders: Type.Optional(Type.Array(oidcProviderSchema)),
    suspend: Type.Optional(Type.Boolean()),
  },
  celRules(
    {
      rule: "self.type == 'generic-oidc' || has(self.secretRef)",
      message: 'spec.secretRef is required unless spec.type is generic-oidc',
    },
    {
      rule: "self.type != 'generic-oidc' || (has(self.oidcProviders) && size(self.oidcProviders) > 0)",
      message: 'spec.oidcProviders is required when spec.type is generic-oidc',
    },
  ),
);
export type ReceiverSpec = DeepReadonly<Static<typeof receiverSpecSchema>>;

export const receiverStatusSchema = Type.Object({
  conditions: Type.Optional(Type.Array(conditionSchema)),
  observedGeneration: Type.Optional(int64()),
  lastHandledReconcileAt: text(),
  /** `/hook/` and a digest of token, name and namespace: who knows the path may call. */
  webhookPath: text(),
});
export type ReceiverStatus = DeepReadonly<Static<typeof receiverStatusSchema>>;

export const receiverSchema = Type.Object({
  spec: receiverSpecSchema,
  status: Type.Optional(
    Type.Object(receiverStatusSchema.properties, { default: { observedGeneration: -1 }, ...keepUnknown }),
  ),
});

export interface Receiver extends KubeObject {
  readonly spec: ReceiverSpec;
  readonly status?: ReceiverStatus;
}
