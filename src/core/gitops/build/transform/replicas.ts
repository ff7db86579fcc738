import { built, refused, type BuildResult } from '../build-problem.js';
import { aliasesOf, type BuildItem } from '../build-item.js';
import { pathOf, updateObject } from './fields.js';

export interface ReplicaChange {
  readonly name: string;
  readonly count: number;
}

const scalable = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController', 'Rollout']);

/** The workloads of these names with this many replicas; a name that nothing has is a problem. */
export function withReplicas(
  items: readonly BuildItem[],
  changes: readonly ReplicaChange[],
): BuildResult<readonly BuildItem[]> {
  for (const { name } of changes) {
    const isThere = items.some((item) => scalable.has(item.object.kind) && isCalled(item, name));
    if (!isThere) return refused({ field: 'replicas', message: `no workload has the name "${name}"` });
  }
  return built(
    items.map((item) => {
      const change = changes.find(({ name }) => isCalled(item, name));
      if (change === undefined || !scalable.has(item.object.kind)) return item;
      return {
        ...item,
        object: updateObject(item.object, pathOf('spec/replicas'), () => change.count, true),
      };
    }),
  );
}

function isCalled(item: BuildItem, name: string): boolean {
  return aliasesOf(item).some(({ metadata }) => metadata.name === name);
}
