import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Experiment, ExperimentStatus } from '#api/argoproj/experiment.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { Kube } from '#ports/kube.js';
import type { ImageScripts } from '#sandbox/pods/scripted/script.js';
import { expect } from 'chai';
import { createStoryWorld, namespace, type StoryWorld } from './world.js';

export interface LabOptions {
  readonly spec?: object;
  readonly labels?: Readonly<Record<string, string>>;
  readonly objects?: readonly KubeObject[];
  readonly images?: ImageScripts;
  readonly wrapKube?: (kube: Kube) => Kube;
}

/** A cluster in virtual time with one Experiment `lab` in it, which no Rollout owns. */
export interface Lab {
  readonly world: StoryWorld;
  pass(seconds: number): Promise<void>;
  experiment(): Promise<Experiment & { readonly status: ExperimentStatus }>;
  /** `Running` or `Failed: why`. */
  says(): Promise<string>;
  /** `a=2/2 b=1/0`: wanted and available pods of each template's ReplicaSet. */
  pods(): Promise<string>;
  replicaSet(template: string): Promise<ReplicaSet>;
  services(): Promise<readonly string[]>;
  /** `name:phase` of the runs, `stopped` for those told to end. */
  runs(): Promise<readonly string[]>;
  /** Events about the experiment, `reason: message`; warnings begin with `!`. */
  events(): Promise<readonly string[]>;
  patch(body: unknown): Promise<void>;
  /** A run ends, or goes on, as somebody says. */
  decide(run: string, phase: string, message?: string): Promise<void>;
}

/** One template of an experiment, with a port unless `ports` is empty. */
export function labTemplate(name: string, more: object = {}, image = `${name}:1`) {
  return {
    name,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 8080 }] }] },
    },
    ...more,
  };
}

/** An AnalysisTemplate with one metric that only a person decides. */
export function labAnalysis(name: string, more: object = {}, kind = 'AnalysisTemplate'): KubeObject {
  const metadata = kind === 'AnalysisTemplate' ? { name, namespace } : { name };
  const metric = { name: 'success', count: 1, provider: { web: { url: 'http://nowhere' } } };
  const object = { apiVersion: 'argoproj.io/v1alpha1', kind, metadata, spec: { metrics: [metric], ...more } };
  return object;
}

export function labExperiment(spec: object, labels: Readonly<Record<string, string>> = {}): KubeObject {
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'lab', namespace, labels },
    spec,
  };
  return object;
}

export function createLab(options: LabOptions = {}): Lab {
  const { spec = { templates: [labTemplate('a'), labTemplate('b')] } } = options;
  const world = createStoryWorld({
    objects: [...(options.objects ?? []), labExperiment(spec, options.labels)],
    ...(options.images === undefined ? {} : { images: options.images }),
    ...(options.wrapKube === undefined ? {} : { wrapKube: options.wrapKube }),
  });
  const experiment = async () =>
    (await world.get(kinds.experiment, 'lab')) as unknown as Experiment & {
      readonly status: ExperimentStatus;
    };
  return {
    world,
    experiment,
    pass: async (seconds) => {
      await world.sandbox.clock.advance(seconds * 1000);
      await world.sandbox.clock.settle();
    },
    says: async () => {
      const { status } = await experiment();
      const { phase = '', message } = status;
      return message === undefined ? phase : `${phase}: ${message}`;
    },
    pods: async () =>
      (await world.replicaSets())
        .map(({ metadata, spec: { replicas = 1 }, status }) => {
          const template = metadata.annotations?.['experiment.argoproj.io/template-name'] ?? metadata.name;
          return `${template}=${replicas}/${status?.availableReplicas ?? 0}`;
        })
        .join(' '),
    replicaSet: async (template) =>
      (await world.replicaSets()).find(
        ({ metadata }) => metadata.annotations?.['experiment.argoproj.io/template-name'] === template,
      )!,
    services: async () => (await world.services()).map(({ metadata }) => metadata.name),
    runs: async () => (await world.runs()).map(describeRun),
    events: async () => eventsAbout(world, 'Experiment'),
    patch: (body) => world.patch(kinds.experiment, 'lab', body),
    decide: (run, phase, message) =>
      world.patch(kinds.analysisRun, run, {
        status: { phase, ...(message === undefined ? {} : { message }) },
      }),
  };
}

function describeRun({ metadata, spec, status }: AnalysisRun): string {
  return `${metadata.name}:${spec.terminate === true ? 'stopped' : (status?.phase ?? 'open')}`;
}

/** Events about objects of one kind, in their order. */
export async function eventsAbout(world: StoryWorld, kind: string): Promise<readonly string[]> {
  const { items } = await world.sandbox.kube.list(kinds.event, { namespace });
  return items.flatMap((item) => {
    const event = item as unknown as {
      readonly type: string;
      readonly reason: string;
      readonly message: string;
      readonly involvedObject?: { readonly kind?: string };
    };
    if (event.involvedObject?.kind !== kind) return [];
    return [`${event.type === 'Warning' ? '! ' : ''}${event.reason}: ${event.message}`];
  });
}

/** The end of a lab: nothing failed, and nothing is written any more. */
export async function comesToRest(lab: Lab): Promise<void> {
  const before = lab.world.sandbox.journal().length;
  await lab.pass(1200);
  expect(lab.world.sandbox.journal().slice(before), 'writes at rest').to.deep.equal([]);
  expect(lab.world.failures, 'failed passes').to.deep.equal([]);
}
