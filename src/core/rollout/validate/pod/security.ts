import { isObject, type JsonObject } from '#core/json/json.js';
import { numberAt, objectsAt, textAt } from '#core/json/read.js';
import { firstError, invalid, required, type Rule, type SpecError } from '../field-error.js';
import { eachOf, oneOf } from './fields.js';

/** Rules of how a container runs. `privileged` is not looked at: whether it is allowed is the cluster's to say. */
export function validateSecurityContext(context: unknown, path: string): SpecError | undefined {
  if (!isObject(context)) return undefined;
  return firstError([
    () => idError(numberAt(context, 'runAsUser'), `${path}.runAsUser`),
    () => idError(numberAt(context, 'runAsGroup'), `${path}.runAsGroup`),
    () => oneOf(context['procMount'], `${path}.procMount`, ['Default', 'Unmasked']),
    () => validateSeccomp(context['seccompProfile'], `${path}.seccompProfile`),
  ]);
}

/** Rules of how all containers of a pod run. */
export function validatePodSecurityContext(context: unknown, path: string): SpecError | undefined {
  if (!isObject(context)) return undefined;
  const groups = Array.isArray(context['supplementalGroups']) ? context['supplementalGroups'] : [];
  return firstError([
    () => idError(numberAt(context, 'fsGroup'), `${path}.fsGroup`),
    () => idError(numberAt(context, 'runAsUser'), `${path}.runAsUser`),
    () => idError(numberAt(context, 'runAsGroup'), `${path}.runAsGroup`),
    ...groups.map(
      (id, i): Rule =>
        () =>
          typeof id === 'number' ? idError(id, `${path}.supplementalGroups[${i}]`) : undefined,
    ),
    () => validateSysctls(objectsAt(context, 'sysctls'), `${path}.sysctls`),
    () => oneOf(context['fsGroupChangePolicy'], `${path}.fsGroupChangePolicy`, ['Always', 'OnRootMismatch']),
    () => validateSeccomp(context['seccompProfile'], `${path}.seccompProfile`),
  ]);
}

function idError(id: number | undefined, path: string): SpecError | undefined {
  return id === undefined || (id >= 0 && id <= 2_147_483_647)
    ? undefined
    : invalid(path, id, 'must be between 0 and 2147483647, inclusive');
}

function validateSeccomp(profile: unknown, path: string): SpecError | undefined {
  if (!isObject(profile)) return undefined;
  const { type } = profile;
  const file = textAt(profile, 'localhostProfile');
  if (type === 'Localhost' && file === undefined) {
    return required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost');
  }
  if (type !== 'Localhost' && file !== undefined) {
    return invalid(`${path}.localhostProfile`, file, 'can only be set when seccomp type is Localhost');
  }
  return oneOf(type ?? '', `${path}.type`, ['Localhost', 'RuntimeDefault', 'Unconfined']);
}

const sysctlPattern = String.raw`^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`;

function validateSysctls(sysctls: readonly JsonObject[], path: string): SpecError | undefined {
  return eachOf(sysctls, path, (sysctl, at) => {
    const name = textAt(sysctl, 'name') ?? '';
    if (name === '') return required(`${at}.name`);
    return name.length <= 253 && new RegExp(sysctlPattern).test(name)
      ? undefined
      : invalid(`${at}.name`, name, `must have at most 253 characters and match regex ${sysctlPattern}`);
  });
}
