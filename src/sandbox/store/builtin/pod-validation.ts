import { isEqual, type JsonObject } from '#core/json/json.js';
import { duplicateValue, forbiddenValue, invalidValue, requiredValue } from '../causes.js';
import type { Cause } from '../status.js';
import { fieldsIn, itemsIn } from './pod-defaults.js';

const namePattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const nameRule = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`;

/** Problems of a pod's spec at a path. */
export function validatePodSpec(value: unknown, path: string): readonly Cause[] {
  const spec = fieldsIn(value);
  const containers = itemsIn(spec['containers']).map(fieldsIn);
  if (containers.length === 0) return [requiredValue(`${path}.containers`)];
  const initContainers = itemsIn(spec['initContainers']).map(fieldsIn);
  return [
    ...validateContainers(containers, `${path}.containers`, new Set()),
    ...validateContainers(
      initContainers,
      `${path}.initContainers`,
      new Set(containers.map((one) => one['name'])),
    ),
  ];
}

function validateContainers(
  containers: readonly JsonObject[],
  path: string,
  taken: ReadonlySet<unknown>,
): readonly Cause[] {
  const names = new Set(taken);
  return containers.flatMap((container, i) => {
    const at = `${path}[${i}]`;
    const name = typeof container['name'] === 'string' ? container['name'] : '';
    const causes: Cause[] = [];
    if (name === '') causes.push(requiredValue(`${at}.name`));
    else if (!namePattern.test(name) || name.length > 63)
      causes.push(invalidValue(`${at}.name`, name, nameRule));
    else if (names.has(name)) causes.push(duplicateValue(`${at}.name`, name));
    names.add(name);
    if (container['image'] === undefined || container['image'] === '')
      causes.push(requiredValue(`${at}.image`));
    itemsIn(container['ports']).forEach((port, j) => {
      const number = fieldsIn(port)['containerPort'];
      if (typeof number !== 'number' || number < 1 || number > 65_535)
        causes.push(
          invalidValue(`${at}.ports[${j}].containerPort`, number, 'must be between 1 and 65535, inclusive'),
        );
    });
    return causes;
  });
}

/** What an update of a pod may not change. */
export function validatePodUpdate(next: unknown, old: unknown): readonly Cause[] {
  if (isEqual(fixedParts(next), fixedParts(old))) return [];
  return [
    forbiddenValue(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
}

function fixedParts(value: unknown): JsonObject {
  const {
    activeDeadlineSeconds: _deadline,
    tolerations: _tolerations,
    nodeName: _node,
    ...spec
  } = fieldsIn(value);
  const withoutImages = (list: unknown): readonly unknown[] =>
    itemsIn(list).map((item) => {
      const { image: _image, ...rest } = fieldsIn(item);
      return rest;
    });
  return {
    ...spec,
    schedulingGates: undefined,
    containers: withoutImages(spec['containers']),
    initContainers: withoutImages(spec['initContainers']),
  };
}
