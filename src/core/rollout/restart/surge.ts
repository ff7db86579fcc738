import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';

/** Pods that a ReplicaSet has beside those of its role while it is restarted: 1 or none. */
export function surgeOf(rs: ReplicaSet): number {
  return rs.metadata.annotations?.[annotations.restartSurge] === undefined ? 0 : 1;
}

/** The ReplicaSet as its role sees it: sizes and goals know nothing of a restart. */
export function withoutSurge(rs: ReplicaSet): ReplicaSet {
  const extra = surgeOf(rs);
  if (extra === 0) return rs;
  const size = Math.max(0, (rs.spec.replicas ?? 1) - extra);
  const { status } = rs;
  const most = (count: number | undefined) => Math.min(count ?? 0, size);
  return {
    ...rs,
    spec: { ...rs.spec, replicas: size },
    ...(status === undefined
      ? {}
      : {
          status: {
            ...status,
            replicas: most(status.replicas),
            readyReplicas: most(status.readyReplicas),
            availableReplicas: most(status.availableReplicas),
          },
        }),
  };
}
