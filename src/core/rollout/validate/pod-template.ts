import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import type { LabelSelector } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { matchesSelector } from '#core/kube/selector.js';
import { validateContainers } from './container.js';
import {
  duplicate,
  firstError,
  forbidden,
  invalid,
  required,
  unsupported,
  type SpecError,
} from './field-error.js';
import { dnsLabelProblem, labelValueProblem } from './names.js';

/**
 * The rules of Kubernetes for the template of a ReplicaSet that users meet, in its words and order. What passes here
 * and is refused by the API server still shows up when the ReplicaSet is made.
 */
export function validatePodTemplate(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
  path: string,
): SpecError | undefined {
  const spec = template?.spec;
  const volumes = volumeNames(spec?.['volumes']);
  const containers = spec?.containers ?? [];
  const restartPolicy = spec?.restartPolicy ?? 'Always';
  return firstError([
    () => validateLabels(template, selector, path),
    () => validateVolumes(volumes, `${path}.spec.volumes`),
    () => (containers.length === 0 ? required(`${path}.spec.containers`) : undefined),
    () => validateContainers(containers, new Set(volumes), `${path}.spec.containers`),
    () =>
      validateContainers(
        spec?.initContainers ?? [],
        new Set(volumes),
        `${path}.spec.initContainers`,
        containers.map((container) => container.name),
      ),
    () =>
      restartPolicy === 'Always'
        ? undefined
        : unsupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always']),
    () =>
      spec?.['activeDeadlineSeconds'] === undefined
        ? undefined
        : forbidden(
            `${path}.spec.activeDeadlineSeconds`,
            'activeDeadlineSeconds in ReplicaSet is not Supported',
          ),
  ]);
}

function validateLabels(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
  path: string,
): SpecError | undefined {
  const labels = template?.metadata?.labels;
  if (selector !== undefined && !matchesSelector(selector, labels)) {
    return invalid(`${path}.metadata.labels`, labels, '`selector` does not match template `labels`');
  }
  return firstError(
    Object.values(labels ?? {}).map((value) => () => {
      const problem = labelValueProblem(value);
      return problem === undefined ? undefined : invalid(`${path}.labels`, value, problem);
    }),
  );
}

function volumeNames(volumes: unknown): readonly string[] {
  if (!Array.isArray(volumes)) return [];
  return volumes.map((volume) => {
    const name = isObject(volume) ? volume['name'] : undefined;
    return typeof name === 'string' ? name : '';
  });
}

function validateVolumes(names: readonly string[], path: string): SpecError | undefined {
  return firstError(
    names.map((name, i) => () => {
      if (name === '') return required(`${path}[${i}].name`);
      const problem = dnsLabelProblem(name);
      if (problem !== undefined) return invalid(`${path}[${i}].name`, name, problem);
      return names.indexOf(name) < i ? duplicate(`${path}[${i}].name`, name) : undefined;
    }),
  );
}
