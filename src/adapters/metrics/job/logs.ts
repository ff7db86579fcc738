import type { Pod } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import type { Kube } from '#ports/kube.js';

const tailLines = 10;
const maxLength = 1000;

/** The last lines that the newest of a Job's pods said, for people; empty when they cannot be had. */
export async function tailOfLogs(kube: Kube, pods: readonly Pod[]): Promise<string> {
  const newest = pods.toSorted((a, b) => createdAt(a).localeCompare(createdAt(b))).at(-1);
  const container = newest?.spec.containers[0]?.name;
  if (newest === undefined || container === undefined) return '';
  const { name, namespace = '' } = newest.metadata;
  try {
    const log = await kube.logs({ kind: kinds.pod, namespace, name }, { container, tailLines });
    return log.trimEnd().slice(-maxLength);
  } catch {
    // The Job's end counts, whatever its pod said; the pod may be gone already.
    return '';
  }
}

function createdAt({ metadata }: Pod): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.name}`;
}
