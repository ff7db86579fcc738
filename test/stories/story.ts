import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { parseGoDuration } from '#core/time/duration.js';
import { formatInstant, instantOf, parseInstant } from '#core/time/instant.js';
import { parseYaml } from '#core/yaml/yaml.js';
import type { ImageScripts } from '#sandbox/pods/scripted/script.js';
import { isReady } from '#sandbox/workloads/pod-state.js';
import { Watchman } from '../laws/watchman.js';
import { namespace, createStoryWorld, type StoryWorld } from './world.js';
import { shopObjects, templateOf, type ShopOptions } from './shop.js';

/** The head of a story: YAML until `---`. */
interface StoryHead extends ShopOptions {
  readonly images?: ImageScripts;
  /** Names of AnalysisTemplates with one metric that somebody else decides. */
  readonly templates?: readonly string[];
}

interface StoryLine {
  readonly number: number;
  readonly atMs: number;
  readonly words: string;
}

/**
 * A story as text. After the head come lines `at 10s  <order> … expect <claims>`; moments count from the first
 * reconcile. Lines without `at` belong to the moment of the line above; `#` begins a comment.
 */
export interface Story {
  readonly head: StoryHead;
  readonly lines: readonly StoryLine[];
}

export function parseStory(text: string): Story {
  const cut = text.indexOf('\n---\n');
  const parsed = parseYaml(text.slice(0, cut));
  if (!parsed.ok) throw new Error(`the head is no YAML: ${parsed.problem.message}`);
  const offset = text.slice(0, cut).split('\n').length + 2;
  let atMs = 0;
  const lines = text
    .slice(cut + 5)
    .split('\n')
    .flatMap((raw, i): StoryLine[] => {
      const line = raw.replace(/(^|\s)#.*$/, '').trim();
      if (line === '') return [];
      const timed = /^at (\S+)\s*(.*)$/.exec(line);
      if (timed !== null) atMs = parseGoDuration(timed[1] ?? '') ?? Number.NaN;
      if (Number.isNaN(atMs)) throw new Error(`line ${offset + i}: no moment: ${line}`);
      return [{ number: offset + i, atMs, words: timed?.[2] ?? line }];
    });
  return { head: parsed.value as StoryHead, lines };
}

/** Plays a story in virtual time; the first claim that does not hold fails with its line. */
export async function playStory(story: Story): Promise<void> {
  const { head } = story;
  const world = createStoryWorld({
    objects: [...shopObjects(head), ...(head.templates ?? []).map(template)],
    ...(head.images === undefined ? {} : { images: head.images }),
  });
  const watchman = new Watchman(world.sandbox, { propagationMs: 1000 });
  const start = world.sandbox.clock.now();
  for (const { number, atMs, words } of story.lines) {
    await world.sandbox.clock.runUntil(instantOf(start + atMs));
    await world.sandbox.clock.settle();
    const [order = '', claims] = words.split(/(?:^|\s+)expect\s+/);
    if (order.trim() !== '') {
      await obey(world, order.trim());
      await world.sandbox.clock.settle();
    }
    for (const claim of claims?.match(/[^\s=]+=(?:"[^"]*"|\S*)/g) ?? []) await check(world, claim, number);
  }
  expect(watchman.broken, 'invariants').to.deep.equal([]);
  expect(world.failures, 'failed passes').to.deep.equal([]);
}

function template(name: string): KubeObject {
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name, namespace },
    spec: {
      args: [{ name: 'hash', value: 'none' }],
      metrics: [{ name: 'success', count: 1, provider: { web: { url: 'http://nowhere' } } }],
    },
  };
  return object;
}

async function obey(world: StoryWorld, order: string): Promise<void> {
  const [verb = '', ...rest] = order.split(/\s+/);
  const status = (patch: object) => world.patch(kinds.rollout, 'web', { status: patch }, 'status');
  const spec = (patch: object) => world.patch(kinds.rollout, 'web', { spec: patch });
  const value = (rest[0] ?? '').replace(/^\w+=/, '');
  const orders: Readonly<Record<string, () => Promise<void>>> = {
    apply: () => spec({ template: templateOf(value) }),
    restart: () => spec({ restartAt: formatInstant(world.sandbox.clock.now()) }),
    scale: () => spec({ replicas: Number(value) }),
    abort: () => status({ abort: true }),
    retry: () => status({ abort: false }),
    promote: () => (value === 'full' ? status({ promoteFull: true }) : status({ pauseConditions: null })),
    pause: () => spec({ paused: true }),
    unpause: () => spec({ paused: false }),
    kill: () => Promise.resolve(world.restart()),
    // Any other change, as JSON in the rest of the line.
    spec: () => spec(JSON.parse(rest.join(' ')) as object),
    status: () => status(JSON.parse(rest.join(' ')) as object),
    weight: () => setWeightByHand(world, Number(value)),
    run: () => decideRun(world, rest[0] ?? '', rest[1] ?? ''),
    accept: async () =>
      status({
        pauseConditions: null,
        controllerPause: false,
        currentStepIndex: ((await world.rollout()).status.currentStepIndex ?? 0) + 1,
      }),
    skip: async () =>
      status({ currentStepIndex: ((await world.rollout()).status.currentStepIndex ?? 0) + 1 }),
  };
  const known = orders[verb];
  orderedAt.set(world, world.decisions.length);
  if (known === undefined) throw new Error(`no such order: ${order}`);
  await known();
}

/** Somebody edits the route behind our back. */
async function setWeightByHand(world: StoryWorld, weight: number): Promise<void> {
  const route = [
    { destination: { host: 'web' }, weight: 100 - weight },
    { destination: { host: 'web-canary' }, weight },
  ];
  await world.patch(virtualService, 'web', { spec: { http: [{ name: 'primary', route }] } });
}

const virtualService = {
  group: 'networking.istio.io',
  version: 'v1alpha3',
  kind: 'VirtualService',
  plural: 'virtualservices',
  namespaced: true,
};

/** The measurements of the newest unfinished run of a type end like this. */
async function decideRun(world: StoryWorld, type: string, phase: string): Promise<void> {
  const run = (await world.runs()).findLast(
    ({ metadata, status }) =>
      metadata.labels?.['rollout-type']?.toLowerCase().startsWith(type) === true && isOpen(status?.phase),
  );
  if (run === undefined) throw new Error(`no open ${type} run`);
  await world.patch(kinds.analysisRun, run.metadata.name, { status: { phase, message: `it is ${phase}` } });
}

function isOpen(phase: string | undefined): boolean {
  return phase === undefined || phase === 'Pending' || phase === 'Running';
}

async function check(world: StoryWorld, claim: string, line: number): Promise<void> {
  const at = claim.indexOf('=');
  const name = claim.slice(0, at);
  const wanted = claim.slice(at + 1).replaceAll('"', '');
  const read = claims[name];
  if (read === undefined) throw new Error(`line ${line}: no such claim: ${name}`);
  const actual = await read(world, wanted);
  expect(`${name}=${actual}`, `line ${line}, ${world.decisions.at(-1)?.because ?? ''}`).to.equal(
    `${name}=${wanted}`,
  );
}

type Claim = (world: StoryWorld, wanted: string) => Promise<string>;

/** A text claim holds when the actual text contains it; then the wanted text itself is what is compared. */
function containing(texts: readonly string[], wanted: string): string {
  return texts.some((text) => text.includes(wanted)) ? wanted : texts.join(' | ');
}

const claims: Readonly<Record<string, Claim>> = {
  phase: async (world) => (await world.rollout()).status.phase ?? '',
  message: async (world, wanted) => containing([(await world.rollout()).status.message ?? ''], wanted),
  step: async (world) => String((await world.rollout()).status.currentStepIndex ?? 'none'),
  weight: async (world) => String((await world.rollout()).status.canary?.weights?.canary.weight ?? 'none'),
  pods: async (world, wanted) => podsOf(world, wanted),
  ready: async (world) =>
    String(
      (await world.pods()).filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod))
        .length,
    ),
  completion: async (world) => (await world.rollout()).status.duration?.completionStatus ?? 'open',
  tookSeconds: async (world) => {
    const { rolloutStartedAt, finishedAt } = (await world.rollout()).status.duration ?? {};
    const [from, to] = [parseInstant(rolloutStartedAt), parseInstant(finishedAt)];
    return from === undefined || to === undefined ? 'open' : String((to - from) / 1000);
  },
  heldSeconds: async (world) =>
    String((await world.rollout()).status.duration?.totalManualPauseDurationSeconds ?? 0),
  restarted: async (world) => {
    const { spec, status } = await world.rollout();
    return spec.restartAt === status.restartedAt ? 'yes' : 'no';
  },
  stable: async (world) => selectedImage(world, 'web'),
  canary: async (world) => selectedImage(world, 'web-canary'),
  active: async (world) => selectedImage(world, 'web'),
  preview: async (world) => selectedImage(world, 'web-canary'),
  event: async (world, wanted) => containing(await world.events(), wanted),
  noevent: async (world, wanted) =>
    (await world.events()).some((text) => text.includes(wanted)) ? 'there' : wanted,
  waits: async (world, wanted) =>
    containing(world.decisions.at(-1)?.waitingFor.map(({ what }) => what) ?? [], wanted),
  condition: async (world, wanted) =>
    containing(
      ((await world.rollout()).status.conditions ?? []).map(
        ({ type, status, reason }) => `${type}/${status}/${reason}`,
      ),
      wanted,
    ),
  runs: async (world) => (await world.runs()).map(describeRun).sort().join(','),
  roles: async (world) =>
    (await world.pods())
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.labels?.['role'] ?? 'none')
      .sort()
      .join(','),
  // The reasons of all events since the last order, no more and no less.
  told: async (world) =>
    world.decisions
      .slice(orderedAt.get(world) ?? 0)
      .flatMap(({ events }) => events.map(({ reason }) => reason))
      .join(','),
  // What one field of the Rollout says, by its path: `field=status.blueGreen.activeSelector:`.
  field: async (world, wanted) => {
    const path = wanted.slice(0, wanted.indexOf(':'));
    return `${path}:${readPath(await world.rollout(), path)}`;
  },
  order: async (world, wanted) => eventOrder(await world.events(), wanted),
};

/** How many decisions there were when the last order was given. */
const orderedAt = new WeakMap<StoryWorld, number>();

function readPath(from: unknown, path: string): string {
  let at = from;
  for (const key of path.split('.')) at = (at as Record<string, unknown> | undefined)?.[key];
  if (at === undefined) return 'none';
  return typeof at === 'string' ? at : JSON.stringify(at);
}

function describeRun({ metadata, spec, status }: AnalysisRun): string {
  const type = metadata.labels?.['rollout-type'] ?? '';
  return `${type}:${spec.terminate === true ? 'stopped' : (status?.phase ?? 'open')}`;
}

/** The reasons in their order, as far as the claim names them. */
function eventOrder(events: readonly string[], wanted: string): string {
  const names = wanted.split(',');
  return events
    .map((event) => event.slice(0, event.indexOf(':')))
    .filter((reason) => names.includes(reason))
    .slice(-names.length)
    .join(',');
}

/** `web:1=4,web:2=1`: wanted pods of the images that the claim names. */
async function podsOf(world: StoryWorld, wanted: string): Promise<string> {
  const sets = await world.replicaSets();
  return wanted
    .split(',')
    .map((pair) => {
      const image = pair.slice(0, pair.lastIndexOf(':'));
      const rs = sets.find(({ spec }) => spec.template?.spec?.containers[0]?.image === image);
      return `${image}:${rs?.spec.replicas ?? 0}`;
    })
    .join(',');
}

async function selectedImage(world: StoryWorld, service: string): Promise<string> {
  const found = (await world.services()).find(({ metadata }) => metadata.name === service);
  const hash = found?.spec.selector?.['rollouts-pod-template-hash'];
  const rs = (await world.replicaSets()).find(
    ({ metadata }) => hash !== undefined && metadata.labels?.['rollouts-pod-template-hash'] === hash,
  );
  return rs?.spec.template?.spec?.containers[0]?.image ?? 'none';
}
