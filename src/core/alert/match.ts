import { RE2JS } from 're2js';
import type { Alert, EventSource } from '#api/flux/alert.js';
import { hasLabels } from '#core/kube/selector.js';
import type { FluxEvent } from './flux-event.js';

type Labels = Readonly<Record<string, string>>;

/** What an Alert makes of an event. */
export type Match =
  | { readonly kind: 'told' }
  | { readonly kind: 'not told' }
  /** Another namespace is named, which is forbidden. */
  | { readonly kind: 'denied'; readonly problem: string }
  /** A list of expressions cannot be read. */
  | { readonly kind: 'invalid'; readonly problem: string };

export interface MatchSettings {
  /** Whether other namespaces are out of reach. */
  readonly isLocked: boolean;
  /** Of the object; absent: unknown, and no source with `matchLabels` is met. */
  readonly labels?: Labels;
}

const told: Match = { kind: 'told' };
const notTold: Match = { kind: 'not told' };

/** Whether the labels of the object decide, so that they have to be known. */
export function needsLabels({ spec, metadata }: Alert, event: FluxEvent): boolean {
  return spec.eventSources.some(
    (source) => source.matchLabels !== undefined && namesObject(source, metadata.namespace, event),
  );
}

/** Whether an Alert tells of an event. */
export function matchAlert(alert: Alert, event: FluxEvent, settings: MatchSettings): Match {
  const { spec, metadata } = alert;
  if (spec.suspend === true || metadata.deletionTimestamp !== undefined) return notTold;
  const met = spec.eventSources.filter(
    (one) => namesObject(one, metadata.namespace, event) && hasLabelsOf(one, settings.labels),
  );
  const [source] = met;
  if (source === undefined) return notTold;
  const isOwn = ({ namespace = metadata.namespace }: EventSource) => namespace === metadata.namespace;
  if (settings.isLocked && !met.some(isOwn)) {
    const { kind, name, namespace = '' } = source;
    const problem = `can't access '${kind}/${namespace}/${name}', cross-namespace references have been blocked`;
    return { kind: 'denied', problem };
  }
  if (spec.eventSeverity === 'error' && event.severity !== 'error') return notTold;
  return judgeMessage(alert, event.message);
}

function namesObject(
  { kind, name, namespace }: EventSource,
  own: string | undefined,
  { involvedObject }: FluxEvent,
): boolean {
  return (
    kind === involvedObject.kind &&
    (namespace ?? own ?? '') === involvedObject.namespace &&
    (name === '*' || name === involvedObject.name)
  );
}

/** Labels count with the name `*` alone, as in the peer. */
function hasLabelsOf({ name, matchLabels }: EventSource, labels: Labels | undefined): boolean {
  return name !== '*' || matchLabels === undefined || hasLabels(labels, matchLabels);
}

function judgeMessage({ spec }: Alert, message: string): Match {
  const included = firstMatch(spec.inclusionList ?? [], 'inclusionList', message);
  if (included.problem !== undefined) return { kind: 'invalid', problem: included.problem };
  if ((spec.inclusionList ?? []).length > 0 && !included.isFound) return notTold;
  const excluded = firstMatch(spec.exclusionList ?? [], 'exclusionList', message);
  if (excluded.problem !== undefined) return { kind: 'invalid', problem: excluded.problem };
  return excluded.isFound ? notTold : told;
}

function firstMatch(
  patterns: readonly string[],
  field: string,
  message: string,
): { readonly isFound: boolean; readonly problem?: string } {
  for (const pattern of patterns) {
    try {
      if (RE2JS.compile(pattern).matcher(message).find()) return { isFound: true };
    } catch {
      // Anything but a pattern of the peer's language.
      return {
        isFound: false,
        problem: `spec.${field}: ${JSON.stringify(pattern)} is no regular expression`,
      };
    }
  }
  return { isFound: false };
}
