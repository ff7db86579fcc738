import { isObject, type JsonObject } from '#core/json/json.js';
import { numberAt, objectAt, objectsAt, textAt, textsAt } from '#core/json/read.js';
import { firstError, invalid, required, forbidden, type Rule, type SpecError } from '../field-error.js';
import { dnsLabelProblem, labelValueProblem } from '../names.js';
import { validateLabelSelector } from '../selector.js';
import { eachOf, keyError, oneOf, optionallyNamedBy } from './fields.js';

/** Rules of the taints that a pod bears. */
export function validateTolerations(list: readonly JsonObject[], path: string): SpecError | undefined {
  return eachOf(list, path, (toleration, at) => {
    const key = textAt(toleration, 'key') ?? '';
    const operator = textAt(toleration, 'operator') ?? '';
    const effect = textAt(toleration, 'effect') ?? '';
    const hasSeconds = numberAt(toleration, 'tolerationSeconds') !== undefined;
    return firstError([
      () => (key === '' ? undefined : keyError(key, `${at}.key`)),
      () =>
        key === '' && operator !== 'Exists'
          ? invalid(
              `${at}.operator`,
              operator,
              'operator must be Exists when `key` is empty, which means "match all values and all keys"',
            )
          : undefined,
      () =>
        hasSeconds && effect !== 'NoExecute'
          ? invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
          : undefined,
      () => validateTolerationValue(operator, textAt(toleration, 'value') ?? '', `${at}.operator`),
      () =>
        effect === ''
          ? undefined
          : oneOf(effect, `${at}.effect`, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
    ]);
  });
}

function validateTolerationValue(operator: string, value: string, path: string): SpecError | undefined {
  if (operator === 'Exists') {
    return value === '' ? undefined : invalid(path, value, "value must be empty when `operator` is 'Exists'");
  }
  if (operator !== '' && operator !== 'Equal') return oneOf(operator, path, ['Equal', 'Exists']);
  return optionallyNamedBy(value, path, labelValueProblem);
}

/** Rules of how pods are spread. */
export function validateSpread(list: readonly JsonObject[], path: string): SpecError | undefined {
  return eachOf(list, path, (constraint, at) => {
    const skew = numberAt(constraint, 'maxSkew') ?? 0;
    const key = textAt(constraint, 'topologyKey') ?? '';
    return firstError([
      () => (skew > 0 ? undefined : invalid(`${at}.maxSkew`, skew, 'must be greater than zero')),
      () => (key === '' ? required(`${at}.topologyKey`, 'can not be empty') : undefined),
      () => keyError(key, `${at}.topologyKey`),
      () =>
        oneOf(constraint['whenUnsatisfiable'] ?? '', `${at}.whenUnsatisfiable`, [
          'DoNotSchedule',
          'ScheduleAnyway',
        ]),
      () => validateLabelSelector(objectAt(constraint, 'labelSelector'), `${at}.labelSelector`),
    ]);
  });
}

const hard = 'requiredDuringSchedulingIgnoredDuringExecution';
const soft = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Rules of the nodes and neighbours that a pod wants or avoids. */
export function validateAffinity(affinity: unknown, path: string): SpecError | undefined {
  if (!isObject(affinity)) return undefined;
  return firstError([
    () => validateNodeAffinity(affinity['nodeAffinity'], `${path}.nodeAffinity`),
    () => validatePodAffinity(affinity['podAffinity'], `${path}.podAffinity`),
    () => validatePodAffinity(affinity['podAntiAffinity'], `${path}.podAntiAffinity`),
  ]);
}

function validateNodeAffinity(affinity: unknown, path: string): SpecError | undefined {
  if (!isObject(affinity)) return undefined;
  const needed = affinity[hard];
  const at = `${path}.${hard}.nodeSelectorTerms`;
  const terms = objectsAt(needed, 'nodeSelectorTerms');
  return firstError([
    () =>
      isObject(needed) && terms.length === 0
        ? required(at, 'must have at least one node selector term')
        : undefined,
    () => eachOf(terms, at, validateNodeTerm),
    () =>
      eachOf(objectsAt(affinity, soft), `${path}.${soft}`, (item, itemPath) =>
        firstError([
          () => weightError(item, itemPath),
          () => validateNodeTerm(objectAt(item, 'preference'), `${itemPath}.preference`),
        ]),
      ),
  ]);
}

function validateNodeTerm(term: JsonObject, path: string): SpecError | undefined {
  return eachOf(objectsAt(term, 'matchExpressions'), `${path}.matchExpressions`, (requirement, at) =>
    firstError([
      () => validateNodeOperator(requirement, at),
      () => keyError(textAt(requirement, 'key') ?? '', `${at}.key`),
    ]),
  );
}

function validateNodeOperator(requirement: JsonObject, path: string): SpecError | undefined {
  const count = textsAt(requirement, 'values').length;
  switch (requirement['operator']) {
    case 'In':
    case 'NotIn':
      return count > 0
        ? undefined
        : required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    case 'Exists':
    case 'DoesNotExist':
      return count === 0
        ? undefined
        : forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    case 'Gt':
    case 'Lt':
      return count === 1
        ? undefined
        : required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
    default:
      return invalid(`${path}.operator`, requirement['operator'] ?? '', 'not a valid selector operator');
  }
}

function validatePodAffinity(affinity: unknown, path: string): SpecError | undefined {
  if (!isObject(affinity)) return undefined;
  return firstError([
    () => eachOf(objectsAt(affinity, hard), `${path}.${hard}`, validatePodTerm),
    () =>
      eachOf(objectsAt(affinity, soft), `${path}.${soft}`, (item, at) =>
        firstError([
          () => weightError(item, at),
          () => validatePodTerm(objectAt(item, 'podAffinityTerm'), `${at}.podAffinityTerm`),
        ]),
      ),
  ]);
}

function validatePodTerm(term: JsonObject, path: string): SpecError | undefined {
  const key = textAt(term, 'topologyKey') ?? '';
  return firstError([
    () => validateLabelSelector(objectAt(term, 'labelSelector'), `${path}.labelSelector`),
    ...textsAt(term, 'namespaces').map((name): Rule => () => {
      const problem = dnsLabelProblem(name);
      return problem === undefined ? undefined : invalid(`${path}.namespace`, name, problem);
    }),
    () => (key === '' ? required(`${path}.topologyKey`, 'can not be empty') : undefined),
    () => keyError(key, `${path}.topologyKey`),
  ]);
}

function weightError(item: JsonObject, path: string): SpecError | undefined {
  const weight = numberAt(item, 'weight') ?? 0;
  return weight >= 1 && weight <= 100
    ? undefined
    : invalid(`${path}.weight`, weight, 'must be in the range 1-100');
}
