import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';

/** The templates that a namespace sees. */
export interface TemplateTables {
  /** AnalysisTemplates of the namespace of the run. */
  readonly namespaced: readonly AnalysisTemplate[];
  readonly cluster: readonly ClusterAnalysisTemplate[];
}

/** What a person is told went wrong; never thrown. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

export function failed(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** Whether a run, metric or measurement in this phase has ended for good. */
export function isCompletedPhase(phase: string | undefined): boolean {
  return phase === 'Successful' || phase === 'Failed' || phase === 'Error' || phase === 'Inconclusive';
}
