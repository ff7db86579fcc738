import type { HistoryEntry } from '#api/flux/kustomization.js';
import { parseGoDuration } from '#core/time/duration.js';
import { parseInstant } from '#core/time/instant.js';
import { startedAt } from '../words/attention.js';
import { phaseOf } from '../words/phase.js';
import type { ReleaseTrail, RunView, Trail, TrailStop } from '../wire/git.js';
import type { GitDetailInput, ManagedRelease } from './git-input.js';
import { refOf } from './git-row.js';
import { gitStateOf } from './git-state.js';
import { releaseStops } from './release-stops.js';
import { commitView, toldSubject } from './revisions.js';

type Stop = Omit<TrailStop, 'tookMs'>;

/** Clocks of the cluster have whole seconds. */
const secondMs = 1000;

/** The way of the commit that a Kustomization tried last, to the releases that it began. */
export function trailOf(input: GitDetailInput): Trail | null {
  const { status } = input.object;
  const revision = status?.lastAttemptedRevision ?? status?.lastAppliedRevision ?? '';
  return revision === '' ? null : trailOfRevision(input, revision, input.releases);
}

/** The way of the commit that began the newest release of one Rollout. */
export function trailOfRelease(input: GitDetailInput, release: ManagedRelease): Trail | null {
  const began = startedAt(release.input);
  const entries = input.object.status?.history ?? [];
  const found =
    began === null
      ? undefined
      : entries.find((entry) => (spanOf(entry).from ?? Infinity) <= began + secondMs);
  const revision = revisionOf(found) ?? input.object.status?.lastAttemptedRevision ?? '';
  return revision === '' ? null : trailOfRevision(input, revision, [release]);
}

function trailOfRevision(
  input: GitDetailInput,
  revision: string,
  releases: readonly ManagedRelease[],
): Trail {
  const { source, sourceEvents, commitOf, object } = input;
  const artifact = source?.status?.artifact;
  const isNewest = artifact?.revision === revision;
  const told = toldSubject(sourceEvents, artifact?.lastUpdateTime);
  const fetchedAt = parseInstant(artifact?.lastUpdateTime) ?? null;
  const commit = commitView(revision, commitOf, isNewest ? told : null);
  const committed = commit.sha === null ? undefined : commitOf(commit.sha)?.at;
  const stops = timed([
    ...(committed === undefined ? [] : [stop('committed', committed)]),
    ...(isNewest ? [stop('fetched', fetchedAt)] : []),
    ...applyStops(input, revision),
  ]);
  const from = stops.findLast(({ at }) => at !== null)?.at ?? null;
  const began = runOf(input, revision);
  const trails = releases.flatMap((release) => releaseTrail(release, began, from));
  const next =
    artifact === undefined || isNewest
      ? null
      : { commit: commitView(artifact.revision, commitOf, told), fetchedAt };
  return {
    commit,
    kustomization: refOf(object),
    stops,
    releases: trails,
    leadMs: leadOf(stops, trails),
    next,
  };
}

function stop(what: string, at: number | null, more: Partial<Stop> = {}): Stop {
  return { what, at, mark: 'ok', note: '', ...more };
}

/** When the revision was applied, or what became of it instead. */
function applyStops({ object }: GitDetailInput, revision: string): readonly Stop[] {
  const entry = object.status?.history?.find((each) => revisionOf(each) === revision);
  const state = gitStateOf(object);
  const isCurrent = object.status?.lastAttemptedRevision === revision;
  if (isCurrent && state.mark === 'bad') {
    const [note = ''] = state.message.split('\n');
    return [stop(`failed: ${state.reason}`, state.since, { mark: 'bad', note: note.slice(0, 300) })];
  }
  if (isCurrent && state.word === 'Reconciling')
    return [
      stop('apply began', state.since),
      stop('being applied', null, { mark: 'run', note: state.message }),
    ];
  const { from, to } = spanOf(entry);
  if (to === null) return [stop('applied', null, { mark: 'off', note: 'its history is gone' })];
  // A run that waits for health ends long after its objects were sent.
  const waits = object.spec?.wait === true || (object.spec?.healthChecks ?? []).length > 0;
  return waits && from !== null ? [stop('applied', from), stop('all ready', to)] : [stop('applied', to)];
}

/** When the first run of an entry began and ended; the beginning is known as long as it ran once only. */
function spanOf(entry: HistoryEntry | undefined): {
  readonly from: number | null;
  readonly to: number | null;
} {
  const to = parseInstant(entry?.firstReconciled) ?? null;
  if (entry === undefined || to === null) return { from: null, to: null };
  const isFirst = entry.totalReconciliations === 1;
  const took = isFirst ? (parseGoDuration(entry.lastReconciledDuration) ?? 0) : 0;
  return { from: to - took, to };
}

function revisionOf(entry: HistoryEntry | undefined): string | undefined {
  return entry?.metadata?.['revision'];
}

/** The moment from which on releases are this revision's. */
function runOf({ object }: GitDetailInput, revision: string): number | null {
  const entry = object.status?.history?.find((each) => revisionOf(each) === revision);
  return spanOf(entry).from ?? gitStateOf(object).since;
}

function releaseTrail(
  release: ManagedRelease,
  began: number | null,
  from: number | null,
): readonly ReleaseTrail[] {
  const { metadata } = release.input.rollout;
  const started = startedAt(release.input);
  const place = { namespace: metadata.namespace ?? '', name: metadata.name };
  const { mark } = phaseOf(release.input.rollout);
  const isOlder = began === null || started === null || started < began - secondMs;
  if (isOlder) return [{ ...place, mark, stops: [] }];
  return [{ ...place, mark, stops: timed(releaseStops(release), from) }];
}

/** Each stop with the time since the one before it. */
function timed(stops: readonly Stop[], from: number | null = null): readonly TrailStop[] {
  let last = from;
  return stops.map((each) => {
    const tookMs = each.at === null || last === null ? null : Math.max(0, each.at - last);
    last = each.at ?? last;
    return { ...each, tookMs };
  });
}

function leadOf(stops: readonly TrailStop[], releases: readonly ReleaseTrail[]): number | null {
  const all = [...stops, ...releases.flatMap((release) => release.stops)];
  const times = all.flatMap(({ at }) => (at === null ? [] : [at]));
  const isOpen = all.some(({ at, mark }) => at === null && mark !== 'off' && mark !== 'ok');
  return isOpen || times.length < 2 ? null : Math.max(...times) - Math.min(...times);
}

/** The runs that the status remembers, newest first. */
export function runsOf({ object, commitOf }: GitDetailInput): readonly RunView[] {
  return (object.status?.history ?? []).map((entry) => ({
    commit: commitView(revisionOf(entry) ?? '', commitOf),
    status: entry.lastReconciledStatus,
    mark: entry.lastReconciledStatus === 'ReconciliationSucceeded' ? 'ok' : 'bad',
    firstAt: parseInstant(entry.firstReconciled) ?? null,
    lastAt: parseInstant(entry.lastReconciled) ?? null,
    took: entry.lastReconciledDuration,
    count: entry.totalReconciliations,
  }));
}
