import { annotations, labels } from '#api/argoproj/words.js';
import type { ReplicaSet, Service } from '#api/k8s/core-kinds.js';
import type { EventRecord, Wait } from '#core/decision/decision.js';
import { targetOf } from '#core/rollout/capacity/scale.js';
import { formatInstant } from '#core/time/instant.js';
import type { ExperimentAction } from './actions.js';
import { buildReplicaSet, buildService, serviceName } from './build.js';
import { scaleDown } from './scale-down.js';
import { assessTemplate, isCompleted, refusalOf, type TemplateFacts } from './template.js';
import { act, fail, scalingEvents, waitFor, withoutService, type TemplateDraft } from './template-draft.js';

/** One pass over a template: its ReplicaSet first, then its Service, then its pods; in the end the way back. */
export function reconcileTemplate(facts: TemplateFacts): TemplateDraft {
  const { old, replicaSet, isEnding } = facts;
  const start: TemplateDraft = { status: old, actions: [], events: [], waits: [] };
  if (replicaSet !== undefined) {
    const next = facts.desired === 0 && isEndingOrDone(facts) ? scaleDown : scaleUp;
    return assessTemplate(facts, next(facts, replicaSet, start));
  }
  return assessTemplate(facts, isEnding ? start : create(facts, start));
}

function isEndingOrDone({ isEnding, old }: TemplateFacts): boolean {
  return isEnding || isCompleted(old.status);
}

function create(facts: TemplateFacts, draft: TemplateDraft): TemplateDraft {
  const { snapshot, template, old } = facts;
  if (isCompleted(old.status)) return draft;
  const { replicaSet, collisionCount } = buildReplicaSet(snapshot, template, old.collisionCount);
  const { name } = replicaSet.metadata;
  const refused = refusalOf(facts, 'createReplicaSet');
  if (refused !== undefined) {
    const event = warning('ReplicaSetCreateError', `Failed to create new replica set "${name}": ${refused}`);
    return fail(draft, `Failed to create ReplicaSet for template '${template.name}': ${refused}`, event);
  }
  return {
    ...draft,
    status: {
      ...draft.status,
      ...(collisionCount === undefined ? {} : { collisionCount }),
      lastTransitionTime: formatInstant(snapshot.now),
    },
    actions: [{ kind: 'createReplicaSet', of: template.name, replicaSet }],
    events: [
      {
        type: 'Normal',
        reason: 'NewReplicaSetCreated',
        message: `Created new replica set "${name}" with size 0`,
      },
    ],
  };
}

function scaleUp(facts: TemplateFacts, replicaSet: ReplicaSet, draft: TemplateDraft): TemplateDraft {
  const served = serve(facts, replicaSet, draft);
  const from = replicaSet.spec.replicas ?? 1;
  const isDated = replicaSet.metadata.annotations?.[annotations.scaleDownDeadline] !== undefined;
  if (isCompleted(served.status.status)) return served;
  if (from === facts.desired && !isDated) return waitForPods(facts, replicaSet, served);
  return scale(facts, replicaSet, served, isDated);
}

/** Writes the size; what an earlier life of the experiment dated lives again. */
function scale(
  facts: TemplateFacts,
  replicaSet: ReplicaSet,
  draft: TemplateDraft,
  isDated: boolean,
): TemplateDraft {
  const { template, desired, snapshot } = facts;
  const from = replicaSet.spec.replicas ?? 1;
  const { name } = replicaSet.metadata;
  const way = desired > from ? 'up' : 'down';
  const refused = refusalOf(facts, 'scaleReplicaSet');
  if (refused !== undefined) {
    const event = warning('ReplicaSetUpdateError', `Failed to scale ${name} ${way}: ${refused}`);
    const what = `Unable to scale ReplicaSet for template '${template.name}' to desired replica count '${desired}'`;
    return fail(draft, `${what}: ${refused}`, event);
  }
  const action: ExperimentAction = {
    kind: 'scaleReplicaSet',
    of: template.name,
    target: targetOf(replicaSet),
    from,
    to: desired,
    ...(isDated ? { deadline: null } : {}),
  };
  return {
    ...draft,
    status: { ...draft.status, lastTransitionTime: formatInstant(snapshot.now) },
    actions: [...draft.actions, action],
    events: [...draft.events, ...scalingEvents(replicaSet, desired)],
  };
}

/** Puts the Service there that the template asks for, before the pods come. */
function serve(facts: TemplateFacts, replicaSet: ReplicaSet, draft: TemplateDraft): TemplateDraft {
  const { template, service, snapshot } = facts;
  if (template.service === undefined) return dropService(facts, draft);
  const hash = replicaSet.metadata.labels?.[labels.podTemplateHash];
  if (service !== undefined) return named(draft, service, hash);
  const wanted = buildService(snapshot.experiment, template, replicaSet);
  if (wanted === undefined) return draft;
  const name = serviceName(template, replicaSet);
  const isTaken = snapshot.takenNames.services.includes(name);
  const refused = isTaken
    ? `service ${name} already exists and is not owned by experiment template ${template.name}`
    : refusalOf(facts, 'createService');
  if (refused !== undefined) {
    return fail(draft, `Failed to create Service ${name} for template '${template.name}': ${refused}`);
  }
  const action: ExperimentAction = { kind: 'createService', of: template.name, service: wanted };
  return named(act(draft, action), wanted, hash);
}

function named(draft: TemplateDraft, { metadata }: Service, hash: string | undefined): TemplateDraft {
  const podTemplateHash = hash === undefined ? {} : { podTemplateHash: hash };
  return { ...draft, status: { ...draft.status, serviceName: metadata.name, ...podTemplateHash } };
}

function dropService({ template, service }: TemplateFacts, draft: TemplateDraft): TemplateDraft {
  if (service === undefined) return draft;
  const target = targetOf(service);
  return withoutService(act(draft, { kind: 'deleteService', of: template.name, target }));
}

function waitForPods(
  facts: TemplateFacts,
  { metadata, status }: ReplicaSet,
  draft: TemplateDraft,
): TemplateDraft {
  const available = status?.availableReplicas ?? 0;
  if (available === facts.desired) return draft;
  const wait: Wait = {
    what: `pods of template ${facts.template.name} (${available} of ${facts.desired} available)`,
    object: `ReplicaSet/${metadata.namespace ?? ''}/${metadata.name}`,
    unblockedBy: 'the pods',
  };
  return waitFor(draft, wait);
}

function warning(reason: string, message: string): EventRecord {
  return { type: 'Warning', reason, message };
}
