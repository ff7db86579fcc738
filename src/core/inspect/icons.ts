/** The shapes that tell states apart, as users of the peer's plugin know them. */
export type Icon = '◷' | '◌' | '⚠' | '?' | '✔' | '✖' | '॥' | '•' | '∞' | ' ';

const ofRollout: Readonly<Record<string, Icon>> = {
  Progressing: '◌',
  Paused: '॥',
  Healthy: '✔',
  Degraded: '✖',
  Error: '⚠',
  InvalidSpec: '⚠',
  Unknown: '?',
  ScaledDown: '•',
};

const ofReplicaSet: Readonly<Record<string, Icon>> = {
  Progressing: '◌',
  Healthy: '✔',
  ReplicaFailure: '✖',
  ScaledDown: '•',
};

const ofAnalysis: Readonly<Record<string, Icon>> = {
  Successful: '✔',
  Inconclusive: '?',
  Failed: '✖',
  Error: '⚠',
  Running: '◌',
  Pending: '◷',
};

const ofPod: Readonly<Record<string, Icon>> = {
  Pending: '◌',
  Terminating: '◌',
  ContainerCreating: '◌',
  PodInitializing: '◌',
  Running: '✔',
  Completed: '✔',
  Failed: '✖',
  InvalidImageName: '✖',
  CrashLoopBackOff: '✖',
  ImagePullBackOff: '⚠',
  RegistryUnavailable: '⚠',
  Unknown: '?',
};

/** The icon of a phase of a Rollout; a blank for words that are not known. */
export function rolloutIcon(phase: string): Icon {
  return ofRollout[phase] ?? ' ';
}

/** The icon of a ReplicaSet's health; a blank for a word that is not known. */
export function replicaSetIcon(health: string): Icon {
  return ofReplicaSet[health] ?? ' ';
}

/** The icon of a phase of a run, a measurement or an experiment. */
export function analysisIcon(phase: string): Icon {
  return ofAnalysis[phase] ?? ' ';
}

/** The icon of a pod's state as `kubectl get pods` words it. */
export function podIcon(state: string): Icon {
  if (state.startsWith('Init:')) return '◌';
  if (state.startsWith('Signal:') || state.startsWith('ExitCode:')) return '✖';
  if (state.endsWith('Error') || state.startsWith('Err')) return '⚠';
  return ofPod[state] ?? ' ';
}
