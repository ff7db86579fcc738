import { attentionOf, finishedAt, isEndless, startedAt } from './words/attention.js';
import { countGates, gatesOf } from './gates/gates.js';
import { holdOf, phaseOf } from './words/phase.js';
import { planOf } from './plan/plan.js';
import { desiredOf, imageOf, isPromoted, revisionOf, rolesOf, stepsOf } from './facts/roles.js';
import { headlineOf, reasonOf } from './words/sentence.js';
import type { ViewInput } from './view-input.js';
import { readyOf, weightOf } from './facts/weight.js';
import { type Block } from './wire/detail.js';
import { verbs, type Row, type Verb } from './wire/list.js';

const letters: Readonly<Record<Block['state'], string>> = {
  done: 'd',
  current: 'c',
  future: 'f',
  skipped: 's',
  failed: 'x',
  undone: 'u',
};

/** One line of the list. `can` are the verbs that the reader may use; all when nobody asks. */
export function rowOf(input: ViewInput, can: readonly Verb[] = verbs): Row {
  const { rollout } = input;
  const gates = gatesOf(input.runs, rollout.status?.currentPodHash);
  const counts = countGates(gates);
  const { phase, mark } = phaseOf(rollout);
  return {
    kind: 'Rollout',
    ...identityOf(input),
    phase,
    mark: holdOf(rollout).kind === 'undecided' ? 'undecided' : mark,
    attention: attentionOf(input, gates, counts),
    reason: reasonOf(input, gates),
    sentence: headlineOf(input),
    strategy: strategyOf(input),
    step: stepOf(input),
    ladder: planOf(input, gates)
      .map((block) => letters[block.state])
      .join(''),
    weight: weightOf(input),
    replicas: replicasOf(input),
    gates: counts,
    revision: revisionOf(rollout),
    image: imageOf(rollout.spec.template) || imageOf(rolesOf(input).newest?.spec.template),
    since: isPromoted(rollout) ? finishedAt(input) : startedAt(input),
    next: nextVerb(input),
    can,
  };
}

function identityOf({
  rollout: { metadata },
}: ViewInput): Pick<Row, 'namespace' | 'name' | 'uid' | 'resourceVersion' | 'commit' | 'owner'> {
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    commit: metadata.annotations?.['sluice.dev/commit'] ?? null,
    owner: metadata.labels?.['team'] ?? metadata.labels?.['app.kubernetes.io/part-of'] ?? null,
  };
}

function stepOf({ rollout }: ViewInput): Row['step'] {
  const count = stepsOf(rollout).length;
  return count === 0 ? null : [Math.min(rollout.status?.currentStepIndex ?? 0, count), count];
}

function replicasOf(input: ViewInput): Row['replicas'] {
  const { newest } = rolesOf(input);
  const { availableReplicas = 0, updatedReplicas = 0 } = input.rollout.status ?? {};
  return {
    desired: desiredOf(input.rollout),
    ready: newest === undefined ? availableReplicas : readyOf(newest),
    updated: updatedReplicas,
  };
}

function strategyOf({ rollout }: ViewInput): Row['strategy'] {
  if (rollout.spec.strategy?.blueGreen !== undefined) return 'blueGreen';
  return rollout.spec.strategy?.canary === undefined ? 'none' : 'canary';
}

function nextVerb(input: ViewInput): Verb | null {
  switch (holdOf(input.rollout).kind) {
    case 'invalid':
      return null;
    case 'aborted':
      return 'retry';
    case 'byHand':
      return 'resume';
    case 'undecided':
      return 'promote';
    case 'pause':
      return isEndless(input) ? 'promote' : 'abort';
    default:
      return isPromoted(input.rollout) ? null : 'abort';
  }
}
