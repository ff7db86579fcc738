import { fluxKeys } from '#api/flux/words.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import { isObject } from '#core/json/json.js';
import { objectAt, textAt } from '#core/json/read.js';
import { groupOf } from '#core/kube/object.js';
import { formatInstant, type Instant, parseInstant } from '#core/time/instant.js';

/** The object that an event is about. */
interface InvolvedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
  readonly apiVersion?: string;
  readonly resourceVersion?: string;
}

type Severity = 'trace' | 'info' | 'error';

/** An event in the peer's form; keys of its metadata carry their prefix. */
export interface FluxEvent {
  readonly involvedObject: InvolvedObject;
  readonly severity: Severity;
  readonly timestamp: string;
  readonly message: string;
  readonly reason: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly reportingController: string;
  readonly reportingInstance?: string;
}

/** An event that was posted, or why it is none. */
export type ParsedEvent =
  { readonly ok: true; readonly event: FluxEvent } | { readonly ok: false; readonly problem: string };

const longestMessage = 39_000;
const severities: readonly Severity[] = ['trace', 'info', 'error'];

/** Reads a posted event. */
export function parseFluxEvent(value: unknown): ParsedEvent {
  if (!isObject(value)) return { ok: false, problem: 'not a JSON object' };
  const about = objectAt(value, 'involvedObject');
  const [kind, name] = [textAt(about, 'kind') ?? '', textAt(about, 'name') ?? ''];
  if (kind === '' || name === '') return { ok: false, problem: 'involvedObject has no kind or no name' };
  const severity = severities.find((one) => one === value['severity']);
  if (severity === undefined) return { ok: false, problem: 'severity is none of trace, info, error' };
  const message = textAt(value, 'message') ?? '';
  if (message === '') return { ok: false, problem: 'message is missing' };
  const timestamp = textAt(value, 'timestamp') ?? '';
  if (parseInstant(timestamp) === undefined) return { ok: false, problem: 'timestamp is no time' };
  const reportingInstance = textAt(value, 'reportingInstance') ?? '';
  return {
    ok: true,
    event: {
      involvedObject: {
        kind,
        namespace: textAt(about, 'namespace') ?? '',
        name,
        ...filled(about, 'uid', 'apiVersion', 'resourceVersion'),
      },
      severity,
      timestamp,
      message: message.slice(0, longestMessage),
      reason: textAt(value, 'reason') ?? '',
      metadata: textsOf(value['metadata']),
      reportingController: textAt(value, 'reportingController') ?? '',
      ...(reportingInstance === '' ? {} : { reportingInstance }),
    },
  };
}

/** Who reports, and when. */
export interface Reporter {
  readonly controller: string;
  readonly instance: string;
  readonly now: Instant;
}

/** An event of a controller of this process; `undefined` for one that is no notification. */
export function fluxEventOf(
  { apiVersion, kind, metadata }: KubeObject,
  record: EventRecord,
  { controller, instance, now }: Reporter,
): FluxEvent | undefined {
  if (record.isTrace === true) return undefined;
  const { namespace = '', name, uid, resourceVersion, annotations = {} } = metadata;
  const own = Object.entries(record.metadata ?? {}).map(
    ([key, value]) => [`${groupOf(apiVersion)}/${key}`, value] as const,
  );
  const ofUsers = Object.entries(annotations).filter(([key]) => key.startsWith(fluxKeys.eventPrefix));
  return {
    involvedObject: {
      kind,
      namespace,
      name,
      apiVersion,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    severity: record.type === 'Warning' ? 'error' : 'info',
    timestamp: formatInstant(now),
    message: record.message.slice(0, longestMessage),
    reason: record.reason,
    metadata: Object.fromEntries([...ofUsers, ...own]),
    reportingController: controller,
    reportingInstance: instance,
  };
}

function filled(holder: unknown, ...fields: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = textAt(holder, field) ?? '';
      return value === '' ? [] : [[field, value]];
    }),
  );
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );
}
