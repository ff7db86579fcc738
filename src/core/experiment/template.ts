import type { Experiment, ExperimentTemplate, ExperimentTemplateStatus } from '#api/argoproj/experiment.js';
import type { ReplicaSet, Service } from '#api/k8s/core-kinds.js';
import type { EventRecord } from '#core/decision/decision.js';
import { addMs, formatInstant, parseInstant, type Instant } from '#core/time/instant.js';
import { isOf } from './build.js';
import type { ExperimentSnapshot, Refusal } from './snapshot.js';
import { durationEnd, isEnding, progressDeadlineSeconds } from './spec.js';
import type { TemplateDraft } from './template-draft.js';

/** What is known of one template before a pass. */
export interface TemplateFacts {
  readonly snapshot: ExperimentSnapshot;
  readonly template: ExperimentTemplate;
  readonly old: ExperimentTemplateStatus;
  readonly replicaSet: ReplicaSet | undefined;
  readonly service: Service | undefined;
  readonly isEnding: boolean;
  /** Pods that it shall have now. */
  readonly desired: number;
}

export function templateFacts(snapshot: ExperimentSnapshot, template: ExperimentTemplate): TemplateFacts {
  const { experiment } = snapshot;
  const { name } = template;
  const old = experiment.status?.templateStatuses?.find((status) => status.name === name) ?? noStatus(name);
  const ending = isEnding(experiment);
  return {
    snapshot,
    template,
    old,
    replicaSet: snapshot.replicaSets.find((rs) => isOf(rs, experiment, name)),
    service: snapshot.services.find((service) => isOf(service, experiment, name)),
    isEnding: ending,
    desired: ending || isCompleted(old.status) ? 0 : (template.replicas ?? 1),
  };
}

function noStatus(name: string): ExperimentTemplateStatus {
  return { name, replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
}

/** A template that ended stays so. */
export function isCompleted(status: string | undefined): boolean {
  return status === 'Successful' || status === 'Failed' || status === 'Error';
}

export function refusalOf(
  { snapshot, template }: TemplateFacts,
  action: Refusal['action'],
): string | undefined {
  return snapshot.refusals.find((refusal) => refusal.action === action && refusal.of === template.name)
    ?.message;
}

/** The draft with the counts of the ReplicaSet in it, and the state that follows from them. */
export function assessTemplate(facts: TemplateFacts, draft: TemplateDraft): TemplateDraft {
  const counted = countPods(facts, draft.status);
  const status = isCompleted(counted.status) ? counted : { ...counted, ...stateOf(facts, counted) };
  return { ...draft, status, events: [...draft.events, ...transitionEvents(facts, status)] };
}

function countPods(facts: TemplateFacts, status: ExperimentTemplateStatus): ExperimentTemplateStatus {
  const { old, replicaSet, snapshot } = facts;
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = replicaSet?.status ?? {};
  const isMoved =
    old.replicas !== replicas ||
    old.readyReplicas !== readyReplicas ||
    old.availableReplicas !== availableReplicas;
  return {
    ...status,
    replicas,
    updatedReplicas: replicas,
    readyReplicas,
    availableReplicas,
    ...(isMoved ? { lastTransitionTime: formatInstant(snapshot.now) } : {}),
  };
}

function stateOf(
  facts: TemplateFacts,
  status: ExperimentTemplateStatus,
): Pick<ExperimentTemplateStatus, 'status' | 'message'> {
  const { snapshot, template, desired } = facts;
  const { experiment, now } = snapshot;
  if (facts.isEnding) return { status: 'Successful' };
  if (status.availableReplicas === desired) {
    const end = durationEnd(experiment);
    return { status: end !== undefined && now >= end ? 'Successful' : 'Running' };
  }
  const deadline = progressDeadline(experiment, status);
  if (deadline === undefined || now <= deadline) return { status: 'Progressing' };
  const seconds = progressDeadlineSeconds(experiment.spec);
  return {
    status: 'Failed',
    message: `Template '${template.name}' exceeded its progressDeadlineSeconds (${seconds})`,
  };
}

/** When a template that has not all its pods is given up, counted from the last change of its counts. */
export function progressDeadline(
  { spec }: Experiment,
  { lastTransitionTime }: ExperimentTemplateStatus,
): Instant | undefined {
  const since = parseInstant(lastTransitionTime);
  return since === undefined ? undefined : addMs(since, progressDeadlineSeconds(spec) * 1000);
}

function transitionEvents(
  { template, old }: TemplateFacts,
  { status = '', message }: ExperimentTemplateStatus,
): readonly EventRecord[] {
  const before = old.status ?? '';
  if (before === status) return [];
  const why = message === undefined || message === '' ? '' : `: ${message}`;
  return [
    {
      type: status === 'Failed' || status === 'Error' ? 'Warning' : 'Normal',
      reason: `Template${status}`,
      message: `Template '${template.name}' transitioned from ${before} -> ${status}${why}`,
    },
  ];
}
