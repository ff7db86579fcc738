import { kinds } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import { eventually, type Cluster } from './cluster.js';

/** Waits until a Rollout is in a phase and the spec of now has been looked at; `also` may ask for more. */
export async function reaches(
  cluster: Cluster,
  name: string,
  phase: string,
  also: (rollout: any) => boolean = () => true,
): Promise<any> {
  let rollout: any;
  await eventually(
    `rollout ${name} is ${phase}`,
    async () => {
      rollout = await cluster.get(kinds.rollout, name);
      const { generation } = rollout.metadata;
      const { status = {} } = rollout;
      return status.phase === phase && status.observedGeneration === String(generation) && also(rollout);
    },
    async () => rollout.status,
    60_000,
  );
  return rollout;
}

/** The pods that each revision should have, by revision number, those of none left out. */
export async function replicasOf(cluster: Cluster, name: string): Promise<Readonly<Record<string, number>>> {
  const sets = await cluster.list(kinds.replicaSet, `app=${name}`);
  const rollout = await cluster.get(kinds.rollout, name);
  return Object.fromEntries(
    sets
      .filter((set) => controllerOf(set)?.uid === rollout.metadata.uid && set.spec.replicas > 0)
      .map((set) => [set.metadata.annotations['rollout.argoproj.io/revision'], set.spec.replicas]),
  );
}

/** The reasons of the events about an object, oldest first. */
export async function eventReasons(cluster: Cluster, name: string): Promise<readonly string[]> {
  const events = await cluster.list(kinds.event);
  return events
    .filter((event: any) => event.involvedObject.name === name)
    .sort((a: any, b: any) => a.metadata.resourceVersion - b.metadata.resourceVersion)
    .map((event: any) => event.reason);
}

/** Waits until events with these reasons tell of an object: they follow the status, by seconds on a busy machine. */
export async function tells(cluster: Cluster, name: string, ...reasons: readonly string[]): Promise<void> {
  await eventually(
    `${name} has the events ${reasons.join(' and ')}`,
    async () => {
      const told = await eventReasons(cluster, name);
      return reasons.every((reason) => told.includes(reason));
    },
    () => eventReasons(cluster, name),
  );
}
