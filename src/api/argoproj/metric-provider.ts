import { Type, type Static } from '@sinclair/typebox';
import { addedMetadataSchema, labelSelectorSchema } from '../schema/common.js';
import {
  anything,
  freeForm,
  int32,
  int64,
  intOrString,
  keepUnknown,
  oneOf,
  wordOf,
} from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';

const text = () => Type.Optional(Type.String());
const texts = () => Type.Optional(Type.Array(Type.String()));

const oauth2Schema = Type.Object({
  tokenUrl: text(),
  clientId: text(),
  clientSecret: text(),
  scopes: texts(),
});

const authenticationSchema = Type.Object(
  {
    basicAuth: Type.Optional(Type.Object({ username: text(), password: text() })),
    oauth2: Type.Optional(oauth2Schema),
    sigv4: Type.Optional(Type.Object({ region: text(), profile: text(), roleArn: text() })),
  },
  keepUnknown,
);
export type MetricAuthentication = DeepReadonly<Static<typeof authenticationSchema>>;

const headersSchema = Type.Array(Type.Object({ key: Type.String(), value: Type.String() }));

export const prometheusMetricSchema = Type.Object({
  address: text(),
  query: text(),
  timeout: Type.Optional(int64()),
  insecure: Type.Optional(Type.Boolean()),
  headers: Type.Optional(headersSchema),
  authentication: Type.Optional(authenticationSchema),
  rangeQuery: Type.Optional(Type.Object({ start: text(), end: text(), step: text() })),
});
export type PrometheusMetric = DeepReadonly<Static<typeof prometheusMetricSchema>>;

export const webMetricSchema = Type.Object({
  url: Type.String(),
  method: Type.Optional(wordOf<'GET' | 'POST' | 'PUT'>()),
  headers: Type.Optional(headersSchema),
  body: text(),
  jsonBody: Type.Optional(anything()),
  jsonPath: text(),
  timeoutSeconds: Type.Optional(int64()),
  insecure: Type.Optional(Type.Boolean()),
  authentication: Type.Optional(authenticationSchema),
});
export type WebMetric = DeepReadonly<Static<typeof webMetricSchema>>;

/** `spec` is a JobSpec of batch/v1. */
export const jobMetricSchema = Type.Object({
  metadata: Type.Optional(addedMetadataSchema),
  spec: freeForm(),
});
export type JobMetric = DeepReadonly<Static<typeof jobMetricSchema>>;

export const datadogMetricSchema = Type.Object({
  apiVersion: Type.Optional(oneOf(['v1', 'v2'], { default: 'v1' })),
  interval: Type.Optional(Type.String({ default: '5m' })),
  query: text(),
  queries: Type.Optional(Type.Record(Type.String(), Type.String())),
  formula: text(),
  aggregator: Type.Optional(
    oneOf(['avg', 'min', 'max', 'sum', 'last', 'percentile', 'mean', 'l2norm', 'area']),
  ),
  secretRef: Type.Optional(Type.Object({ name: text(), namespaced: Type.Optional(Type.Boolean()) })),
  requestTimeout: Type.Optional(Type.String({ default: '10s' })),
});
export type DatadogMetric = DeepReadonly<Static<typeof datadogMetricSchema>>;

export const newRelicMetricSchema = Type.Object({
  profile: text(),
  query: Type.String(),
  timeout: Type.Optional(int64()),
});

const cloudWatchQuerySchema = Type.Object({
  id: text(),
  expression: text(),
  label: text(),
  metricStat: Type.Optional(
    Type.Object({
      metric: Type.Optional(
        Type.Object({
          dimensions: Type.Optional(Type.Array(Type.Object({ name: text(), value: text() }))),
          metricName: text(),
          namespace: text(),
        }),
      ),
      period: Type.Optional(intOrString()),
      stat: text(),
      unit: text(),
    }),
  ),
  period: Type.Optional(intOrString()),
  returnData: Type.Optional(Type.Boolean()),
});

const kayentaScopeSchema = Type.Object({
  scope: Type.String(),
  region: Type.String(),
  step: int64(),
  start: text(),
  end: text(),
});

export const kayentaMetricSchema = Type.Object({
  address: Type.String(),
  application: Type.String(),
  canaryConfigName: Type.String(),
  metricsAccountName: Type.String(),
  configurationAccountName: Type.String(),
  storageAccountName: Type.String(),
  threshold: Type.Object({ pass: int64(), marginal: int64() }),
  scopes: Type.Array(
    Type.Object({
      name: Type.String(),
      controlScope: kayentaScopeSchema,
      experimentScope: kayentaScopeSchema,
    }),
  ),
  lookback: Type.Optional(Type.Boolean()),
});
export type KayentaMetric = DeepReadonly<Static<typeof kayentaMetricSchema>>;

/** Not of the peer: the metrics APIs of the cluster, in the words of a HorizontalPodAutoscaler. One member is set. */
export const kubernetesMetricSchema = Type.Object({
  external: Type.Optional(
    Type.Object({
      metric: Type.Object({ name: Type.String(), selector: Type.Optional(labelSelectorSchema) }),
    }),
  ),
  pods: Type.Optional(
    Type.Object({
      selector: Type.Optional(labelSelectorSchema),
      metric: Type.Object({ name: Type.String() }),
    }),
  ),
  object: Type.Optional(
    Type.Object({
      describedObject: Type.Object({
        apiVersion: Type.String(),
        kind: Type.String(),
        name: Type.String(),
      }),
      metric: Type.Object({ name: Type.String() }),
    }),
  ),
});
export type KubernetesMetric = DeepReadonly<Static<typeof kubernetesMetricSchema>>;

/** How a backend beyond the peer's is reached. `timeout` in seconds, 30 by default. */
const backendFields = () => ({
  address: text(),
  timeout: Type.Optional(int64()),
  insecure: Type.Optional(Type.Boolean()),
  headers: Type.Optional(headersSchema),
  authentication: Type.Optional(authenticationSchema),
});

/** `query` is a LogQL query that gives numbers; `tenant` is sent as X-Scope-OrgID. */
export const lokiMetricSchema = Type.Object({
  ...backendFields(),
  query: text(),
  tenant: text(),
  rangeQuery: Type.Optional(Type.Object({ start: text(), end: text(), step: text() })),
});
export type LokiMetric = DeepReadonly<Static<typeof lokiMetricSchema>>;

/** Either `query`, in Lucene's syntax, or `body`, a whole search request. `jsonPath` leads to the value in the answer. */
export const elasticsearchMetricSchema = Type.Object({
  ...backendFields(),
  index: text(),
  query: text(),
  body: Type.Optional(anything()),
  jsonPath: text(),
});
export type ElasticsearchMetric = DeepReadonly<Static<typeof elasticsearchMetricSchema>>;

/** Where a metric comes from. Exactly one member is meant to be set. */
export const metricProviderSchema = Type.Object({
  prometheus: Type.Optional(prometheusMetricSchema),
  web: Type.Optional(webMetricSchema),
  job: Type.Optional(jobMetricSchema),
  datadog: Type.Optional(datadogMetricSchema),
  newRelic: Type.Optional(newRelicMetricSchema),
  wavefront: Type.Optional(Type.Object({ address: text(), query: text() })),
  graphite: Type.Optional(Type.Object({ address: text(), query: text() })),
  influxdb: Type.Optional(Type.Object({ profile: text(), query: text() })),
  cloudWatch: Type.Optional(
    Type.Object({ interval: text(), metricDataQueries: Type.Array(cloudWatchQuerySchema) }),
  ),
  kayenta: Type.Optional(kayentaMetricSchema),
  skywalking: Type.Optional(Type.Object({ address: text(), query: text(), interval: text() })),
  kubernetes: Type.Optional(kubernetesMetricSchema),
  loki: Type.Optional(lokiMetricSchema),
  elasticsearch: Type.Optional(elasticsearchMetricSchema),
  plugin: Type.Optional(Type.Record(Type.String(), anything())),
});
export type MetricProvider = DeepReadonly<Static<typeof metricProviderSchema>>;

export const ttlStrategySchema = Type.Object({
  secondsAfterCompletion: Type.Optional(int32()),
  secondsAfterSuccess: Type.Optional(int32()),
  secondsAfterFailure: Type.Optional(int32()),
});
