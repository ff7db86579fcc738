import type { KubernetesMetric } from '#api/argoproj/metric-provider.js';
import type { LabelSelector } from '#api/k8s/meta.js';
import type { Kind } from '#api/kinds.js';
import { formatPlainFloat } from '#core/expr/values/go-float.js';
import { formatSelector } from '#core/kube/selector.js';
import { quantityInNanos } from '#core/template-hash/quantity.js';
import { toAppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { MetricOutcome, MetricRequest, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';

/** One question to a metrics API: the path behind the namespace, and which labels count. */
interface Question {
  readonly group: 'external.metrics.k8s.io' | 'custom.metrics.k8s.io';
  /** Newest first: adapters serve one of them, or all. */
  readonly versions: readonly string[];
  readonly path: string;
  readonly selector?: LabelSelector;
}

/**
 * The external and custom metrics APIs of the cluster, as a HorizontalPodAutoscaler sees them, in the namespace of the
 * run. An object has one value, a float; everything else is a list of floats, empty when there is nothing.
 */
export function createKubernetesSource({ kube }: MetricSourceDeps): MetricSource {
  return {
    id: 'kubernetes',
    measure: (request) =>
      outcomeOf(async (): Promise<MetricOutcome> => {
        if (kube === undefined) throw new QueryFailure('there is no cluster to ask');
        const config = request.provider as KubernetesMetric; // validated by the CRD's schema
        const values = await ask(kube, request, await questionOf(kube, config));
        return config.object === undefined ? listOutcome(values) : floatOutcome(values);
      }, 0),
  };
}

async function questionOf(kube: Kube, config: KubernetesMetric): Promise<Question> {
  const { external, pods, object } = config;
  const given = [external, pods, object].filter((member) => member !== undefined);
  if (given.length !== 1) throw new QueryFailure('kubernetes needs one of external, pods and object');
  if (external !== undefined) {
    const { name, selector } = external.metric;
    const path = encodeURIComponent(name);
    return {
      group: 'external.metrics.k8s.io',
      versions: ['v1beta1'],
      path,
      ...(selector === undefined ? {} : { selector }),
    };
  }
  const custom = { group: 'custom.metrics.k8s.io', versions: ['v1beta2', 'v1beta1'] } as const;
  if (pods !== undefined) {
    const { metric, selector } = pods;
    const path = `pods/*/${encodeURIComponent(metric.name)}`;
    return { ...custom, path, ...(selector === undefined ? {} : { selector }) };
  }
  return { ...custom, path: await objectPath(kube, object) };
}

async function objectPath(kube: Kube, object: KubernetesMetric['object']): Promise<string> {
  const { apiVersion = '', kind = '', name = '' } = object?.describedObject ?? {};
  const found = await kube.resolve(apiVersion, kind);
  if (found === undefined) throw new QueryFailure(`the cluster serves no ${kind} of ${apiVersion}`);
  if (!found.namespaced) throw new QueryFailure(`a ${kind} is in no namespace`);
  const resource = found.group === '' ? found.plural : `${found.plural}.${found.group}`;
  return [resource, name, object?.metric.name ?? ''].map(encodeURIComponent).join('/');
}

async function ask(kube: Kube, request: MetricRequest, question: Question): Promise<readonly number[]> {
  const [version = '', ...older] = question.versions;
  const kind: Kind = {
    group: question.group,
    version,
    kind: 'MetricValue',
    plural: question.path,
    namespaced: true,
  };
  const { selector } = question;
  try {
    const { items } = await kube.list(kind, {
      namespace: request.namespace,
      ...(selector === undefined ? {} : { labelSelector: formatSelector(selector) }),
    });
    return items.map(({ value }) => readQuantity(value));
  } catch (thrown) {
    // An adapter that does not serve this version answers as for a metric that it does not have.
    if (older.length === 0 || toAppError(thrown).class !== 'Missing') throw thrown;
    return ask(kube, request, { ...question, versions: older });
  }
}

/** `1500m` is 1.5. */
function readQuantity(value: unknown): number {
  const nanos = typeof value === 'string' || typeof value === 'number' ? quantityInNanos(value) : undefined;
  if (nanos === undefined) throw new QueryFailure(`${JSON.stringify(value)} is no quantity`);
  return Number(nanos) / 1e9;
}

function floatOutcome([value]: readonly number[]): MetricOutcome {
  if (value === undefined) throw new QueryFailure('the object has no value of this metric');
  return { kind: 'value', result: value, value: formatPlainFloat(value) };
}

function listOutcome(values: readonly number[]): MetricOutcome {
  return {
    kind: 'value',
    result: Float64Array.from(values),
    value: `[${values.map(formatPlainFloat).join(',')}]`,
  };
}
