import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import type { LabelSelector } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { matchesSelector } from '#core/kube/selector.js';
import { withPodDefaults } from '#core/pod-defaults/pod-defaults.js';
import { firstError, forbidden, invalid, unsupported, type Rule, type SpecError } from './field-error.js';
import { keyError, validateLabelMap } from './pod/fields.js';
import { validatePodSpec } from './pod/pod-spec.js';

/**
 * The rules of Kubernetes for the template of a ReplicaSet, with its defaults, in its words and order. What passes here
 * and is refused by the API server still shows up when the ReplicaSet is made.
 */
export function validatePodTemplate(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
  path: string,
): SpecError | undefined {
  const { labels, annotations } = template?.metadata ?? {};
  const filled = withPodDefaults(template ?? {})['spec'];
  const spec = isObject(filled) ? filled : {};
  const { restartPolicy, activeDeadlineSeconds, ephemeralContainers } = spec;
  return firstError([
    () =>
      selector !== undefined && !matchesSelector(selector, labels)
        ? invalid(`${path}.metadata.labels`, labels, '`selector` does not match template `labels`')
        : undefined,
    () => validateLabelMap(labels, `${path}.labels`),
    ...Object.keys(annotations ?? {}).map(
      (key): Rule =>
        () =>
          keyError(key.toLowerCase(), `${path}.annotations`) && keyError(key, `${path}.annotations`),
    ),
    () => validatePodSpec(spec, `${path}.spec`),
    () =>
      Array.isArray(ephemeralContainers) && ephemeralContainers.length > 0
        ? forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')
        : undefined,
    () =>
      restartPolicy === 'Always'
        ? undefined
        : unsupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always']),
    () =>
      activeDeadlineSeconds === undefined
        ? undefined
        : forbidden(
            `${path}.spec.activeDeadlineSeconds`,
            'activeDeadlineSeconds in ReplicaSet is not Supported',
          ),
  ]);
}
