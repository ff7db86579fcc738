import type { ExperimentTemplateStatus } from '#api/argoproj/experiment.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { EventRecord, Wait } from '#core/decision/decision.js';
import type { ExperimentAction } from './actions.js';

/** What a pass makes of one template. */
export interface TemplateDraft {
  readonly status: ExperimentTemplateStatus;
  readonly actions: readonly ExperimentAction[];
  readonly events: readonly EventRecord[];
  readonly waits: readonly Wait[];
}

export function act(draft: TemplateDraft, action: ExperimentAction): TemplateDraft {
  return { ...draft, actions: [...draft.actions, action] };
}

export function waitFor(draft: TemplateDraft, wait: Wait): TemplateDraft {
  return { ...draft, waits: [...draft.waits, wait] };
}

/** The template ends as an Error, for this reason. */
export function fail(
  draft: TemplateDraft,
  message: string,
  ...events: readonly EventRecord[]
): TemplateDraft {
  return {
    ...draft,
    status: { ...draft.status, status: 'Error', message },
    events: [...draft.events, ...events],
  };
}

/** The status names no Service any more. */
export function withoutService(draft: TemplateDraft): TemplateDraft {
  const { serviceName: _name, podTemplateHash: _hash, ...status } = draft.status;
  return { ...draft, status };
}

/** The event of a change of size; none when there is no change. */
export function scalingEvents(replicaSet: ReplicaSet, to: number): readonly EventRecord[] {
  const from = replicaSet.spec.replicas ?? 1;
  if (from === to) return [];
  const way = to > from ? 'up' : 'down';
  const message = `Scaled ${way} ReplicaSet ${replicaSet.metadata.name} from ${from} to ${to}`;
  return [{ type: 'Normal', reason: 'ScalingReplicaSet', message }];
}
