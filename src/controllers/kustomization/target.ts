import type { Kustomization } from '#api/flux/kustomization.js';
import type { Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import {
  impersonatedUser,
  kubeconfigKey,
  kubeconfigProblem,
} from '#core/gitops/kustomization/remote-access.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { TargetCluster, TargetClusters } from '#ports/target-clusters.js';

export interface TargetPorts {
  /** The cluster that the Kustomization is in. */
  readonly kube: Kube;
  /** Absent: nobody is impersonated and there are no other clusters. */
  readonly clusters?: TargetClusters;
  readonly settings: { readonly defaultServiceAccount: string };
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
  const kubeconfig = kubeConfig === undefined ? undefined : await readKubeconfig(ports.kube, object);
  return ports.clusters.open({
    ...(user === undefined ? {} : { user }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  });
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
