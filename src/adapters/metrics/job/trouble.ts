import type { Pod } from '#api/k8s/core-kinds.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';

/** What keeps a Job's pod from doing its work. */
export interface Trouble {
  /** Nobody but a person can help: the image cannot be had. */
  readonly isHopeless: boolean;
  readonly message: string;
}

const imageReasons: readonly string[] = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'];
/** What every container waits for once. */
const ordinaryReasons: readonly string[] = ['', 'ContainerCreating', 'PodInitializing'];

/**
 * The first trouble among the pods of a Job. An image that cannot be had never ends the Job by itself; all else may pass (a
 * ConfigMap comes, a node is added) or ends at the Job's own limits, and is told only.
 */
export function findTrouble(pods: readonly Pod[]): Trouble | undefined {
  const troubles = pods.flatMap((pod) => [
    ...['initContainerStatuses', 'containerStatuses'].flatMap((list) =>
      objectsAt(pod.status, list).flatMap((status) => troubleOf(pod, status)),
    ),
    ...placeTroubleOf(pod),
  ]);
  return troubles.find(({ isHopeless }) => isHopeless) ?? troubles[0];
}

function troubleOf(pod: Pod, status: Readonly<Record<string, unknown>>): readonly Trouble[] {
  const waiting = objectAt(objectAt(status, 'state'), 'waiting');
  const reason = textAt(waiting, 'reason') ?? '';
  const isHopeless = imageReasons.includes(reason);
  if (ordinaryReasons.includes(reason)) return [];
  const detail = textAt(waiting, 'message');
  const container = `pod ${pod.metadata.name}: container ${textAt(status, 'name') ?? ''}`;
  return [
    {
      isHopeless,
      message: `${container} is waiting: ${reason}${detail === undefined || detail === '' ? '' : `: ${detail}`}`,
    },
  ];
}

/** No node takes the pod. */
function placeTroubleOf(pod: Pod): readonly Trouble[] {
  const refused = objectsAt(pod.status, 'conditions').find(
    (condition) =>
      textAt(condition, 'type') === 'PodScheduled' && textAt(condition, 'reason') === 'Unschedulable',
  );
  if (refused === undefined) return [];
  const message = `pod ${pod.metadata.name} is on no node: ${textAt(refused, 'message') ?? 'Unschedulable'}`;
  return [{ isHopeless: false, message }];
}
