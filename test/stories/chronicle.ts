import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { templateOf } from './shop.js';
import type { StoryWorld } from './world.js';

/** What somebody who watches the API server reads, in the order in which it was written. */
export interface Chronicle {
  /** `Type/Status/Reason` whenever status or reason of a condition changed. */
  conditions(type?: string): readonly string[];
  /** `Phase: message` whenever it changed. */
  phases(): readonly string[];
  /** `S4` and `C1` for every change of the size of the ReplicaSet of image `web:1` and of any other one. */
  sizes(): readonly string[];
  /** `Type Reason: message` of every time the Rollout's events were told, counted ones each time. */
  events(): readonly string[];
  /** Forgets everything so far. */
  turnPage(): void;
}

/** Notes every stored change of a world from now on. */
export function keepChronicle(world: StoryWorld): Chronicle {
  const conditions: string[] = [];
  const phases: string[] = [];
  const sizes: string[] = [];
  const events: string[] = [];
  world.sandbox.store.onChange(({ before, after }) => {
    if (after?.kind === 'Rollout')
      noteRollout(before as unknown as Rollout | undefined, after as unknown as Rollout);
    if (after?.kind === 'Event') noteEvent(after as unknown as StoredEvent);
    if (after?.kind === 'ReplicaSet')
      noteSize(before as unknown as ReplicaSet | undefined, after as unknown as ReplicaSet);
  });

  function noteRollout(before: Rollout | undefined, { status }: Rollout): void {
    for (const { type, status: value, reason } of status?.conditions ?? []) {
      const known = before?.status?.conditions?.find((condition) => condition.type === type);
      if (ours.includes(type)) continue;
      if (known?.status !== value || known.reason !== reason)
        conditions.push(`${type}/${value}/${reason ?? ''}`);
    }
    const phase = `${status?.phase ?? ''}: ${status?.message ?? ''}`;
    if (status?.phase !== undefined && phases.at(-1) !== phase) phases.push(phase);
  }

  function noteSize(before: ReplicaSet | undefined, { spec }: ReplicaSet): void {
    const role = spec.template?.spec?.containers[0]?.image === firstImage ? 'S' : 'C';
    // A set may come with its first pods.
    if ((before?.spec.replicas ?? 0) !== (spec.replicas ?? 1)) sizes.push(`${role}${spec.replicas ?? 1}`);
  }

  function noteEvent(event: StoredEvent): void {
    const { type, reason, message, involvedObject } = event;
    if (involvedObject?.kind === 'Rollout') events.push(`${type ?? ''} ${reason ?? ''}: ${message ?? ''}`);
  }

  return {
    conditions: (type) => conditions.filter((text) => type === undefined || text.startsWith(`${type}/`)),
    phases: () => [...phases],
    sizes: () => [...sizes],
    events: () => [...events],
    turnPage: () => {
      for (const list of [conditions, phases, sizes, events]) list.length = 0;
    },
  };
}

/** Conditions that the peer has not. */
const ours: readonly string[] = ['Ready', 'Reconciling', 'Stalled'];

const firstImage = templateOf('web:1').spec.containers[0]?.image;

interface StoredEvent {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject?: { readonly kind?: string };
}
