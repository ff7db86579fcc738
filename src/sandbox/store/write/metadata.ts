import type { ObjectMeta, UnknownObject } from '#api/k8s/meta.js';
import { invalidValue, requiredValue } from '../causes.js';
import type { ResourceType } from '../resource-type.js';
import type { Cause } from '../status.js';

const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain1123 = `${label1123}(\\.${label1123})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const labelValue = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const qualifiedPattern = new RegExp(`^${qualifiedName}$`);
const labelValuePattern = new RegExp(`^${labelValue}$`);

const nameRules = {
  subdomain: {
    pattern: new RegExp(`^${subdomain1123}$`),
    limit: 253,
    why: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain1123}')`,
  },
  label: {
    pattern: new RegExp(`^${label1123}$`),
    limit: 63,
    why: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label1123}')`,
  },
  dns1035: {
    pattern: new RegExp(`^${label1035}$`),
    limit: 63,
    why: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035}')`,
  },
  pathSegment: { pattern: /^(?!\.{1,2}$)[^/%]+$/, limit: 253, why: `may not contain '/' or '%'` },
} as const;

function nameRuleOf(type: ResourceType): (typeof nameRules)[keyof typeof nameRules] {
  if (type.group === 'rbac.authorization.k8s.io') return nameRules.pathSegment;
  if (type.group === '' && type.kind === 'Service') return nameRules.dns1035;
  return type.group === '' && type.kind === 'Namespace' ? nameRules.label : nameRules.subdomain;
}

/** Problems of name, labels, annotations and owner references. */
export function validateMetadata(type: ResourceType, object: UnknownObject): readonly Cause[] {
  const { metadata } = object;
  return [
    ...validateName(type, metadata.name),
    ...Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => [
      ...validateKey(key, 'metadata.labels'),
      ...validateLabelValue(value, 'metadata.labels'),
    ]),
    ...Object.keys(metadata.annotations ?? {}).flatMap((key) => validateKey(key, 'metadata.annotations')),
    ...validateOwners(metadata),
  ];
}

function validateName(type: ResourceType, name: string): readonly Cause[] {
  const rule = nameRuleOf(type);
  const field = 'metadata.name';
  const causes: Cause[] = [];
  if (name.length > rule.limit)
    causes.push(invalidValue(field, name, `must be no more than ${rule.limit} characters`));
  if (!rule.pattern.test(name)) causes.push(invalidValue(field, name, rule.why));
  return causes;
}

/** Problems of a label or annotation key. */
function validateKey(key: string, field: string): readonly Cause[] {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  const why: string[] = [];
  const syntax = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}')`;
  if (parts.length > 2)
    why.push(
      `a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    );
  else if (parts.length === 2 && !nameRules.subdomain.pattern.test((parts[0] ?? '').toLowerCase()))
    why.push(`prefix part ${nameRules.subdomain.why}`);
  if (name === '') why.push('name part must be non-empty');
  if (name.length > 63) why.push('name part must be no more than 63 characters');
  if (!qualifiedPattern.test(name)) why.push(syntax);
  return why.map((one) => invalidValue(field, key, one));
}

/** Problems of a label value. */
function validateLabelValue(value: string, field: string): readonly Cause[] {
  const causes: Cause[] = [];
  if (value.length > 63) causes.push(invalidValue(field, value, 'must be no more than 63 characters'));
  if (!labelValuePattern.test(value))
    causes.push(
      invalidValue(
        field,
        value,
        `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${labelValue}')`,
      ),
    );
  return causes;
}

function validateOwners(metadata: ObjectMeta): readonly Cause[] {
  const owners = metadata.ownerReferences ?? [];
  const causes = owners.flatMap((owner, i) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((field) => owner[field] === undefined || owner[field] === '')
      .map((field) => requiredValue(`metadata.ownerReferences[${i}].${field}`, `must not be empty`)),
  );
  const controllers = owners.filter((owner) => owner.controller === true);
  if (controllers.length < 2) return causes;
  const why = `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]?.name} and ${controllers[1]?.name}`;
  return [...causes, invalidValue('metadata.ownerReferences', owners, why)];
}

/** What an update may not do to the metadata. */
export function validateMetadataUpdate(next: UnknownObject, old: UnknownObject): readonly Cause[] {
  if (old.metadata.deletionTimestamp === undefined) return [];
  const before = new Set(old.metadata.finalizers);
  const added = (next.metadata.finalizers ?? []).filter((one) => !before.has(one));
  if (added.length === 0) return [];
  const list = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`;
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  return [{ reason: 'FieldValueForbidden', field: 'metadata.finalizers', message }];
}

/** An object with other metadata; a field that is `undefined` is left out. */
export function withMetadata(
  object: UnknownObject,
  change: { readonly [field in keyof ObjectMeta]?: ObjectMeta[field] | undefined },
): UnknownObject {
  const merged = Object.entries({ ...object.metadata, ...change }).filter(([, value]) => value !== undefined);
  return { ...object, metadata: Object.fromEntries(merged) as unknown as ObjectMeta };
}

/** An object without some of its top-level fields. */
export function without(object: UnknownObject, ...fields: readonly string[]): UnknownObject {
  const kept = Object.entries(object).filter(([key]) => !fields.includes(key));
  return Object.fromEntries(kept) as unknown as UnknownObject;
}

/** The finalizers after adding and removing some; `undefined` when none is left. */
export function changeFinalizers(
  object: UnknownObject,
  add: readonly string[],
  remove: readonly string[],
): readonly string[] | undefined {
  const kept = (object.metadata.finalizers ?? []).filter(
    (one) => !remove.includes(one) && !add.includes(one),
  );
  const next = [...kept, ...add];
  return next.length === 0 ? undefined : next;
}
