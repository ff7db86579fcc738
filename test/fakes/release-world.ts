import { readdirSync, readFileSync } from 'node:fs';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { createAnalysisRunController } from '#controllers/analysis-run/index.js';
import { createExperimentController } from '#controllers/experiment/index.js';
import { createRolloutController } from '#controllers/rollout/index.js';
import { actionPatch, type ActionVerb } from '#core/rollout-actions/action-patch.js';
import { addMs, type Instant } from '#core/time/instant.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import type { ImageScripts } from '#sandbox/pods/scripted/script.js';
import { createVirtualSandbox, type VirtualSandbox } from '#sandbox/virtual-sandbox.js';
import { scriptedMetrics, type ScriptedMetrics } from './scripted-metrics.js';
import { createSilentLog } from './silent-log.js';

export interface ReleaseWorldOptions {
  readonly objects: readonly KubeObject[];
  /** The Rollout that the questions are about. */
  readonly rollout: { readonly namespace: string; readonly name: string };
  /** What Prometheus answers at a moment. Default: all is well. */
  readonly metric?: () => MetricOutcome;
  readonly images?: ImageScripts;
}

/** The answer of an instant query: one number for each series. */
export function vectorOutcome(...values: readonly number[]): MetricOutcome {
  return { kind: 'value', result: Float64Array.from(values), value: `[${values.join(',')}]` };
}

/** One Rollout in a virtual cluster with the controllers of rollouts and analysis runs, and a gateway in front of it. */
export class ReleaseWorld {
  readonly sandbox: VirtualSandbox;
  readonly metrics: ScriptedMetrics;
  readonly failures: string[] = [];
  readonly #where: ReleaseWorldOptions['rollout'];

  constructor(options: ReleaseWorldOptions) {
    this.#where = options.rollout;
    this.sandbox = createVirtualSandbox({
      objects: [...crds(), ...options.objects],
      gateway: { endpointDelayMs: 200, routeDelayMs: 300 },
      ...(options.images === undefined ? {} : { images: options.images }),
      onError: ({ controller, error }) => this.failures.push(`${controller}: ${error.message}`),
    });
    const { engine, clock, kube, events } = this.sandbox;
    const answer = options.metric ?? (() => vectorOutcome(1));
    this.metrics = scriptedMetrics('prometheus', clock, () => answer());
    const deps = { cache: engine.cache, kube: engine.ownWrites(kube), clock, log: createSilentLog(), events };
    engine.start(createRolloutController(deps, { watches: engine }));
    engine.start(createExperimentController(deps));
    engine.start(createAnalysisRunController({ ...deps, sources: { prometheus: this.metrics } }));
  }

  async rollout(): Promise<Rollout> {
    const found = await this.sandbox.kube.get<Rollout>({ kind: kinds.rollout, ...this.#where });
    if (found === undefined) throw new Error(`there is no Rollout ${this.#where.name}`);
    return found;
  }

  /** `phase: message`. */
  async says(): Promise<string> {
    const { status } = await this.rollout();
    return `${status?.phase ?? 'no phase'}: ${status?.message ?? ''}`.replace(/: $/, '');
  }

  /** `status reason: message` of a condition of the Rollout. */
  async condition(type: string): Promise<string> {
    const found = (await this.rollout()).status?.conditions?.find((condition) => condition.type === type);
    return found === undefined ? 'absent' : `${found.status} ${found.reason ?? ''}: ${found.message ?? ''}`;
  }

  /** `type reason: message` of the events about the Rollout, oldest first. */
  async events(): Promise<readonly string[]> {
    const { items } = await this.sandbox.kube.list(kinds.event, { namespace: this.#where.namespace });
    return items
      .filter((event) => (event['involvedObject'] as KubeObject).kind === 'Rollout')
      .map((event) => `${String(event['type'])} ${String(event['reason'])}: ${String(event['message'])}`);
  }

  async runs(): Promise<readonly AnalysisRun[]> {
    const { namespace } = this.#where;
    return (await this.sandbox.kube.list<AnalysisRun>(kinds.analysisRun, { namespace })).items;
  }

  async create(object: KubeObject): Promise<void> {
    const kind = await this.sandbox.kube.resolve(object.apiVersion ?? '', object.kind ?? '');
    if (kind === undefined) throw new Error(`no such kind: ${object.kind ?? ''}`);
    await this.sandbox.kube.create(kind, object);
  }

  async patch(body: unknown, kind: Kind = kinds.rollout, name = this.#where.name): Promise<void> {
    await this.sandbox.kube.patch({ kind, namespace: this.#where.namespace, name }, { type: 'merge', body });
  }

  /** The whole of it, so that what a mistake added is gone. */
  async replaceStrategy(strategy: Rollout['spec']['strategy']): Promise<void> {
    const body = [{ op: 'replace' as const, path: '/spec/strategy', value: strategy }];
    await this.sandbox.kube.patch({ kind: kinds.rollout, ...this.#where }, { type: 'json', body });
  }

  async setImage(image: string): Promise<void> {
    const [container] = (await this.rollout()).spec.template?.spec?.containers ?? [];
    await this.patch({ spec: { template: { spec: { containers: [{ ...container, image }] } } } });
  }

  /** What a person does, by the very writes of the command line and the page. @returns false when it is refused. */
  async act(verb: ActionVerb): Promise<boolean> {
    const plan = actionPatch(verb, await this.rollout(), { now: this.sandbox.clock.now() });
    for (const { patch, subresource } of plan.ok ? plan.writes : []) {
      const options = subresource === undefined ? {} : { subresource };
      await this.sandbox.kube.patch({ kind: kinds.rollout, ...this.#where }, patch, options);
    }
    return plan.ok;
  }

  /** Lets time go by, looking every two seconds, until it is so; fails after the minutes with what the Rollout says. */
  async until(isSo: (rollout: Rollout) => boolean, minutes = 5): Promise<void> {
    const end: Instant = addMs(this.sandbox.clock.now(), minutes * 60_000);
    await this.sandbox.clock.settle();
    while (!isSo(await this.rollout())) {
      if (this.sandbox.clock.now() >= end)
        throw new Error(`not within ${minutes} minutes: ${await this.says()}`);
      await this.sandbox.clock.advance(2_000);
    }
  }

  /** As `until`, for a phase. */
  async untilPhase(phase: string, minutes?: number): Promise<void> {
    await this.until((rollout) => isObserved(rollout) && rollout.status?.phase === phase, minutes);
  }
}

/** Whether the status speaks of the spec that is there now. */
function isObserved({ metadata, status }: Rollout): boolean {
  return String(status?.observedGeneration) === String(metadata.generation);
}

/** The objects of a folder of manifests. */
export function objectsIn(folder: string): readonly KubeObject[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .flatMap((name) => {
      const parsed = parseYamlStream(readFileSync(`${folder}/${name}`, 'utf8'));
      if (!parsed.ok) throw new Error(`${folder}/${name}: ${parsed.problem.message}`);
      return parsed.value as readonly KubeObject[];
    });
}

let readOnce: readonly KubeObject[] | undefined;

function crds(): readonly KubeObject[] {
  return (readOnce ??= objectsIn('crds'));
}
