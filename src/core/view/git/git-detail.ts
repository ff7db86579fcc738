import { fluxConditions } from '#api/flux/words.js';
import { kinds, type Kind } from '#api/kinds.js';
import { holdNoteOf } from '#core/gitops/on-abort/hold-note.js';
import { shownUrl } from '#core/gitops/source/git/git-spec.js';
import { objectAt, textAt } from '#core/json/read.js';
import { findCondition } from '#core/kube/conditions.js';
import { subjectOf } from '#core/kube/object.js';
import { parseInstant } from '#core/time/instant.js';
import { conditionViews, eventViews } from '../facts/told.js';
import type { FactView } from '../wire/detail.js';
import type { GitDetail, GitRow, GitVerb, HeldView, ManagedView } from '../wire/git.js';
import type { Mark } from '../wire/list.js';
import { driftOf } from './drift.js';
import { gitActionsOf } from './git-actions.js';
import type { GitDetailInput, GitObject } from './git-input.js';
import { gitRowOf } from './git-row.js';
import { leasesOf } from './leases.js';
import { asRollout, managedView } from './managed.js';
import { runsOf, trailOf } from './trail.js';

const mostObjects = 300;

/** Everything that the view of one source or Kustomization draws. */
export function gitDetailOf(
  input: GitDetailInput,
  around: readonly GitRow[],
  can: readonly GitVerb[],
): GitDetail {
  const { object, now } = input;
  const row = gitRowOf(input, can);
  const isSource = row.source === null;
  const objects = input.managed.map((each) => managedView(each, now)).toSorted(compareWorst);
  return {
    row,
    around,
    resource: resourceOf(object),
    trail: isSource ? null : trailOf(input),
    objects: objects.slice(0, mostObjects),
    moreObjects: Math.max(0, objects.length - mostObjects),
    drift: driftOf(input.events),
    leases: leasesOf(object),
    held: heldOf(input),
    runs: runsOf(input),
    conditions: conditionViews(object.status?.conditions),
    events: eventViews(input.events),
    actions: gitActionsOf(row, isSource),
    facts: isSource ? sourceFacts(object) : kustomizationFacts(object),
  };
}

/** The kinds of the view: what can be a source, and Kustomizations. */
export const gitKinds: readonly Kind[] = [
  kinds.gitRepository,
  kinds.ociRepository,
  kinds.bucket,
  kinds.externalArtifact,
  kinds.kustomization,
];

function resourceOf({ kind }: GitObject): string {
  const known = gitKinds.find((one) => one.kind === kind) ?? kinds.kustomization;
  return `${known.plural}.${known.group}`;
}

const order: readonly Mark[] = ['bad', 'undecided', 'wait', 'run', 'off', 'ok'];

function compareWorst(a: ManagedView, b: ManagedView): number {
  const rank = (view: ManagedView): number => order.indexOf(view.mark);
  const text = (view: ManagedView): string => `${view.kind}/${view.namespace}/${view.name}`;
  return rank(a) - rank(b) || (text(a) < text(b) ? -1 : 1);
}

/** Workloads that are kept back by their note, and what the Kustomization says of commits that were reverted. */
function heldOf({ object, managed }: GitDetailInput): readonly HeldView[] {
  const held = managed.flatMap(({ object: live }): readonly HeldView[] => {
    const rollout = asRollout(live);
    const note = rollout === undefined ? undefined : holdNoteOf(rollout);
    if (rollout === undefined || note === undefined) return [];
    const why = `held at ${note.hash}, although ${note.revision} says otherwise: ${note.reason}`;
    return [{ object: subjectOf(rollout), why, since: parseInstant(note.since) ?? null }];
  });
  const reverted = findCondition(object.status?.conditions, fluxConditions.reverted);
  if (reverted === undefined) return held;
  const since = parseInstant(reverted.lastTransitionTime) ?? null;
  return [...held, { object: 'Reverted in Git', why: reverted.message ?? '', since }];
}

type Fact = readonly [label: string, value: string | undefined];

/** Never what a Secret holds, and no password of an address. */
function sourceFacts({ spec, status }: GitObject): readonly FactView[] {
  const ref = objectAt(spec, 'ref');
  const wanted = ['commit', 'name', 'digest', 'semver', 'tag', 'branch'].find((field) => field in ref);
  const address = spec?.url ?? spec?.endpoint;
  const { artifact } = status ?? {};
  return shown([
    ['Address', address === undefined ? undefined : shownUrl(address)],
    ['Bucket', textAt(spec, 'bucketName')],
    ['Follows', wanted === undefined ? undefined : `${wanted} ${textAt(ref, wanted) ?? ''}`],
    ['Interval', spec?.interval],
    ['Verified by', textAt(objectAt(spec, 'verify'), 'mode') ?? textAt(objectAt(spec, 'verify'), 'provider')],
    ['Artifact', artifact?.digest],
    ['Size', artifact?.size === undefined ? undefined : bytes(artifact.size)],
  ]);
}

function kustomizationFacts({ spec }: GitObject): readonly FactView[] {
  const remote = spec?.kubeConfig === undefined ? undefined : 'another one, by a kubeconfig';
  return shown([
    ['Path', spec?.path ?? './'],
    ['Interval', spec?.interval],
    ['Prunes', spec?.prune === true ? 'yes' : 'no'],
    ['Waits for health', spec?.wait === true ? 'yes' : undefined],
    ['Namespace', spec?.targetNamespace],
    ['Acts as', spec?.serviceAccountName],
    ['Cluster', remote],
  ]);
}

function shown(facts: readonly Fact[]): readonly FactView[] {
  return facts.flatMap(([label, value]) => (value === undefined || value === '' ? [] : [{ label, value }]));
}

function bytes(size: number): string {
  return size < 1_048_576 ? `${Math.ceil(size / 1024)} KiB` : `${(size / 1_048_576).toFixed(1)} MiB`;
}
