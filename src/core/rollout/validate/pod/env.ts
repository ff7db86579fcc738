import { isObject, type JsonObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import { firstError, invalid, required, unsupported, type Rule, type SpecError } from '../field-error.js';
import { configKeyProblem, dnsSubdomainProblem, envNameProblem, qualifiedNameProblem } from '../names.js';
import { eachOf, namedBy, optionallyNamedBy } from './fields.js';

/** Rules of the variables of a container. */
export function validateEnv(env: readonly JsonObject[], path: string): SpecError | undefined {
  return eachOf(env, path, (variable, at) =>
    firstError([
      () => namedBy(textAt(variable, 'name'), `${at}.name`, envNameProblem),
      () => validateSource(variable, `${at}.valueFrom`),
    ]),
  );
}

function validateSource(variable: JsonObject, path: string): SpecError | undefined {
  const from = variable['valueFrom'];
  if (!isObject(from)) return undefined;
  const given = Object.keys(sources).filter((kind) => isObject(from[kind]));
  const rules = given.map(
    (kind): Rule =>
      () =>
        sources[kind]?.(from[kind], `${path}.${kind}`),
  );
  return firstError([...rules, () => howMany(given.length, (textAt(variable, 'value') ?? '') !== '', path)]);
}

function howMany(count: number, hasValue: boolean, path: string): SpecError | undefined {
  const names = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
  if (count === 0) return invalid(path, '', `must specify one of: ${names}`);
  if (hasValue) return invalid(path, '', 'may not be specified when `value` is not empty');
  return count > 1 ? invalid(path, '', 'may not have more than one field specified at a time') : undefined;
}

type SourceRule = (source: unknown, path: string) => SpecError | undefined;

const sources: Readonly<Record<string, SourceRule>> = {
  fieldRef: (source, path) => validateFieldRef(source, path, envFields),
  resourceFieldRef: validateResourceFieldRef,
  configMapKeyRef: validateKeyRef,
  secretKeyRef: validateKeyRef,
};

const envFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const volumeFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'metadata.labels',
  'metadata.annotations',
];
const knownFields = [
  ...envFields,
  ...volumeFields,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
];

/** A reference to a field of the pod from a file of a volume. */
export function validateVolumeFieldRef(source: unknown, path: string): SpecError | undefined {
  return validateFieldRef(source, path, volumeFields);
}

function validateFieldRef(source: unknown, path: string, allowed: readonly string[]): SpecError | undefined {
  const at = `${path}.fieldPath`;
  const field = textAt(source, 'fieldPath') ?? '';
  if (field === '') return required(at);
  const entry = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(field);
  if (entry !== null) {
    const problem = qualifiedNameProblem(entry[2] ?? '');
    return problem === undefined ? undefined : invalid(at, entry[2], problem);
  }
  if (!knownFields.includes(field)) {
    return invalid(at, field, `error converting fieldPath: field label not supported: ${field}`);
  }
  return allowed.includes(field) ? undefined : unsupported(at, field, allowed.toSorted());
}

function validateResourceFieldRef(source: unknown, path: string): SpecError | undefined {
  const words = ['cpu', 'ephemeral-storage', 'memory'];
  const allowed = ['limits', 'requests'].flatMap((side) => words.map((word) => `${side}.${word}`));
  const resource = textAt(source, 'resource') ?? '';
  if (resource === '') return required(`${path}.resource`);
  const isHuge = /^(limits|requests)\.hugepages-/.test(resource);
  return isHuge || allowed.includes(resource)
    ? undefined
    : unsupported(`${path}.resource`, resource, allowed);
}

function validateKeyRef(source: unknown, path: string): SpecError | undefined {
  const name = textAt(source, 'name') ?? '';
  const problem = dnsSubdomainProblem(name);
  return firstError([
    () => (problem === undefined ? undefined : invalid(`${path}.name`, name, problem)),
    () => namedBy(textAt(source, 'key'), `${path}.key`, configKeyProblem),
  ]);
}

/** Rules of the objects whose keys a container gets as variables. */
export function validateEnvFrom(sourcesOf: readonly JsonObject[], path: string): SpecError | undefined {
  return eachOf(sourcesOf, path, (source, at) => {
    const given = ['configMapRef', 'secretRef'].filter((kind) => isObject(source[kind]));
    return firstError([
      () => optionallyNamedBy(textAt(source, 'prefix'), `${at}.prefix`, envNameProblem),
      ...given.map(
        (kind): Rule =>
          () =>
            namedBy(textAt(source[kind], 'name'), `${at}.${kind}.name`, dnsSubdomainProblem),
      ),
      () => {
        if (given.length === 1) return undefined;
        return given.length === 0
          ? invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`')
          : invalid(path, '', 'may not have more than one field specified at a time');
      },
    ]);
  });
}
