import type { LabelSelector, UnknownObject } from '#api/k8s/meta.js';
import { isEqual, type JsonObject } from '#core/json/json.js';
import { matchesSelector } from '#core/kube/selector.js';
import { invalidValue, requiredValue, unsupportedValue } from '../causes.js';
import type { KindRules } from '../resource-type.js';
import type { Cause } from '../status.js';
import { defaultTemplate, fieldsIn, withDefaults } from './pod-defaults.js';
import { validatePodSpec } from './pod-validation.js';

/** Kinds that keep pods of one template alive. */
export const deploymentRules = workload('deployment', (spec) => ({
  replicas: 1,
  revisionHistoryLimit: 10,
  progressDeadlineSeconds: 600,
  ...spec,
  strategy: rollingDefaults(spec['strategy'], { maxUnavailable: '25%', maxSurge: '25%' }),
}));

export const replicaSetRules = workload('replicaset', (spec) => ({ replicas: 1, ...spec }));

export const statefulSetRules = workload('statefulset', (spec) => ({
  replicas: 1,
  podManagementPolicy: 'OrderedReady',
  revisionHistoryLimit: 10,
  persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  ...spec,
  updateStrategy: rollingDefaults(spec['updateStrategy'], { partition: 0 }),
}));

export const daemonSetRules = workload('daemonset', (spec) => ({
  revisionHistoryLimit: 10,
  ...spec,
  updateStrategy: rollingDefaults(spec['updateStrategy'], { maxUnavailable: 1, maxSurge: 0 }),
}));

function rollingDefaults(value: unknown, rolling: JsonObject): JsonObject {
  const strategy = withDefaults({ type: 'RollingUpdate' }, value);
  if (strategy['type'] !== 'RollingUpdate') return strategy;
  return { ...strategy, rollingUpdate: withDefaults(rolling, strategy['rollingUpdate']) };
}

function workload(name: string, defaults: (spec: JsonObject) => JsonObject): KindRules {
  return {
    applyDefaults: (object) => {
      const spec = fieldsIn(object['spec']);
      return { ...object, spec: { ...defaults(spec), template: defaultTemplate(spec['template']) } };
    },
    validate: (object) => validateWorkload(object, name),
    validateUpdate: (object, old) => {
      const [next, before] = [fieldsIn(object['spec'])['selector'], fieldsIn(old['spec'])['selector']];
      return isEqual(next, before) ? [] : [invalidValue('spec.selector', next, 'field is immutable')];
    },
  };
}

function validateWorkload(object: UnknownObject, name: string): readonly Cause[] {
  const spec = fieldsIn(object['spec']);
  const template = fieldsIn(spec['template']);
  const { replicas } = spec;
  const causes: Cause[] = [];
  if (typeof replicas === 'number' && replicas < 0)
    causes.push(invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'));
  causes.push(...validateSelector(spec['selector'], template, name));
  causes.push(...validatePodSpec(template['spec'], 'spec.template.spec'));
  const { restartPolicy } = fieldsIn(template['spec']);
  if (restartPolicy !== 'Always')
    causes.push(unsupportedValue('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  return causes;
}

function validateSelector(value: unknown, template: JsonObject, name: string): readonly Cause[] {
  if (value === undefined)
    return [
      requiredValue('spec.selector'),
      invalidValue(
        'spec.template.metadata.labels',
        labelsOf(template),
        '`selector` does not match template `labels`',
      ),
    ];
  const selector = value as LabelSelector;
  const isEmpty =
    Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
  if (isEmpty) return [invalidValue('spec.selector', selector, `empty selector is invalid for ${name}`)];
  if (matchesSelector(selector, labelsOf(template))) return [];
  return [
    invalidValue(
      'spec.template.metadata.labels',
      labelsOf(template),
      '`selector` does not match template `labels`',
    ),
  ];
}

function labelsOf(template: JsonObject): Readonly<Record<string, string>> {
  return fieldsIn(fieldsIn(template['metadata'])['labels']) as Readonly<Record<string, string>>;
}
