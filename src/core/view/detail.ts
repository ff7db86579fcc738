import { actionsOf } from './acts/actions.js';
import { chainOf } from './words/chain.js';
import { gatesOf } from './gates/gates.js';
import { phaseOf } from './words/phase.js';
import { planOf } from './plan/plan.js';
import { revisionsOf } from './facts/pods.js';
import { hashOf, imageOf, isPromoted, revisionOf, rolesOf } from './facts/roles.js';
import { rowOf } from './row.js';
import { conditionViews, eventViews } from './facts/told.js';
import type { ViewInput } from './view-input.js';
import type { Detail, FactView, SwitchView, Timeline } from './wire/detail.js';
import type { Trail } from './wire/git.js';
import type { Verb } from './wire/list.js';

/** Everything that the rollout view draws. */
export function detailOf(
  input: ViewInput,
  timeline: Timeline,
  can: readonly Verb[],
  trail: Trail | null = null,
): Detail {
  const { rollout } = input;
  const gates = gatesOf(input.runs, rollout.status?.currentPodHash);
  const { stable, older } = rolesOf(input);
  const from = isPromoted(rollout) ? older[0] : stable;
  return {
    row: rowOf(input, can),
    fromRevision: from === undefined ? null : revisionOf(from),
    fromImage: from === undefined ? null : imageOf(from.spec.template),
    blocks: planOf(input, gates, timeline.points),
    chain: chainOf(input, gates),
    timeline,
    revisions: revisionsOf(input),
    gates,
    conditions: conditionViews(rollout.status?.conditions),
    events: eventViews(input.events),
    actions: actionsOf(input, gates, can),
    facts: factsOf(input),
    switches: switchOf(input),
    isBehind: phaseOf(rollout).isBehind,
    trail,
  };
}

function factsOf({ rollout }: ViewInput): readonly FactView[] {
  const canary = rollout.spec.strategy?.canary;
  const blueGreen = rollout.spec.strategy?.blueGreen;
  const router = Object.keys(canary?.trafficRouting ?? {}).filter(
    (key) => key !== 'managedRoutes' && key !== 'maxTrafficWeight',
  );
  const strategy = blueGreen !== undefined ? 'blue-green' : canary !== undefined ? 'canary' : 'none';
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Strategy', strategy],
    ['Traffic', canary === undefined ? undefined : router.join(', ') || 'by count of pods'],
    ['Stable Service', canary?.stableService],
    ['Canary Service', canary?.canaryService],
    ['Active Service', blueGreen?.activeService],
    ['Preview Service', blueGreen?.previewService],
    ['Rollback window', windowOf(rollout.spec.rollbackWindow?.revisions)],
    ['Workload', rollout.spec.workloadRef?.name],
  ];
  return facts.flatMap(([label, value]) => (value === undefined || value === '' ? [] : [{ label, value }]));
}

function windowOf(revisions: number | undefined): string | undefined {
  return revisions === undefined || revisions === 0 ? undefined : `${revisions} revisions`;
}

function switchOf(input: ViewInput): SwitchView | null {
  const spec = input.rollout.spec.strategy?.blueGreen;
  if (spec === undefined) return null;
  const { activeSelector = '', previewSelector = '' } = input.rollout.status?.blueGreen ?? {};
  const revision = (hash: string): number | null => {
    const found = input.replicaSets.find((rs) => hash !== '' && hashOf(rs) === hash);
    return found === undefined ? null : revisionOf(found);
  };
  return {
    active: { service: spec.activeService, hash: activeSelector, revision: revision(activeSelector) },
    preview:
      spec.previewService === undefined || spec.previewService === ''
        ? null
        : { service: spec.previewService, hash: previewSelector, revision: revision(previewSelector) },
  };
}
