import type { UnknownObject } from '#api/k8s/meta.js';
import type { JsonObject } from '#core/json/json.js';
import { ageColumn, ageOf, column, nameColumn, wide, type Column } from './column.js';
import { fields, items, text } from './read.js';
import type { Instant } from '#core/time/instant.js';

/** What `kubectl get pods` shows. */
export const podColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (pod) => {
    const containers = containerStatuses(pod);
    const total = items(fields(pod['spec'])['containers']).length;
    return `${containers.filter((one) => one['ready'] === true).length}/${total}`;
  }),
  column('Status', podStatus),
  column('Restarts', restarts),
  ageColumn,
  wide('IP', (pod) => text(fields(pod['status'])['podIP'], '<none>')),
  wide('Node', (pod) => text(fields(pod['spec'])['nodeName'], '<none>')),
  wide('Nominated Node', (pod) => text(fields(pod['status'])['nominatedNodeName'], '<none>')),
  wide('Readiness Gates', readinessGates),
];

function containerStatuses(pod: UnknownObject): readonly JsonObject[] {
  return items(fields(pod['status'])['containerStatuses']).map(fields);
}

/** The one word for a pod's state: the reason of a container that waits or ended goes before the phase. */
function podStatus(pod: UnknownObject): string {
  const status = fields(pod['status']);
  if (pod.metadata.deletionTimestamp !== undefined)
    return status['reason'] === 'NodeLost' ? 'Unknown' : 'Terminating';
  const reasons = containerStatuses(pod)
    .map(containerReason)
    .filter((one) => one !== undefined);
  const reason = reasons[0] ?? text(status['reason'], text(status['phase']));
  const isRunning = containerStatuses(pod).some(
    (one) => one['ready'] === true && fields(one['state'])['running'] !== undefined,
  );
  return reason === 'Completed' && isRunning ? 'Running' : reason;
}

function containerReason(container: JsonObject): string | undefined {
  const state = fields(container['state']);
  const waiting = text(fields(state['waiting'])['reason']);
  if (waiting !== '') return waiting;
  if (state['terminated'] === undefined) return undefined;
  const terminated = fields(state['terminated']);
  const reason = text(terminated['reason']);
  if (reason !== '') return reason;
  const { signal } = terminated;
  return typeof signal === 'number' && signal !== 0
    ? `Signal:${signal}`
    : `ExitCode:${text(terminated['exitCode'])}`;
}

function restarts(pod: UnknownObject, now: Instant): string {
  const containers = containerStatuses(pod);
  const total = containers.reduce((sum, one) => sum + Number(one['restartCount'] ?? 0), 0);
  const last = containers
    .map((one) => text(fields(fields(one['lastState'])['terminated'])['finishedAt']))
    .filter((one) => one !== '')
    .sort()
    .at(-1);
  return total === 0 || last === undefined ? String(total) : `${total} (${ageOf(last, now)} ago)`;
}

function readinessGates(pod: UnknownObject): string {
  const gates = items(fields(pod['spec'])['readinessGates']).map((gate) =>
    text(fields(gate)['conditionType']),
  );
  if (gates.length === 0) return '<none>';
  const conditions = items(fields(pod['status'])['conditions']).map(fields);
  const ready = gates.filter((gate) =>
    conditions.some((one) => one['type'] === gate && one['status'] === 'True'),
  );
  return `${ready.length}/${gates.length}`;
}
