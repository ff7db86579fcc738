import { Type, type Static } from '@sinclair/typebox';
import type { KubeObject } from '../k8s/meta.js';
import { celRules, oneOf } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { fluxDuration, fluxTimeout, localNameSchema } from './common.js';

const text = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength }));

/** Every type that the peer's definition admits; those without a sender are refused with an event. */
export const providerTypes = [
  'slack',
  'discord',
  'msteams',
  'rocket',
  'generic',
  'generic-hmac',
  'github',
  'gitlab',
  'gitea',
  'giteapullrequestcomment',
  'bitbucketserver',
  'bitbucket',
  'azuredevops',
  'googlechat',
  'googlepubsub',
  'webex',
  'sentry',
  'azureeventhub',
  'telegram',
  'lark',
  'matrix',
  'opsgenie',
  'alertmanager',
  'grafana',
  'githubdispatch',
  'githubpullrequestcomment',
  'gitlabmergerequestcomment',
  'pagerduty',
  'datadog',
  'nats',
  'zulip',
  'otel',
  'zoom',
  'incident.io',
] as const;
export type ProviderType = (typeof providerTypes)[number];

const gitTypes = "'github','gitlab','gitea','bitbucketserver','bitbucket','azuredevops'";

export const providerSpecSchema = Type.Object(
  {
    type: oneOf(providerTypes),
    channel: text(2048),
    username: text(2048),
    address: text(2048),
    timeout: Type.Optional(fluxTimeout()),
    /** Deprecated by `proxySecretRef`. */
    proxy: Type.Optional(Type.String({ maxLength: 2048, pattern: '^(http|https)://.*$' })),
    proxySecretRef: Type.Optional(localNameSchema),
    /** Taken and not used, as in the peer. */
    interval: Type.Optional(fluxDuration()),
    secretRef: Type.Optional(localNameSchema),
    serviceAccountName: Type.Optional(Type.String()),
    certSecretRef: Type.Optional(localNameSchema),
    /** CEL over `event`, `provider` and `alert`: the context of a commit status. */
    commitStatusExpr: Type.Optional(Type.String()),
    suspend: Type.Optional(Type.Boolean()),
  },
  celRules({
    rule: `!has(self.commitStatusExpr) || self.type in [${gitTypes}]`,
    message: 'spec.commitStatusExpr is only supported for the types of commit status',
  }),
);
export type ProviderSpec = DeepReadonly<Static<typeof providerSpecSchema>>;

export const providerSchema = Type.Object({ spec: providerSpecSchema });

export interface Provider extends KubeObject {
  readonly spec: ProviderSpec;
}
