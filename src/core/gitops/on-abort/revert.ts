import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import { subjectOf } from '#core/kube/object.js';
import { instantOf, parseInstant, type Instant } from '#core/time/instant.js';
import { findWayBack, revertMessage, type CommitState } from '../way-back.js';
import { abortKey, type Abort } from './judge.js';
import { workloadDigest } from './workload.js';

/** What is to be reverted in Git, with what the release showed. */
export interface WantedRevert {
  readonly key: string;
  /** `Rollout/namespace/name` */
  readonly subject: string;
  readonly namespace: string;
  readonly branch: string;
  /** Of the workload as it was aborted: a branch that has another one is not reverted. */
  readonly digest: string;
  /** The template that comes back. */
  readonly good: PodTemplateSpec;
  /** The pod template hash of what was aborted. */
  readonly hash: string;
  readonly abortedAt: string;
  readonly reason: string;
  /** Names of the AnalysisRuns of the release. */
  readonly runs: readonly string[];
}

/** What became of one of them. */
export type RevertOutcome =
  /** `commit` is absent when there is nothing to revert any more. */
  | { readonly key: string; readonly ok: true; readonly commit?: string; readonly words?: string }
  | { readonly key: string; readonly ok: false; readonly words: string };

/** What is done in Git about an abort. */
export function wantedRevert({ live, branch, workload, good }: Abort): WantedRevert {
  const { message = '', currentPodHash = '', abortedAt } = live.status ?? {};
  return {
    key: abortKey(live),
    subject: subjectOf(live),
    namespace: live.metadata.namespace ?? '',
    branch,
    digest: workloadDigest(workload),
    good,
    hash: currentPodHash,
    abortedAt: abortedAt ?? '',
    reason: message,
    runs: runNames(live),
  };
}

function runNames({ status }: Rollout): readonly string[] {
  const { canary, blueGreen } = status ?? {};
  const runs = [
    canary?.currentStepAnalysisRunStatus,
    canary?.currentBackgroundAnalysisRunStatus,
    blueGreen?.prePromotionAnalysisRunStatus,
    blueGreen?.postPromotionAnalysisRunStatus,
  ];
  return runs.flatMap((run) => (run?.name === undefined || run.name === '' ? [] : [run.name]));
}

/** The line of a message by which a revert is found again, so that it is never made twice. */
export function abortTrailer({ key }: WantedRevert): string {
  return `Sluice-Abort: ${key}`;
}

/** How the branch that is reconciled and the one that is pushed to stand to each other. */
export interface Branches {
  readonly base: string;
  /** Absent: there is no such branch yet. */
  readonly onto?: string;
  /** The reconciled branch has all that the other has. */
  readonly isMerged: boolean;
  /** The other has all that the reconciled one has. */
  readonly isAhead: boolean;
}

/** What the commit is made on. */
export function parentsOf({ base, onto, isMerged, isAhead }: Branches): readonly string[] {
  if (onto === undefined || isMerged) return [base];
  return isAhead ? [onto] : [onto, base];
}

export type RevertPlan =
  | { readonly ok: true; readonly commits: readonly string[]; readonly message: string; readonly at: Instant }
  | { readonly ok: false; readonly problem: string };

/**
 * Which commits are reverted, and with what evidence: back to the newest that had the last good revision, which need not be
 * the one before; where none is in sight, to the newest that had another state.
 * @param good - the commit that had it.
 */
export function planRevert(
  wanted: WantedRevert,
  states: readonly CommitState[],
  runs: readonly AnalysisRun[],
  good?: string,
): RevertPlan {
  const way = findWayBack(states, good);
  if (!way.ok) return way;
  const authors = way.reverted.map(({ sha, author, date }) => `Commit ${sha} is by ${author} of ${date}.`);
  const evidence = [
    ...authors,
    '',
    `The release of ${wanted.subject} with the pod template hash ${wanted.hash} was aborted at ${wanted.abortedAt}:`,
    `  ${wanted.reason === '' ? 'no reason was given' : wanted.reason}`,
    ...runs.flatMap(runLines),
    '',
    abortTrailer(wanted),
  ];
  return {
    ok: true,
    commits: way.reverted.map(({ sha }) => sha),
    message: revertMessage(wanted.subject, way, evidence.join('\n')),
    at: parseInstant(wanted.abortedAt) ?? parseInstant(states[0]?.date ?? '') ?? instantOf(0),
  };
}

/** How a run ended and what its metrics measured last. */
function runLines(run: AnalysisRun): readonly string[] {
  const { phase = 'Pending', message = '', metricResults = [] } = run.status ?? {};
  const said = message === '' ? '' : `: ${message}`;
  const metrics = metricResults.map((metric) => {
    const last = metric.measurements?.at(-1);
    const value = last?.value === undefined ? '' : `, last value ${last.value}`;
    return `    metric ${metric.name}: ${metric.phase}${value}`;
  });
  return [`  ${subjectOf(run)} is ${phase}${said}`, ...metrics];
}

/** What condition and event say of a revert that is in its branch. @param message - its own. */
export function revertedWords(
  wanted: WantedRevert,
  { sha, message }: { readonly sha: string; readonly message: string },
): string {
  const said = [...message.matchAll(/^This reverts commit ([0-9a-f]+) \("(.*)"\)\.$/gm)];
  const what = said.map(([, commit = '', subject = '']) => `${commit.slice(0, 12)} "${subject}"`);
  const why = wanted.reason === '' ? '' : `: ${wanted.reason}`;
  return `${wanted.subject} was aborted, commit ${sha.slice(0, 12)} of branch ${wanted.branch} reverts ${what.join(', ')}${why}`;
}
