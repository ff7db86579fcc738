import type { Rollout } from '#api/argoproj/rollout.js';
import { rolloutConditions, rolloutReasons } from '#api/argoproj/words.js';
import type { Family } from './family.js';

type MetricPhase = 'Completed' | 'Progressing' | 'Paused' | 'Timeout' | 'Error' | 'Abort' | 'InvalidSpec';

const phases: readonly MetricPhase[] = [
  'Completed',
  'Progressing',
  'Paused',
  'Timeout',
  'Error',
  'Abort',
  'InvalidSpec',
];

const phaseOfReason: Readonly<Record<string, MetricPhase>> = {
  [rolloutReasons.newReplicaSetAvailable]: 'Completed',
  [rolloutReasons.rolloutPaused]: 'Paused',
  [rolloutReasons.replicaSetCreateError]: 'Error',
  [rolloutReasons.progressDeadlineExceeded]: 'Timeout',
  [rolloutReasons.rolloutAborted]: 'Abort',
};

/** The phase of metrics, which follows the reason of the condition Progressing, not `status.phase`. */
export function metricPhaseOf({ status }: Rollout): MetricPhase {
  const conditions = status?.conditions ?? [];
  if (conditions.some(({ type }) => type === rolloutConditions.invalidSpec)) return 'InvalidSpec';
  const progressing = conditions.find(({ type }) => type === rolloutConditions.progressing);
  return phaseOfReason[progressing?.reason ?? ''] ?? 'Progressing';
}

/** The gauges of Rollouts. */
export const rolloutFamilies: readonly Family<Rollout>[] = [
  {
    name: 'rollout_info',
    help: 'Information about rollout.',
    labels: ['namespace', 'name', 'strategy', 'traffic_router', 'phase'],
    samplesOf: (rollout) => [
      [[...idOf(rollout), strategyOf(rollout), routerOf(rollout), metricPhaseOf(rollout)], 1],
    ],
  },
  counted('available', 'available', ({ status }) => status?.availableReplicas ?? 0),
  counted(
    'unavailable',
    'unavailable',
    ({ status }) => (status?.replicas ?? 0) - (status?.availableReplicas ?? 0),
  ),
  counted('desired', 'desired', ({ spec }) => spec.replicas ?? 1),
  counted('updated', 'updated', ({ status }) => status?.updatedReplicas ?? 0),
  {
    name: 'rollout_phase',
    help: 'Information on the state of the rollout (DEPRECATED - use rollout_info)',
    labels: ['namespace', 'name', 'strategy', 'phase'],
    samplesOf: (rollout) => {
      const now = metricPhaseOf(rollout);
      return phases.map((phase) => [[...idOf(rollout), strategyOf(rollout), phase], phase === now ? 1 : 0]);
    },
  },
];

function counted(suffix: string, word: string, count: (rollout: Rollout) => number): Family<Rollout> {
  return {
    name: `rollout_info_replicas_${suffix}`,
    help: `The number of ${word} replicas per rollout.`,
    labels: ['namespace', 'name'],
    samplesOf: (rollout) => [[idOf(rollout), count(rollout)]],
  };
}

function strategyOf({ spec }: Rollout): string {
  if (spec.strategy?.blueGreen !== undefined) return 'blueGreen';
  return spec.strategy?.canary === undefined ? 'none' : 'canary';
}

const routerNames: Readonly<Record<string, string>> = {
  alb: 'ALB',
  ambassador: 'Ambassador',
  istio: 'Istio',
  nginx: 'Nginx',
  smi: 'SMI',
  appMesh: 'AppMesh',
  traefik: 'Traefik',
  apisix: 'Apisix',
};

/** The router; of several the last one that the peer would find; a plugin by its name. */
function routerOf({ spec }: Rollout): string {
  const routing = spec.strategy?.canary?.trafficRouting;
  if (routing === undefined) return '';
  const fields = new Map<string, unknown>(Object.entries(routing));
  const known = Object.keys(routerNames).findLast((field) => fields.get(field) !== undefined);
  if (known !== undefined) return routerNames[known] ?? '';
  const plugins = fields.get('plugins');
  return typeof plugins === 'object' && plugins !== null ? (Object.keys(plugins)[0] ?? '') : '';
}

function idOf({ metadata }: Rollout): readonly string[] {
  return [metadata.namespace ?? '', metadata.name];
}
