import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual, type JsonObject } from '#core/json/json.js';
import { invalidValue, requiredValue } from '../causes.js';
import type { KindRules } from '../resource-type.js';
import { defaultTemplate, fieldsIn, withDefaults } from './pod-defaults.js';
import { validatePodSpec } from './pod-validation.js';

/** A Job gets a selector of its own uid. */
export const jobRules: KindRules = {
  applyDefaults: (job) => ({ ...job, spec: defaultJobSpec(job['spec']) }),
  prepareCreate: withOwnSelector,
  validate: (job) => {
    const template = fieldsIn(fieldsIn(job['spec'])['template']);
    const { restartPolicy } = fieldsIn(template['spec']);
    const causes = [...validatePodSpec(template['spec'], 'spec.template.spec')];
    if (restartPolicy === 'Always')
      causes.push(requiredValue('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"'));
    return causes;
  },
  validateUpdate: (job, old) =>
    ['selector', 'template', 'completionMode'].flatMap((field) => {
      const [next, before] = [fieldsIn(job['spec'])[field], fieldsIn(old['spec'])[field]];
      return isEqual(next, before) ? [] : [invalidValue(`spec.${field}`, next, 'field is immutable')];
    }),
};

export const cronJobRules: KindRules = {
  applyDefaults: (cronJob) => {
    const spec = withDefaults(
      {
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
      },
      cronJob['spec'],
    );
    const template = fieldsIn(spec['jobTemplate']);
    const jobSpec = fieldsIn(template['spec']);
    const jobTemplate = { ...template, spec: { ...jobSpec, template: defaultTemplate(jobSpec['template']) } };
    return { ...cronJob, spec: { ...spec, jobTemplate } };
  },
};

function defaultJobSpec(value: unknown): JsonObject {
  const spec = fieldsIn(value);
  const isPlain = spec['completions'] === undefined && spec['parallelism'] === undefined;
  return {
    ...(isPlain ? { completions: 1 } : {}),
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: 'TerminatingOrFailed',
    ...spec,
    template: defaultTemplate(spec['template']),
  };
}

function withOwnSelector(job: UnknownObject): UnknownObject {
  const spec = fieldsIn(job['spec']);
  if (spec['manualSelector'] === true) return { ...job, status: {} };
  const uid = job.metadata.uid ?? '';
  const template = fieldsIn(spec['template']);
  const metadata = fieldsIn(template['metadata']);
  const labels = {
    ...fieldsIn(metadata['labels']),
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': job.metadata.name,
    'controller-uid': uid,
    'job-name': job.metadata.name,
  };
  const ownLabels = {
    ...fieldsIn(metadata['labels']),
    'batch.kubernetes.io/job-name': job.metadata.name,
    'job-name': job.metadata.name,
  } as Readonly<Record<string, string>>;
  return {
    ...job,
    metadata: { labels: ownLabels, ...job.metadata },
    status: {},
    spec: {
      ...spec,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: { ...template, metadata: { ...metadata, labels } },
    },
  };
}
