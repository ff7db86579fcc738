import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { secretRefsOf } from '#core/analysis/arguments/secrets.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import type { GivenSecret } from '#core/gate-trial/gate.js';
import { AppError } from '#ports/errors.js';
import type { Kube, NewObject, ObjectKey } from '#ports/kube.js';

/** Sources that run something in a cluster, ask it, or read their credentials there. */
const clusterSources = ['job', 'kubernetes', 'datadog', 'newRelic', 'wavefront', 'influxdb'];

/** Why a gate cannot be measured without a cluster; `undefined`: it can. */
export function whyCluster(run: AnalysisRun, given: readonly GivenSecret[]): string | undefined {
  const ref = secretRefsOf(run).find(
    ({ name, key }) => !given.some((one) => one.name === name && one.key === key),
  );
  if (ref !== undefined) return `an argument is the key ${ref.key} of the Secret ${ref.name}`;
  const metric = run.spec.metrics.find((one) => clusterSources.includes(providerOf(one).id));
  return metric === undefined
    ? undefined
    : `the metric ${metric.name} is of the provider ${providerOf(metric).id}`;
}

/** No cluster: everything that is asked fails. */
export function noCluster(): Kube {
  const refuse = async (): Promise<never> => {
    return Promise.reject(new AppError('ConfigInvalid', 'this needs a cluster, and none is connected'));
  };
  return {
    get: refuse,
    list: refuse,
    // oxlint-disable-next-line require-yield -- there is nothing to watch
    watch: async function* watch() {
      await refuse();
    },
    create: refuse,
    update: refuse,
    patch: refuse,
    delete: refuse,
    logs: refuse,
    resolve: refuse,
  };
}

/** A cluster seen by a run that is not stored in it. */
export interface TrialCluster {
  readonly kube: Kube;
  /** Deletes the Jobs that were made. */
  cleanUp(): Promise<void>;
}

/**
 * The cluster with values in the place of Secrets. Jobs have no owner, since their run is stored nowhere: the cluster would
 * collect them at once.
 */
export function trialCluster(kube: Kube, secrets: readonly GivenSecret[]): TrialCluster {
  const jobs: ObjectKey[] = [];
  const get = async <T extends KubeObject = UnknownObject>(key: ObjectKey): Promise<T | undefined> => {
    const own = key.kind === kinds.secret ? secrets.filter(({ name }) => name === key.name) : [];
    if (own.length === 0) return kube.get<T>(key);
    const data = Object.fromEntries(
      own.map(({ key: field, value }) => [field, Buffer.from(value, 'utf8').toString('base64')]),
    );
    const secret: Secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: key.name }, data };
    // The caller asked for a Secret.
    return secret as unknown as T;
  };
  const create: Kube['create'] = async (kind, object, options) => {
    if (kind !== kinds.job) return kube.create(kind, object, options);
    const { ownerReferences: _, ...metadata } = object.metadata;
    const stored = await kube.create(kind, { ...object, metadata }, options);
    jobs.push({ kind, ...namespaceOf(object), name: stored.metadata.name });
    return stored;
  };
  return {
    kube: { ...methodsOf(kube), get, create },
    cleanUp: async () => {
      for (const job of jobs) await kube.delete(job, { propagationPolicy: 'Background' }).catch(() => false);
    },
  };
}

function methodsOf(kube: Kube): Kube {
  return {
    get: async (key) => kube.get(key),
    list: async (kind, options) => kube.list(kind, options),
    watch: (kind, options) => kube.watch(kind, options),
    create: async (kind, object, options) => kube.create(kind, object, options),
    update: async (kind, object, options) => kube.update(kind, object, options),
    patch: async (key, patch, options) => kube.patch(key, patch, options),
    delete: async (key, options) => kube.delete(key, options),
    logs: async (pod, options) => kube.logs(pod, options),
    resolve: async (apiVersion, kind) => kube.resolve(apiVersion, kind),
  };
}

function namespaceOf({ metadata: { namespace } }: NewObject<KubeObject>): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

/** Every key of a Secret, decoded: how sources find their credentials. */
export async function readWholeSecret(
  kube: Kube,
  namespace: string,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const secret = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
  if (secret === undefined) throw new AppError('KubeNotFound', `secrets "${name}" not found`);
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]),
  );
}
