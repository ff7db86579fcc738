import { randomUUID } from 'node:crypto';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { subjectOf } from '#core/kube/object.js';
import { formatInstant } from '#core/time/instant.js';
import { actEventReason } from '#core/view/facts/told.js';
import type { KubeEvent } from '#core/view/view-input.js';
import { toAppError } from '#ports/errors.js';
import type { ActPorts } from './outcome.js';

/** What is told of an act. */
interface Told {
  readonly verb: string;
  readonly reason?: string;
  readonly requestId: string;
}

/** Leaves the person, the act and the reason in the cluster. A failure is logged, the act stands. */
export async function recordAct(
  { verb, reason = '', requestId }: Told,
  object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>,
  actor: string,
  { kube, clock, log }: Pick<ActPorts, 'kube' | 'clock' | 'log'>,
  where = '',
): Promise<void> {
  const { namespace = '', name, uid = '' } = object.metadata;
  const { apiVersion, kind } = object;
  const why = reason === '' ? '' : `: ${reason}`;
  const at = formatInstant(clock.now());
  log.info('a person acted', { actor, verb, object: subjectOf(object), requestId });
  try {
    await kube.create<KubeEvent>(kinds.event, {
      apiVersion: 'v1',
      kind: kinds.event.kind,
      metadata: { name: `${name}.${randomUUID().slice(0, 13)}`, namespace },
      involvedObject: { apiVersion, kind, namespace, name, uid },
      reason: actEventReason,
      message: `${actor} asked for ${verb}${where}${why} (request ${requestId})`,
      type: 'Normal',
      count: 1,
      firstTimestamp: at,
      lastTimestamp: at,
      source: { component: 'sluice-page' },
    });
  } catch (thrown) {
    log.warn('cannot record an act', { requestId, error: toAppError(thrown).message });
  }
}
