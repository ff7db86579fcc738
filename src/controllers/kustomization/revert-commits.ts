import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { GitRepository } from '#api/flux/git-repository.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import { treeOf } from '#core/gitops/file-tree.js';
import {
  abortTrailer,
  parentsOf,
  planRevert,
  revertedWords,
  type RevertOutcome,
  type WantedRevert,
} from '#core/gitops/on-abort/revert.js';
import { workloadStateIn, type WorkloadState } from '#core/gitops/on-abort/workload.js';
import { sourceTimeoutMs } from '#core/gitops/source/git/git-spec.js';
import { ignoreRules } from '#core/gitops/source/ignore-rules.js';
import type { CommitState } from '#core/gitops/way-back.js';
import { AppError } from '#ports/errors.js';
import type { GitClone, GitCommit, GitHistory } from '#ports/git-history.js';
import type { GitHubApps } from '#ports/github-app.js';
import { readCredentials } from '../git-repository/credentials.js';
import { buildFiles, type BuildPorts } from './build-revision.js';
import { sourceKeyOf } from './sources.js';

/** What pushes reverts. */
export interface RevertPorts extends BuildPorts {
  /** Absent: this process pushes nothing. */
  readonly reverts?: { readonly history: GitHistory; readonly apps: GitHubApps };
}

/** So far back the state before is looked for. */
const mostCommits = 50;
/** So often a branch that moves meanwhile is tried again. */
const mostTries = 3;

/** Sees to it that each of them is in its branch, once. */
export async function revertCommits(
  ports: RevertPorts,
  object: Kustomization,
  wanted: readonly WantedRevert[],
): Promise<readonly RevertOutcome[]> {
  const outcomes: RevertOutcome[] = [];
  for (const each of wanted) {
    try {
      outcomes.push(await revertOne(ports, object, each));
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.class === 'Bug' || thrown.class === 'Cancelled')
        throw thrown;
      outcomes.push(failed(each, thrown.message));
    }
  }
  return outcomes;
}

function failed({ key, subject, branch }: WantedRevert, why: string): RevertOutcome {
  return { key, ok: false, words: `${subject} was aborted, and no revert is in branch ${branch}: ${why}` };
}

async function revertOne(
  ports: RevertPorts,
  object: Kustomization,
  wanted: WantedRevert,
): Promise<RevertOutcome> {
  const { kube, reverts } = ports;
  if (reverts === undefined) return failed(wanted, 'this process does not push');
  const { namespace, name } = sourceKeyOf(object);
  const source = await kube.get<GitRepository>({ kind: kinds.gitRepository, namespace, name });
  if (source === undefined) return failed(wanted, `GitRepository/${namespace}/${name} not found`);
  const { branch: base = 'master', tag, semver, commit, name: ref } = source.spec.ref ?? {};
  if ([tag, semver, commit, ref].some((one) => one !== undefined && one !== ''))
    return failed(wanted, `GitRepository/${namespace}/${name} follows no branch`);
  const credentials = await readCredentials(kube, reverts.apps, source);
  if (!credentials.ok) return failed(wanted, credentials.problem.message);
  const access = {
    url: source.spec.url,
    credentials: credentials.value,
    timeoutMs: sourceTimeoutMs(source.spec),
  };
  const branches = [...new Set([base, wanted.branch])];
  for (let tries = 1; ; tries += 1) {
    try {
      return await reverts.history.open(access, branches, (clone) =>
        revertIn(ports, { object, source, wanted, base }, clone),
      );
    } catch (thrown) {
      // Somebody pushed in between: what is there now is looked at again.
      const hasMoved = thrown instanceof AppError && thrown.code === 'GitRefMissing';
      if (!hasMoved || tries === mostTries) throw thrown;
    }
  }
}

interface Place {
  readonly object: Kustomization;
  readonly source: GitRepository;
  readonly wanted: WantedRevert;
  /** The branch that is reconciled. */
  readonly base: string;
}

async function revertIn(ports: RevertPorts, place: Place, clone: GitClone): Promise<RevertOutcome> {
  const { wanted, base } = place;
  const { key, branch, digest } = wanted;
  const [head, onto] = [clone.head(base), clone.head(branch)];
  if (head === undefined) return failed(wanted, `branch ${base} is gone`);
  const log = await clone.log(head, mostCommits);
  const made = await findMade(clone, wanted, [log, onto]);
  if (made !== undefined) return done(wanted, made);
  const stateOf = (commit: string) => stateAt(ports, place, clone, commit);
  const digestOf = async (commit: string) => (await stateOf(commit))?.digest;
  // A newer commit may have changed it already, here or in a revert that waits for review.
  if ((await digestOf(head)) !== digest) return { key, ok: true };
  const isAhead = onto !== undefined && (await clone.contains(onto, head));
  if (onto !== undefined && isAhead && (await digestOf(onto)) !== digest) return { key, ok: true };
  const isMerged = onto === undefined || (await clone.contains(head, onto));
  const { states, good } = await statesOf(log, stateOf);
  const plan = planRevert(wanted, states, await runsOf(ports, wanted), good);
  if (!plan.ok) return failed(wanted, plan.problem);
  const parents = parentsOf({ base: head, ...(onto === undefined ? {} : { onto }), isMerged, isAhead });
  const commit = await clone.revert({ parents, ...plan });
  await clone.push(commit, branch);
  return done(wanted, { sha: commit, message: plan.message });
}

function done(wanted: WantedRevert, made: Pick<GitCommit, 'sha' | 'message'>): RevertOutcome {
  return { key: wanted.key, ok: true, commit: made.sha, words: revertedWords(wanted, made) };
}

/** The revert of this abort that an earlier pass has pushed. */
async function findMade(
  clone: GitClone,
  wanted: WantedRevert,
  [log, onto]: readonly [readonly GitCommit[], string | undefined],
): Promise<GitCommit | undefined> {
  const trailer = abortTrailer(wanted);
  const all = onto === undefined ? log : [...log, ...(await clone.log(onto, mostCommits))];
  return all.find(({ message }) => message.split('\n').includes(trailer));
}

interface States {
  readonly states: readonly CommitState[];
  /** The commit that had the last good revision. */
  readonly good?: string;
}

/** The commits down to the newest that had the last good revision. */
async function statesOf(
  log: readonly GitCommit[],
  stateOf: (commit: string) => Promise<WorkloadState | undefined>,
): Promise<States> {
  const states: CommitState[] = [];
  for (const commit of log) {
    const state = await stateOf(commit.sha);
    states.push({ ...commit, ...(state === undefined ? {} : { digest: state.digest }) });
    if (state?.isGood === true) return { states, good: commit.sha };
  }
  return { states };
}

/** What the files of a commit mean for the workload; `undefined` when they do not build. */
async function stateAt(
  ports: RevertPorts,
  { object, source, wanted }: Place,
  clone: GitClone,
  commit: string,
): Promise<WorkloadState | undefined> {
  const files = await clone.files(commit);
  const isIgnored = ignoreRules(treeOf(files), source.spec.ignore);
  const built = await buildFiles(ports, object, treeOf(files.filter(({ path }) => !isIgnored(path))));
  return built.ok ? workloadStateIn(built.objects, wanted.subject, wanted.good) : undefined;
}

async function runsOf(
  { kube }: RevertPorts,
  { namespace, runs }: WantedRevert,
): Promise<readonly AnalysisRun[]> {
  const found: AnalysisRun[] = [];
  for (const name of runs) {
    const run = await kube.get<AnalysisRun>({ kind: kinds.analysisRun, namespace, name });
    if (run !== undefined) found.push(run);
  }
  return found;
}
