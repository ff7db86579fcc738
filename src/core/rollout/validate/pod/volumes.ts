import { isObject, type JsonObject } from '#core/json/json.js';
import { numberAt, objectsAt, textAt } from '#core/json/read.js';
import { quantityInNanos } from '#core/template-hash/quantity.js';
import { duplicate, firstError, forbidden, invalid, required, type SpecError } from '../field-error.js';
import { dnsLabelProblem, dnsSubdomainProblem } from '../names.js';
import { validateVolumeFieldRef } from './env.js';
import { descendingPathError, eachOf, namedBy, oneOf } from './fields.js';

/** Rules of the volumes that users meet most. */
export function validateVolumes(volumes: readonly JsonObject[], path: string): SpecError | undefined {
  const names = volumes.map((volume) => textAt(volume, 'name') ?? '');
  return eachOf(volumes, path, (volume, at, i) =>
    firstError([
      () => validateVolume(volume, at),
      () => namedBy(names[i], `${at}.name`, dnsLabelProblem),
      () => (names.indexOf(names[i] ?? '') < i ? duplicate(`${at}.name`, names[i]) : undefined),
    ]),
  );
}

type VolumeRule = (source: JsonObject, path: string) => SpecError | undefined;

/** In the order in which Kubernetes looks at them. */
const kinds: Readonly<Record<string, VolumeRule>> = {
  emptyDir: validateEmptyDir,
  hostPath: validateHostPath,
  secret: (source, path) =>
    textAt(source, 'secretName') === undefined ? required(`${path}.secretName`) : validateFiles(source, path),
  nfs: validateNfs,
  persistentVolumeClaim: (source, path) =>
    (textAt(source, 'claimName') ?? '') === '' ? required(`${path}.claimName`) : undefined,
  downwardAPI: validateDownward,
  configMap: (source, path) =>
    (textAt(source, 'name') ?? '') === '' ? required(`${path}.name`) : validateFiles(source, path),
  projected: validateProjected,
  csi: (source, path) => ((textAt(source, 'driver') ?? '') === '' ? required(`${path}.driver`) : undefined),
  ephemeral: (source, path) =>
    isObject(source['volumeClaimTemplate']) ? undefined : required(`${path}.volumeClaimTemplate`),
};

function validateVolume(volume: JsonObject, path: string): SpecError | undefined {
  const [first, second] = Object.keys(kinds).filter((kind) => isObject(volume[kind]));
  if (first === undefined) return undefined;
  const source = volume[first];
  return (
    (isObject(source) ? kinds[first]?.(source, `${path}.${first}`) : undefined) ??
    (second === undefined
      ? undefined
      : forbidden(`${path}.${second}`, 'may not specify more than 1 volume type'))
  );
}

function validateEmptyDir(source: JsonObject, path: string): SpecError | undefined {
  const { sizeLimit } = source;
  const isAmount = typeof sizeLimit === 'string' || typeof sizeLimit === 'number';
  return isAmount && (quantityInNanos(sizeLimit) ?? 0n) < 0n
    ? forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')
    : undefined;
}

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

function validateHostPath(source: JsonObject, path: string): SpecError | undefined {
  const target = textAt(source, 'path') ?? '';
  if (target === '') return required(`${path}.path`);
  if (target.split('/').includes('..')) return invalid(`${path}.path`, target, "must not contain '..'");
  return oneOf(source['type'], `${path}.type`, hostPathTypes);
}

function validateNfs(source: JsonObject, path: string): SpecError | undefined {
  const target = textAt(source, 'path') ?? '';
  if ((textAt(source, 'server') ?? '') === '') return required(`${path}.server`);
  if (target === '') return required(`${path}.path`);
  return target.startsWith('/') ? undefined : invalid(`${path}.path`, target, 'must be an absolute path');
}

/** Files of a ConfigMap or Secret, and their modes. */
function validateFiles(source: JsonObject, path: string): SpecError | undefined {
  return firstError([
    () => modeError(source, 'defaultMode', path),
    () => eachOf(objectsAt(source, 'items'), `${path}.items`, validateFile),
  ]);
}

function validateFile(item: JsonObject, path: string): SpecError | undefined {
  const target = textAt(item, 'path') ?? '';
  return firstError([
    () => ((textAt(item, 'key') ?? '') === '' ? required(`${path}.key`) : undefined),
    () => (target === '' ? required(`${path}.path`) : undefined),
    () => descendingPathError(target, `${path}.path`),
    () => modeError(item, 'mode', path),
  ]);
}

function modeError(holder: JsonObject, field: string, path: string): SpecError | undefined {
  const mode = numberAt(holder, field) ?? 0;
  return mode >= 0 && mode <= 0o777
    ? undefined
    : invalid(`${path}.${field}`, mode, 'must be a number between 0 and 0777 (octal), both inclusive');
}

function validateDownward(source: JsonObject, path: string): SpecError | undefined {
  return firstError([
    () => modeError(source, 'defaultMode', path),
    () => eachOf(objectsAt(source, 'items'), path, (item) => validateDownwardFile(item, path)),
  ]);
}

function validateDownwardFile(item: JsonObject, path: string): SpecError | undefined {
  const target = textAt(item, 'path') ?? '';
  if (target === '') return required(`${path}.path`);
  const outside = descendingPathError(target, `${path}.path`);
  if (outside !== undefined) return outside;
  const { fieldRef, resourceFieldRef } = item;
  if (isObject(fieldRef)) return validateVolumeFieldRef(fieldRef, `${path}.fieldRef`);
  return isObject(resourceFieldRef)
    ? undefined
    : required(path, 'one of fieldRef and resourceFieldRef is required');
}

function validateProjected(source: JsonObject, path: string): SpecError | undefined {
  return firstError([
    () => modeError(source, 'defaultMode', path),
    () =>
      eachOf(objectsAt(source, 'sources'), `${path}.sources`, (item, at) => {
        const { secret, configMap, downwardAPI, serviceAccountToken } = item;
        if (isObject(secret)) return namedFiles(secret, `${at}.secret`);
        if (isObject(configMap)) return namedFiles(configMap, `${at}.configMap`);
        if (isObject(downwardAPI)) {
          return eachOf(objectsAt(downwardAPI, 'items'), at, (file) =>
            validateDownwardFile(file, `${at}.downwardAPI`),
          );
        }
        const isPathless =
          isObject(serviceAccountToken) && (textAt(serviceAccountToken, 'path') ?? '') === '';
        return isPathless ? required(`${path}.path`) : undefined;
      }),
  ]);
}

function namedFiles(source: JsonObject, path: string): SpecError | undefined {
  return (
    namedBy(textAt(source, 'name'), `${path}.name`, dnsSubdomainProblem) ??
    eachOf(objectsAt(source, 'items'), `${path}.items`, validateFile)
  );
}
