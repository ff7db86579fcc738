import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet, Service } from '#api/k8s/core-kinds.js';
import type { Wait } from '#core/decision/decision.js';
import { targetOf } from '#core/rollout/capacity/scale.js';
import { addMs, formatInstant, instantOf, parseInstant } from '#core/time/instant.js';
import type { ExperimentAction } from './actions.js';
import { mayBeRouted } from './routed.js';
import { scaleDownDelaySeconds } from './spec.js';
import type { TemplateFacts } from './template.js';
import { act, scalingEvents, waitFor, withoutService, type TemplateDraft } from './template-draft.js';

/**
 * The way back: the pods keep their delay (0 is one too), then wait until no proxy can send them anything; with the last
 * of them the Service goes.
 */
export function scaleDown(facts: TemplateFacts, replicaSet: ReplicaSet, draft: TemplateDraft): TemplateDraft {
  const { snapshot, template, service } = facts;
  const { now, experiment, rollout } = snapshot;
  const from = replicaSet.spec.replicas ?? 1;
  if (from === 0) return removeService(facts, replicaSet, draft);
  const noted = parseInstant(replicaSet.metadata.annotations?.[annotations.scaleDownDeadline]);
  const delaySeconds = scaleDownDelaySeconds(experiment.spec);
  if (noted === undefined && delaySeconds > 0) {
    // Stored in whole seconds: rounded up, or the delay would be cut short.
    const deadline = instantOf(Math.ceil(addMs(now, delaySeconds * 1000) / 1000) * 1000);
    const target = targetOf(replicaSet);
    return act(draft, {
      kind: 'dateReplicaSet',
      of: template.name,
      target,
      deadline: formatInstant(deadline),
    });
  }
  if (noted !== undefined && delaySeconds > 0 && now < noted) {
    const what = `the scale-down delay of template ${template.name}`;
    return waitFor(draft, { what, until: noted, unblockedBy: 'time' });
  }
  if (service !== undefined && mayBeRouted(rollout, experiment.metadata.name, service.metadata.name)) {
    return waitFor(draft, waitForTraffic(service.metadata));
  }
  const action: ExperimentAction = {
    kind: 'scaleReplicaSet',
    of: template.name,
    target: targetOf(replicaSet),
    from,
    to: 0,
    ...(noted === undefined ? {} : { deadline: null }),
  };
  const scaled = act(draft, action);
  return {
    ...scaled,
    status: { ...scaled.status, lastTransitionTime: formatInstant(now) },
    events: [...scaled.events, ...scalingEvents(replicaSet, 0)],
  };
}

function removeService(facts: TemplateFacts, replicaSet: ReplicaSet, draft: TemplateDraft): TemplateDraft {
  const { service, template, snapshot } = facts;
  if (service === undefined) return withoutService(draft);
  if ((replicaSet.status?.availableReplicas ?? 0) > 0) return draft;
  if (mayBeRouted(snapshot.rollout, snapshot.experiment.metadata.name, service.metadata.name)) {
    return waitFor(draft, waitForTraffic(service.metadata));
  }
  const target = targetOf(service);
  return withoutService(act(draft, { kind: 'deleteService', of: template.name, target }));
}

function waitForTraffic({ namespace = '', name }: Service['metadata']): Wait {
  const object = `Service/${namespace}/${name}`;
  return { what: `traffic to leave Service ${name}`, object, unblockedBy: 'the router' };
}
