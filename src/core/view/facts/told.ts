import type { Condition } from '#api/k8s/meta.js';
import { parseInstant } from '#core/time/instant.js';
import type { KubeEvent } from '../view-input.js';
import type { ConditionView, EventView } from '../wire/detail.js';

const mostEvents = 100;

/** Conditions as they are shown, in their order. */
export function conditionViews(conditions: readonly Condition[] | undefined): readonly ConditionView[] {
  return (conditions ?? []).map(({ type, status, reason = '', message = '', lastTransitionTime }) => ({
    type,
    status: status === 'True' || status === 'False' ? status : 'Unknown',
    reason,
    message,
    since: parseInstant(lastTransitionTime) ?? null,
  }));
}

/** The newest events, newest first; those without a time are left out. */
export function eventViews(events: readonly KubeEvent[]): readonly EventView[] {
  return events
    .map(eventView)
    .filter((event) => event !== undefined)
    .toSorted((a, b) => b.at - a.at)
    .slice(0, mostEvents);
}

/** An act of a person is recorded as an event of this reason; its message begins with the person. */
export const actEventReason = 'OperatorAction';

function eventView(event: KubeEvent): EventView | undefined {
  const at =
    parseInstant(event.lastTimestamp ?? undefined) ??
    parseInstant(event.eventTime ?? undefined) ??
    parseInstant(event.metadata.creationTimestamp);
  if (at === undefined) return undefined;
  const message = event.message ?? '';
  const actor = event.reason === actEventReason ? (/^(\S+) /.exec(message)?.[1] ?? null) : null;
  return {
    key: event.metadata.uid ?? event.metadata.name,
    at,
    type: event.type === 'Warning' ? 'Warning' : 'Normal',
    reason: event.reason ?? '',
    message: message.slice(0, 1000),
    count: event.count ?? 1,
    actor,
  };
}
