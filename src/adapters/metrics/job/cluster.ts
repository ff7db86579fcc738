import type { Kube } from '#ports/kube.js';
import type { MetricSourceDeps } from '../deps.js';
import { QueryFailure } from '../http/failure.js';

/** Where Jobs run when not in the cluster of the controller: the path of a kubeconfig, or `in-cluster`. */
export const kubeconfigVariable = 'ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG';

/** The cluster in which Jobs run. Another one is opened once; what could not be opened is tried again. */
export function clusterOf({ kube, openCluster }: MetricSourceDeps, kubeconfig: string): () => Promise<Kube> {
  let other: Promise<Kube> | undefined;
  return async () => {
    if (kubeconfig !== '' && kubeconfig !== 'in-cluster') {
      if (openCluster === undefined) throw new QueryFailure(`${kubeconfigVariable} cannot be used here`);
      other ??= openCluster(kubeconfig);
      try {
        return await other;
      } catch (thrown) {
        other = undefined;
        throw thrown;
      }
    }
    if (kube === undefined) throw new QueryFailure('there is no cluster to run a Job in');
    return kube;
  };
}
