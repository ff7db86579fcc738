import { factsOf, isFailure, objectTitle } from '#core/alert/words.js';
import { parseInstant } from '#core/time/instant.js';
import { authorization, baseOf, type Encode, needed } from '../outgoing.js';

/** An alert of Opsgenie. */
export const encodeOpsgenie: Encode = ({ destination, event }) => {
  const { kind, name } = event.involvedObject;
  return [
    {
      url: needed(destination, 'address'),
      headers: { authorization: `GenieKey ${needed(destination, 'token')}` },
      body: {
        message: `${kind}/${name}`,
        description: event.message,
        details: { ...event.metadata, severity: event.severity },
      },
    },
  ];
};

/** An annotation of Grafana. */
export const encodeGrafana: Encode = ({ destination, event }) => {
  const { kind, name, namespace } = event.involvedObject;
  const facts = factsOf(event).map(([key, value]) => `${key}: ${value}`);
  return [
    {
      url: needed(destination, 'address'),
      headers: authorization(destination),
      body: {
        time: parseInstant(event.timestamp) ?? 0,
        text: `${objectTitle(event)}\n${event.message}`,
        tags: [
          'flux',
          event.reportingController,
          `kind: ${kind}`,
          `name: ${name}`,
          `namespace: ${namespace}`,
          ...facts,
        ],
      },
    },
  ];
};

/** An event of Datadog. */
export const encodeDatadog: Encode = ({ destination, event }) => {
  const { kind, name, namespace } = event.involvedObject;
  const facts = factsOf(event).map(([key, value]) => `${key}:${value}`);
  return [
    {
      url: `${baseOf(destination)}/api/v1/events`,
      headers: { 'dd-api-key': needed(destination, 'token') },
      body: {
        title: objectTitle(event),
        text: event.message,
        alert_type: isFailure(event) ? 'error' : 'info',
        source_type_name: 'fluxcd',
        date_happened: Math.floor((parseInstant(event.timestamp) ?? 0) / 1000),
        tags: [
          `flux_reporting_controller:${event.reportingController}`,
          `flux_reason:${event.reason}`,
          `kube_kind:${kind}`,
          `kube_name:${name}`,
          `kube_namespace:${namespace}`,
          ...facts,
        ],
      },
    },
  ];
};
