import { isFailure, objectTitle } from '#core/alert/words.js';
import type { AlertMessage } from '#ports/alert-sender.js';
import { baseOf, type Encode, needed, type Outgoing } from '../outgoing.js';

const defaultAddress = 'https://events.pagerduty.com';
const longestSummary = 1024;

/** An incident of PagerDuty that a failure opens and good news resolve; good news are changes on the timeline too. */
export const encodePagerDuty: Encode = (message) =>
  isFailure(message.event) ? [incident(message)] : [incident(message), change(message)];

function incident({ destination, event }: AlertMessage): Outgoing {
  const { kind, name, uid = objectTitle(event) } = event.involvedObject;
  return {
    url: `${addressOf(destination)}/v2/enqueue`,
    body: {
      routing_key: needed(destination, 'channel'),
      event_action: isFailure(event) ? 'trigger' : 'resolve',
      dedup_key: uid,
      payload: {
        summary: summaryOf(event),
        source: `Flux ${event.reportingController}`,
        severity: event.severity === 'error' ? 'error' : 'info',
        timestamp: event.timestamp,
        component: name,
        group: kind,
        custom_details: { message: event.message, metadata: event.metadata ?? {} },
      },
    },
  };
}

function change({ destination, event }: AlertMessage): Outgoing {
  return {
    url: `${addressOf(destination)}/v2/change/enqueue`,
    body: {
      routing_key: needed(destination, 'channel'),
      payload: {
        summary: summaryOf(event),
        source: `Flux ${event.reportingController}`,
        timestamp: event.timestamp,
        custom_details: { message: event.message, metadata: event.metadata ?? {} },
      },
    },
  };
}

function addressOf(destination: AlertMessage['destination']): string {
  return destination.address === '' ? defaultAddress : baseOf(destination);
}

function summaryOf(event: AlertMessage['event']): string {
  return `${event.reason}: ${objectTitle(event)}`.slice(0, longestSummary);
}
