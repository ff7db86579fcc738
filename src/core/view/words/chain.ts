import type { Wait } from '#core/decision/decision.js';
import { parseInstant } from '#core/time/instant.js';
import { formatCount } from './format.js';
import { shortInvalid } from './peer-words.js';
import { holdOf } from './phase.js';
import { pluginLinks } from '../facts/plugin-links.js';
import { revisionsOf } from '../facts/pods.js';
import { desiredOf, isPromoted, rolesOf, stepsOf } from '../facts/roles.js';
import { glyphOf, labelOf, pauseMsOf } from './step-words.js';
import type { ViewInput } from '../view-input.js';
import { readyOf, weightOf } from '../facts/weight.js';
import type { ChainLink, RevisionView } from '../wire/detail.js';
import type { GateView, MetricView } from '../wire/gate.js';

/** Why nothing moves, outermost first; the last link is the cause, a clock or a person. Empty: nothing is awaited. */
export function chainOf(input: ViewInput, gates: readonly GateView[]): readonly ChainLink[] {
  const held = heldLinks(input, gates);
  if (held !== undefined) return held;
  if (isSettled(input)) return [];
  const own = [...stepLinks(input, gates), ...podLinks(input)];
  if (own.length > 1) return own;
  const said = input.waits.map(waitLink);
  return [...own, ...(said.length > 0 ? said : routerLinks(input))];
}

/** The links when a hold or an abort keeps the Rollout; `undefined` when none does. */
function heldLinks(input: ViewInput, gates: readonly GateView[]): readonly ChainLink[] | undefined {
  const hold = holdOf(input.rollout);
  switch (hold.kind) {
    case 'invalid':
      return [
        link('the spec is invalid', hold.since),
        link(shortInvalid(hold.message), undefined, "the user's manifest"),
      ];
    case 'aborted':
      return [link('aborted', hold.since), link('retry, a new version or an undo', hold.since, 'a person')];
    case 'deadline':
      return [link('progress deadline exceeded', hold.since), ...podLinks(input)];
    case 'byHand':
      return [link('paused by hand', hold.since), link('a person resumes', hold.since, 'a person')];
    case 'undecided': {
      const gate = gates.find((one) => one.isCurrent && one.phase === 'Inconclusive');
      const run = gate === undefined ? [] : [{ ...link('gate is undecided', hold.since), object: gate.run }];
      return [...run, link('a person accepts or aborts', hold.since, 'a person')];
    }
    case 'pause':
      return pauseLinks(input, hold.since);
    case 'none':
      return undefined;
  }
}

function isSettled(input: ViewInput): boolean {
  if (!isPromoted(input.rollout)) return false;
  const { newest } = rolesOf(input);
  return readyOf(newest) >= desiredOf(input.rollout);
}

function pauseLinks(input: ViewInput, since: string): readonly ChainLink[] {
  const steps = stepsOf(input.rollout);
  const index = input.rollout.status?.currentStepIndex ?? 0;
  const step = steps[index];
  const start = parseInstant(since) ?? null;
  const seconds = input.rollout.spec.strategy?.blueGreen?.autoPromotionSeconds ?? 0;
  const isManual = input.rollout.spec.strategy?.blueGreen?.autoPromotionEnabled === false;
  const planned = step === undefined ? (isManual || seconds === 0 ? null : seconds * 1000) : pauseMsOf(step);
  const what =
    step === undefined ? 'pause before the switch' : `pause at step ${index + 1} of ${steps.length}`;
  if (planned === null || start === null)
    return [link(what, since), link('a person promotes or aborts', since, 'a person')];
  return [link(what, since), { ...link('the pause ends by itself', since, 'time'), until: start + planned }];
}

function stepLinks(input: ViewInput, gates: readonly GateView[]): readonly ChainLink[] {
  const steps = stepsOf(input.rollout);
  const index = input.rollout.status?.currentStepIndex;
  if (index === undefined || isPromoted(input.rollout)) return [];
  const step = steps[index];
  if (step === undefined) return [];
  const here = link(`step ${index + 1} of ${steps.length}: ${labelOf(step)}`);
  const gate = gates.find((one) => one.isCurrent && one.step === index);
  if (glyphOf(step) === 'plugin') return [here, ...pluginLinks(input.rollout, index)];
  return glyphOf(step) === 'analysis' && gate !== undefined ? [here, ...gateLinks(gate, input.now)] : [here];
}

function gateLinks(gate: GateView, now: number): readonly ChainLink[] {
  const open = gate.metrics.filter((metric) => metric.phase === 'Running' || metric.phase === 'Pending');
  const slowest = open.toSorted((a, b) => endOf(b) - endOf(a))[0];
  const run: ChainLink = {
    ...link(`gate: ${gate.run}`, undefined, 'the gate'),
    object: gate.run,
    since: gate.startedAt,
  };
  if (slowest === undefined) return [run];
  const last = slowest.measurements.at(-1);
  const next = last === undefined || slowest.intervalMs === null ? null : last.at + slowest.intervalMs;
  const planned = slowest.planned === null ? '' : ` of ${slowest.planned}`;
  const failing = last?.outcome === 'error' ? `: ${last.message || 'the source answers with an error'}` : '';
  return [
    run,
    {
      ...link(
        `metric ${slowest.name}: ${slowest.measured}${planned} measured${failing}`,
        undefined,
        'the gate',
      ),
      since: gate.startedAt,
      until: next !== null && next > now ? next : null,
    },
  ];
}

function endOf(metric: MetricView): number {
  return ((metric.planned ?? Number.MAX_SAFE_INTEGER) - metric.measured) * (metric.intervalMs ?? 0);
}

function podLinks(input: ViewInput): readonly ChainLink[] {
  const revisions = revisionsOf(input);
  const short = revisions.find((revision) => revision.role !== 'older' && revision.ready < revision.desired);
  if (short === undefined) return [];
  const worst = worstPod(short);
  const set: ChainLink = {
    ...link(
      `${short.desired - short.ready} of ${formatCount(short.desired, 'pod')} not ready`,
      undefined,
      'the pods',
    ),
    object: short.replicaSet,
  };
  return worst === undefined ? [set] : [set, worst];
}

function worstPod(revision: RevisionView): ChainLink | undefined {
  const pod = revision.pods.find((one) => one.mark !== 'ok' && one.state !== 'terminating');
  if (pod === undefined) return undefined;
  return { ...link(`${pod.name}: ${pod.state}`, undefined, 'the pods'), object: pod.name, since: pod.since };
}

function routerLinks(input: ViewInput): readonly ChainLink[] {
  const weight = weightOf(input);
  if (weight?.pendingSince === undefined || weight.pendingSince === null) return [];
  const written = link('weight written, not confirmed', undefined, 'the router');
  return [{ ...written, since: weight.pendingSince }];
}

function waitLink(wait: Wait): ChainLink {
  return {
    what: wait.what,
    object: wait.object ?? null,
    since: wait.since ?? null,
    until: wait.until ?? null,
    by: wait.unblockedBy,
  };
}

function link(what: string, since?: string, by = ''): ChainLink {
  return { what, object: null, since: parseInstant(since) ?? null, until: null, by };
}
