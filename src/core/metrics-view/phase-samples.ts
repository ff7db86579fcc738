import { analysisPhases } from '#api/argoproj/words.js';
import type { Sample } from './family.js';

const words = Object.values(analysisPhases);

/** A sample for each phase of runs and experiments: 1 for the present one, 0 for the others. No phase yet is Pending. */
export function phaseSamples(before: readonly string[], phase: string | undefined): readonly Sample[] {
  const now = phase === undefined || phase === '' ? analysisPhases.pending : phase;
  return words.map((word) => [[...before, word], word === now ? 1 : 0]);
}
