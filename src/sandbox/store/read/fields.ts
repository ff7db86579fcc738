import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import type { Resource } from '../resource-type.js';
import { badRequest } from '../status.js';

/** Tells whether an object is selected. */
export type Filter = (object: UnknownObject) => boolean;

interface Term {
  readonly field: string;
  readonly value: string;
  readonly isNegated: boolean;
}

const always = ['metadata.name', 'metadata.namespace'];

const fieldsOfKind: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  secrets: ['type'],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  services: ['spec.clusterIP', 'spec.type'],
  'replicasets.apps': ['status.replicas'],
  'jobs.batch': ['status.successful'],
};

/** Reads `a=b,c!=d`; throws BadRequest for syntax and for fields that the kind does not select by. */
export function fieldFilter(resource: Resource, text: string | undefined): Filter | undefined {
  if (text === undefined || text === '') return undefined;
  const terms = text.split(',').map(parseTerm);
  const known = [...always, ...(fieldsOfKind[resource.type.storageKey] ?? [])];
  for (const { field } of terms) {
    if (!known.includes(field)) throw badRequest(unknownField(resource, field));
  }
  return (object) => terms.every((term) => (textAt(object, term.field) === term.value) !== term.isNegated);
}

/** Kinds with selectable fields of their own say it in other words than kinds without. */
function unknownField(resource: Resource, field: string): string {
  if (resource.type.isCustom || fieldsOfKind[resource.type.storageKey] !== undefined)
    return `field label not supported: ${field}`;
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function parseTerm(text: string): Term {
  const match = /^([^=!]+?)(!=|==|=)(.*)$/.exec(text.trim());
  if (match === null)
    throw badRequest(
      `unable to parse field selector: invalid field selector: ${JSON.stringify(text)}; can't understand '${text}'`,
    );
  return { field: match[1] ?? '', value: match[3] ?? '', isNegated: match[2] === '!=' };
}

function textAt(object: UnknownObject, field: string): string {
  let value: unknown = object;
  for (const part of field.split('.')) value = isObject(value) ? value[part] : undefined;
  if (field === 'source' && isObject(value)) value = value['component'];
  if (value === undefined || value === null)
    return field === 'spec.unschedulable' || field === 'spec.hostNetwork' ? 'false' : '';
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? '' : JSON.stringify(value);
}
