import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { formatSelector } from '#core/kube/selector.js';
import { parseInstant } from '#core/time/instant.js';
import { ageColumn, ageOf, column, nameColumn, wide, type Column } from './column.js';
import { humanDuration } from '#core/time/human-duration.js';
import { podColumns } from './pod-columns.js';
import { fields, items, text } from './read.js';

const spec = (object: UnknownObject): JsonObject => fields(object['spec']);
const status = (object: UnknownObject): JsonObject => fields(object['status']);
const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

const containersOf = (object: UnknownObject): readonly JsonObject[] =>
  items(fields(fields(spec(object)['template'])['spec'])['containers']).map(fields);
const selectorOf = (object: UnknownObject): string => {
  const selector = spec(object)['selector'];
  return isObject(selector) ? formatSelector(selector) : '<none>';
};

const templateColumns: readonly Column[] = [
  wide('Containers', (object) =>
    containersOf(object)
      .map((one) => text(one['name']))
      .join(','),
  ),
  wide('Images', (object) =>
    containersOf(object)
      .map((one) => text(one['image']))
      .join(','),
  ),
  wide('Selector', selectorOf),
];

const ready = column('Ready', (o) => `${count(status(o)['readyReplicas'])}/${count(spec(o)['replicas'])}`);

function integer(name: string, read: (object: UnknownObject) => unknown): Column {
  return column(name, (object) => count(read(object)), 'integer');
}

/** The columns of built-in kinds by their storage key; kinds without an entry show name and age. */
export const builtinColumns: Readonly<Record<string, readonly Column[]>> = {
  pods: podColumns,
  'deployments.apps': [
    nameColumn,
    ready,
    integer('Up-to-date', (o) => status(o)['updatedReplicas']),
    integer('Available', (o) => status(o)['availableReplicas']),
    ageColumn,
    ...templateColumns,
  ],
  'replicasets.apps': [
    nameColumn,
    integer('Desired', (o) => spec(o)['replicas']),
    integer('Current', (o) => status(o)['replicas']),
    integer('Ready', (o) => status(o)['readyReplicas']),
    ageColumn,
    ...templateColumns,
  ],
  'statefulsets.apps': [nameColumn, ready, ageColumn, ...templateColumns.slice(0, 2)],
  'daemonsets.apps': [
    nameColumn,
    integer('Desired', (o) => status(o)['desiredNumberScheduled']),
    integer('Current', (o) => status(o)['currentNumberScheduled']),
    integer('Ready', (o) => status(o)['numberReady']),
    integer('Up-to-date', (o) => status(o)['updatedNumberScheduled']),
    integer('Available', (o) => status(o)['numberAvailable']),
    ageColumn,
    ...templateColumns,
  ],
  services: [
    nameColumn,
    column('Type', (o) => text(spec(o)['type'])),
    column('Cluster-IP', (o) => text(spec(o)['clusterIP'], '<none>')),
    column('External-IP', (o) => text(spec(o)['externalName'], '<none>')),
    column(
      'Port(s)',
      (o) =>
        items(spec(o)['ports'])
          .map((port) => servicePort(fields(port)))
          .join(',') || '<none>',
    ),
    ageColumn,
    wide('Selector', (o) => pairs(spec(o)['selector'])),
  ],
  endpoints: [nameColumn, column('Endpoints', endpointsOf), ageColumn],
  'endpointslices.discovery.k8s.io': [
    nameColumn,
    column('AddressType', (o) => text(o['addressType'])),
    column(
      'Ports',
      (o) =>
        items(o['ports'])
          .map((port) => text(fields(port)['port'], '*'))
          .join(',') || '<unset>',
    ),
    column(
      'Endpoints',
      (o) =>
        items(o['endpoints'])
          .flatMap((one) => items(fields(one)['addresses']))
          .join(',') || '<unset>',
    ),
    ageColumn,
  ],
  configmaps: [nameColumn, integer('Data', (o) => sizeOf(o['data']) + sizeOf(o['binaryData'])), ageColumn],
  secrets: [
    nameColumn,
    column('Type', (o) => text(o['type'])),
    integer('Data', (o) => sizeOf(o['data'])),
    ageColumn,
  ],
  serviceaccounts: [nameColumn, integer('Secrets', (o) => items(o['secrets']).length), ageColumn],
  namespaces: [nameColumn, column('Status', (o) => text(status(o)['phase'])), ageColumn],
  nodes: [
    nameColumn,
    column('Status', nodeStatus),
    column('Roles', () => '<none>'),
    ageColumn,
    column('Version', (o) => text(fields(status(o)['nodeInfo'])['kubeletVersion'])),
  ],
  events: [
    column('Last Seen', (o, now) =>
      ageOf(o['lastTimestamp'] ?? o['eventTime'] ?? o.metadata.creationTimestamp, now),
    ),
    column('Type', (o) => text(o['type'])),
    column('Reason', (o) => text(o['reason'])),
    column('Object', (o) => involved(fields(o['involvedObject']))),
    wide('Source', (o) => text(fields(o['source'])['component'] ?? o['reportingComponent'])),
    column('Message', (o) => text(o['message']).trim()),
    wide('Count', (o) => text(o['count'], '1')),
    wide('Name', (o) => o.metadata.name),
  ],
  'jobs.batch': [
    nameColumn,
    column('Status', jobStatus),
    column('Completions', (o) => `${count(status(o)['succeeded'])}/${text(spec(o)['completions'], '1')}`),
    column('Duration', (o, now) => {
      const from = parseInstant(text(status(o)['startTime']));
      const to = parseInstant(text(status(o)['completionTime'])) ?? now;
      return from === undefined ? '' : humanDuration(to - from);
    }),
    ageColumn,
    ...templateColumns,
  ],
  'cronjobs.batch': [
    nameColumn,
    column('Schedule', (o) => text(spec(o)['schedule'])),
    column('Timezone', (o) => text(spec(o)['timeZone'], '<none>')),
    column('Suspend', (o) => (spec(o)['suspend'] === true ? 'True' : 'False')),
    integer('Active', (o) => items(status(o)['active']).length),
    column('Last Schedule', (o, now) =>
      status(o)['lastScheduleTime'] === undefined ? '<none>' : ageOf(status(o)['lastScheduleTime'], now),
    ),
    ageColumn,
  ],
  'ingresses.networking.k8s.io': [
    nameColumn,
    column('Class', (o) => text(spec(o)['ingressClassName'], '<none>')),
    column(
      'Hosts',
      (o) =>
        items(spec(o)['rules'])
          .map((rule) => text(fields(rule)['host'], '*'))
          .join(',') || '*',
    ),
    column('Address', (o) =>
      items(fields(status(o)['loadBalancer'])['ingress'])
        .map((one) => text(fields(one)['ip'] ?? fields(one)['hostname']))
        .join(','),
    ),
    column('Ports', (o) => (items(spec(o)['tls']).length > 0 ? '80, 443' : '80')),
    ageColumn,
  ],
  'ingressclasses.networking.k8s.io': [
    nameColumn,
    column('Controller', (o) => text(spec(o)['controller'])),
    column('Parameters', () => '<none>'),
    ageColumn,
  ],
  'leases.coordination.k8s.io': [
    nameColumn,
    column('Holder', (o) => text(spec(o)['holderIdentity'])),
    ageColumn,
  ],
  'poddisruptionbudgets.policy': [
    nameColumn,
    column('Min Available', (o) => text(spec(o)['minAvailable'], 'N/A')),
    column('Max Unavailable', (o) => text(spec(o)['maxUnavailable'], 'N/A')),
    integer('Allowed Disruptions', (o) => status(o)['disruptionsAllowed']),
    ageColumn,
  ],
  'horizontalpodautoscalers.autoscaling': [
    nameColumn,
    column('Reference', (o) => involved({ ...fields(spec(o)['scaleTargetRef']) })),
    column('Targets', (o) => (items(spec(o)['metrics']).length === 0 ? '<none>' : '<unknown>')),
    column('MinPods', (o) => text(spec(o)['minReplicas'], '<unset>')),
    integer('MaxPods', (o) => spec(o)['maxReplicas']),
    integer('Replicas', (o) => status(o)['currentReplicas']),
    ageColumn,
  ],
  'customresourcedefinitions.apiextensions.k8s.io': [
    nameColumn,
    column('Created At', (o) => o.metadata.creationTimestamp ?? '', 'date'),
  ],
};

function servicePort(port: JsonObject): string {
  const node = port['nodePort'] === undefined ? '' : `:${text(port['nodePort'])}`;
  return `${text(port['port'])}${node}/${text(port['protocol'])}`;
}

function pairs(value: unknown): string {
  return (
    Object.entries(fields(value))
      .map(([key, one]) => `${key}=${text(one)}`)
      .join(',') || '<none>'
  );
}

function endpointsOf(object: UnknownObject): string {
  const all = items(object['subsets']).flatMap((subset) => {
    const ports = items(fields(subset)['ports']);
    const addresses = items(fields(subset)['addresses']).map((one) => text(fields(one)['ip']));
    if (ports.length === 0) return addresses;
    return ports.flatMap((port) => addresses.map((ip) => `${ip}:${text(fields(port)['port'])}`));
  });
  const shown = all.slice(0, 3).join(',');
  return all.length === 0 ? '<none>' : all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}

function sizeOf(value: unknown): number {
  return Object.keys(fields(value)).length;
}

function nodeStatus(object: UnknownObject): string {
  const condition = items(status(object)['conditions'])
    .map(fields)
    .find((one) => one['type'] === 'Ready');
  const state = condition === undefined ? 'Unknown' : condition['status'] === 'True' ? 'Ready' : 'NotReady';
  return spec(object)['unschedulable'] === true ? `${state},SchedulingDisabled` : state;
}

function jobStatus(object: UnknownObject): string {
  const holds = (type: string): boolean =>
    items(status(object)['conditions'])
      .map(fields)
      .some((one) => one['type'] === type && one['status'] === 'True');
  const found = ['Complete', 'Failed', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds);
  return found ?? (object.metadata.deletionTimestamp === undefined ? 'Running' : 'Terminating');
}

function involved(reference: JsonObject): string {
  return `${text(reference['kind']).toLowerCase()}/${text(reference['name'])}`;
}
