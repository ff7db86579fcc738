/** 0: the release would go on, 1: it failed, 2: nothing could be said (Error, Inconclusive). A run without end goes on. */
export function exitCodeOf(phase: string): 0 | 1 | 2 {
  if (phase === 'Successful' || phase === 'Running') return 0;
  return phase === 'Failed' ? 1 : 2;
}
