import type { Kustomization } from '#api/flux/kustomization.js';
import type { ConfigMap, Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import {
  impersonatedUser,
  kubeconfigKey,
  kubeconfigProblem,
} from '#core/gitops/kustomization/remote-access.js';
import { parseClusterConfig } from '#core/gitops/kustomization/cluster-config.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { requestToken } from './account.js';
import type { TargetCluster, TargetClusters, TokenEndpoint } from '#ports/target-clusters.js';

export interface TargetPorts {
  /** The cluster that the Kustomization is in. */
  readonly kube: Kube;
  /** Absent: nobody is impersonated and there are no other clusters. */
  readonly clusters?: TargetClusters;
  readonly settings: { readonly defaultServiceAccount: string; readonly defaultKubeconfigAccount: string };
}

/** The cluster that the objects of a Kustomization are for, as whom they are applied. Throws what keeps it from that. */
export async function openTarget(ports: TargetPorts, object: Kustomization): Promise<TargetCluster> {
  const { kubeConfig } = object.spec;
  const { namespace = '' } = object.metadata;
  const user = impersonatedUser(namespace, object.spec, ports.settings.defaultServiceAccount);
  if (user === undefined && kubeConfig === undefined) return { kube: ports.kube };
  if (ports.clusters === undefined) {
    throw new AppError('ConfigInvalid', 'this process applies as itself and to its own cluster only');
  }
  const who = user === undefined ? {} : { user };
  if (kubeConfig === undefined) return ports.clusters.open(who);
  const { configMapRef } = kubeConfig;
  return ports.clusters.open(
    configMapRef === undefined
      ? { ...who, kubeconfig: await readKubeconfig(ports.kube, object) }
      : { ...who, endpoint: await readEndpoint(ports, namespace, configMapRef.name) },
  );
}

async function readEndpoint(
  { kube, settings }: TargetPorts,
  namespace: string,
  name: string,
): Promise<TokenEndpoint> {
  const subject = `ConfigMap/${namespace}/${name}`;
  const refuse = (why: string) =>
    new AppError('ConfigInvalid', `spec.kubeConfig: ${subject}: ${why}`, { object: subject });
  const map = await kube.get<ConfigMap>({ kind: kinds.configMap, namespace, name });
  if (map === undefined) throw refuse('not found; create it or change spec.kubeConfig');
  const parsed = parseClusterConfig(map.data ?? {}, settings.defaultKubeconfigAccount);
  if (!parsed.ok) throw refuse(parsed.problem);
  const { account, audiences, ...endpoint } = parsed.config;
  return {
    ...endpoint,
    holder: JSON.stringify([namespace, account, audiences]),
    newToken: () => requestToken(kube, { namespace, name: account }, audiences),
  };
}

async function readKubeconfig(kube: Kube, { metadata, spec }: Kustomization): Promise<string> {
  const { name = '', key } = spec.kubeConfig?.secretRef ?? {};
  const { namespace = '' } = metadata;
  const subject = `Secret/${namespace}/${name}`;
  const refuse = (why: string) =>
    new AppError('ConfigInvalid', `spec.kubeConfig: ${subject}: ${why}`, { object: subject });
  const secret = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
  if (secret === undefined) throw refuse('not found; create it or change spec.kubeConfig');
  const data = secret.data ?? {};
  const found = kubeconfigKey(data, key);
  if (found === undefined) throw refuse(`has no key "${key ?? 'value'}"`);
  const text = Buffer.from(data[found] ?? '', 'base64').toString('utf8');
  const problem = kubeconfigProblem(text);
  if (problem !== undefined) throw refuse(problem);
  return text;
}

/** Whether the account that is impersonated in the own cluster is gone, so that nothing can be deleted as it. */
export async function isAccountGone(ports: TargetPorts, { metadata, spec }: Kustomization): Promise<boolean> {
  const { namespace = '' } = metadata;
  const name = spec.serviceAccountName ?? ports.settings.defaultServiceAccount;
  if (name === '' || spec.kubeConfig !== undefined) return false;
  return (await ports.kube.get({ kind: kinds.serviceAccount, namespace, name })) === undefined;
}
