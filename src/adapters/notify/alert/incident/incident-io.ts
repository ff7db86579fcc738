import { isFailure, objectTitle } from '#core/alert/words.js';
import { type Encode, needed } from '../outgoing.js';

/** An HTTP alert source of incident.io: a failure fires the alert of its object, and what comes after it resolves that. */
export const encodeIncidentIo: Encode = ({ destination, event }) => {
  const { reason, severity, reportingController, metadata } = event;
  const request = {
    url: needed(destination, 'address'),
    headers: { authorization: `Bearer ${needed(destination, 'token')}` },
    body: {
      title: `${objectTitle(event)}: ${reason}`,
      status: isFailure(event) ? 'firing' : 'resolved',
      deduplication_key: event.involvedObject.uid ?? '',
      description: event.message,
      metadata: {
        ...metadata,
        severity,
        reason,
        ...(reportingController === '' ? {} : { reportingController }),
      },
    },
  };
  // Under way is neither good nor bad news.
  return reason === 'Progressing' ? [] : [request];
};
