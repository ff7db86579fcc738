import { before, putEvent, putRollout, putRun } from './scenes.js';
import type { World } from './world.js';

const image = 'registry.example.com/shop/checkout';
const istio = { istio: { virtualService: { name: 'checkout' } } };
const steps = [
  { setWeight: 5 },
  { pause: { duration: '2m' } },
  { setWeight: 20 },
  { pause: {} },
  { setWeight: 50 },
  { pause: { duration: '10m' } },
  { analysis: { templates: [{ templateName: 'success-rate' }] } },
];

const condition = (type: string, status: string, reason: string, message: string, minutes: number) => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: before(minutes),
  lastUpdateTime: before(minutes),
});

function weights(canary: number, verified = true): Record<string, unknown> {
  return {
    canary: { weight: canary, podTemplateHash: 'b2' },
    stable: { weight: 100 - canary, podTemplateHash: 'a1' },
    verified,
  };
}

const success = (points: readonly (readonly [number, string, string])[], phase = 'Running') => ({
  name: 'success-rate',
  success: 'result[0] >= 0.95',
  failure: 'result[0] < 0.90',
  count: 10,
  phase,
  points,
});

const latency = (points: readonly (readonly [number, string, string])[], phase = 'Running') => ({
  name: 'p95-latency',
  success: 'result[0] < 500',
  count: 10,
  phase,
  points,
});

/** A canary at 20 % that waits for a person, with a background analysis. */
export function putPaused(world: World, name = 'checkout'): void {
  putRollout(world, {
    name,
    revision: 42,
    replicas: 10,
    image: `${image}:1.42.0`,
    spec: {
      strategy: {
        canary: {
          steps,
          trafficRouting: istio,
          canaryService: `${name}-canary`,
          stableService: `${name}-stable`,
          analysis: { templates: [{ templateName: 'success-rate' }] },
        },
      },
      rollbackWindow: { revisions: 3 },
    },
    status: {
      phase: 'Paused',
      message: 'CanaryPauseStep',
      currentPodHash: 'b2',
      stableRS: 'a1',
      currentStepIndex: 3,
      controllerPause: true,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: before(12) }],
      canary: { weights: weights(20) },
      duration: { rolloutStartedAt: before(24) },
      conditions: [
        condition('Progressing', 'Unknown', 'RolloutPaused', 'Rollout is paused', 12),
        condition('Available', 'True', 'AvailableReason', 'Rollout has minimum availability', 24),
        condition('Paused', 'True', 'RolloutPaused', 'Rollout is paused', 12),
        condition('Healthy', 'False', 'RolloutHealthy', 'Rollout is not healthy', 24),
        condition('Completed', 'False', 'RolloutCompleted', 'RolloutCompleted', 24),
      ],
    },
    sets: [
      { hash: 'b2', revision: 42, image: `${image}:1.42.0`, replicas: 2, ready: 2 },
      { hash: 'a1', revision: 41, image: `${image}:1.41.3`, replicas: 10, ready: 10 },
      { hash: 'z0', revision: 40, image: `${image}:1.40.9`, replicas: 0, ready: 0 },
    ],
  });
  putRun(world, {
    rollout: name,
    name: `${name}-b2-42`,
    hash: 'b2',
    type: 'Background',
    phase: 'Running',
    startedMinutesAgo: 20,
    metrics: [
      success([
        [18, '[0.991]', 'Successful'],
        [15, '[0.985]', 'Successful'],
        [12, '[0.962]', 'Successful'],
        [9, '[0.931]', 'Inconclusive'],
        [6, '[0.979]', 'Successful'],
        [3, '[0.988]', 'Successful'],
      ]),
      latency([
        [18, '[231.4]', 'Successful'],
        [15, '[244.9]', 'Successful'],
        [12, '[NaN]', 'Failed'],
        [9, 'Prometheus answers 503', 'Error'],
        [6, '[612.1]', 'Failed'],
        [3, '[288.7]', 'Successful'],
      ]),
    ],
  });
  const says = (minutes: number, reason: string, message: string) =>
    putEvent(world, name, minutes, reason, message);
  says(24, 'RolloutUpdated', 'Rollout updated to revision 42');
  says(23.9, 'NewReplicaSetCreated', `Created ReplicaSet ${name}-b2 (revision 42)`);
  says(23.5, 'ScalingReplicaSet', `Scaled up ReplicaSet ${name}-b2 (revision 42) from 0 to 1`);
  says(22, 'TrafficWeightUpdated', 'Traffic weight updated to 5');
  says(22, 'RolloutStepCompleted', 'Rollout step 1/7 completed (setWeight: 5)');
  says(20, 'RolloutStepCompleted', 'Rollout step 2/7 completed (pause: 2m)');
  says(19, 'OperatorAction', 'ann asked for promote at step 2: checked the logs (request 12345678)');
  says(13, 'TrafficWeightUpdated', 'Traffic weight updated from 5 to 20');
  says(12.5, 'RolloutStepCompleted', 'Rollout step 3/7 completed (setWeight: 20)');
  says(12, 'RolloutPaused', 'Rollout is paused (CanaryPauseStep)');
}

/** Aborted by a failed gate. */
export function putDegraded(world: World, name = 'cart'): void {
  const why = `Rollout aborted update to revision 9: Step-based analysis phase error/failed: Metric "success-rate" assessed Failed due to failed (3) > failureLimit (2)`;
  putRollout(world, {
    name,
    revision: 9,
    image: `registry.example.com/shop/${name}:2.0.0-rc1`,
    spec: {
      strategy: {
        canary: {
          steps: [
            { setWeight: 20 },
            { pause: { duration: '1m' } },
            { analysis: { templates: [{ templateName: 'success-rate' }] } },
            { setWeight: 60 },
            { pause: { duration: '1m' } },
          ],
          trafficRouting: { nginx: { stableIngress: name } },
        },
      },
    },
    status: {
      phase: 'Degraded',
      message: `RolloutAborted: ${why}`,
      abort: true,
      abortedAt: before(4),
      currentPodHash: 'b2',
      stableRS: 'a1',
      currentStepIndex: 0,
      canary: { weights: weights(0) },
      duration: { rolloutStartedAt: before(9), finishedAt: before(4) },
      conditions: [
        condition('Progressing', 'False', 'RolloutAborted', why, 4),
        condition('Available', 'True', 'AvailableReason', 'Rollout has minimum availability', 60),
      ],
    },
    sets: [
      {
        hash: 'b2',
        revision: 9,
        image: `registry.example.com/shop/${name}:2.0.0-rc1`,
        replicas: 1,
        ready: 1,
        annotations: { 'scale-down-deadline': before(-0.4) },
      },
      { hash: 'a1', revision: 8, image: `registry.example.com/shop/${name}:1.9.4`, replicas: 5, ready: 5 },
    ],
  });
  putRun(world, {
    rollout: name,
    name: `${name}-b2-9-2`,
    hash: 'b2',
    type: 'Step',
    step: 2,
    phase: 'Failed',
    startedMinutesAgo: 7,
    endedMinutesAgo: 4,
    metrics: [
      success(
        [
          [7, '[0.94]', 'Inconclusive'],
          [6, '[0.861]', 'Failed'],
          [5, '[0.842]', 'Failed'],
          [4, '[0.85]', 'Failed'],
        ],
        'Failed',
      ),
    ],
  });
  putEvent(world, name, 9, 'RolloutUpdated', 'Rollout updated to revision 9');
  putEvent(world, name, 8.5, 'TrafficWeightUpdated', 'Traffic weight updated to 20');
  putEvent(world, name, 8.4, 'RolloutStepCompleted', 'Rollout step 1/5 completed (setWeight: 20)');
  putEvent(world, name, 7, 'RolloutStepCompleted', 'Rollout step 2/5 completed (pause: 1m)');
  putEvent(world, name, 4, 'RolloutAborted', why);
  putEvent(world, name, 4, 'TrafficWeightUpdated', 'Traffic weight updated from 20 to 0');
}

/** A timed pause counts down; one canary pod cannot start. */
export function putRunning(world: World, name = 'search'): void {
  putRollout(world, {
    name,
    revision: 17,
    image: `registry.example.com/core/${name}:7.3.1`,
    spec: {
      strategy: {
        canary: {
          steps: [
            { setWeight: 20 },
            { pause: { duration: '1m' } },
            { setWeight: 40 },
            { pause: { duration: '10m' } },
            { setWeight: 60 },
            { pause: { duration: '5m' } },
          ],
          trafficRouting: istio,
        },
      },
    },
    status: {
      phase: 'Paused',
      message: 'CanaryPauseStep',
      currentPodHash: 'b2',
      stableRS: 'a1',
      currentStepIndex: 3,
      controllerPause: true,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: before(6.2) }],
      canary: { weights: weights(40) },
      duration: { rolloutStartedAt: before(9) },
      conditions: [condition('Progressing', 'Unknown', 'RolloutPaused', 'Rollout is paused', 6)],
    },
    sets: [
      {
        hash: 'b2',
        revision: 17,
        image: `registry.example.com/core/${name}:7.3.1`,
        replicas: 3,
        ready: 2,
        broken: 'ImagePullBackOff',
      },
      { hash: 'a1', revision: 16, image: `registry.example.com/core/${name}:7.2.0`, replicas: 5, ready: 5 },
    ],
  });
  putEvent(world, name, 8, 'TrafficWeightUpdated', 'Traffic weight updated to 20');
  putEvent(world, name, 6.5, 'TrafficWeightUpdated', 'Traffic weight updated from 20 to 40');
  putEvent(world, name, 6.5, 'RolloutStepCompleted', 'Rollout step 3/6 completed (setWeight: 40)');
}

/** Everything done. */
export function putHealthy(world: World, name = 'catalog', namespace = 'shop'): void {
  putRollout(world, {
    namespace,
    name,
    revision: 12,
    image: `registry.example.com/shop/${name}:3.1.0`,
    spec: {
      strategy: {
        canary: {
          steps: [
            { setWeight: 20 },
            { pause: { duration: '1m' } },
            { setWeight: 60 },
            { pause: { duration: '1m' } },
          ],
          trafficRouting: istio,
        },
      },
    },
    status: {
      phase: 'Healthy',
      currentPodHash: 'b2',
      stableRS: 'b2',
      currentStepIndex: 4,
      availableReplicas: 5,
      canary: {
        weights: {
          canary: { weight: 0, podTemplateHash: 'b2' },
          stable: { weight: 100, podTemplateHash: 'b2' },
          verified: true,
        },
      },
      duration: { rolloutStartedAt: before(55), finishedAt: before(50) },
      conditions: [condition('Healthy', 'True', 'RolloutHealthy', 'Rollout is healthy', 50)],
    },
    sets: [
      { hash: 'b2', revision: 12, image: `registry.example.com/shop/${name}:3.1.0`, replicas: 5, ready: 5 },
      { hash: 'a1', revision: 11, image: `registry.example.com/shop/${name}:3.0.2`, replicas: 0, ready: 0 },
    ],
  });
}

/** Blue-green before the switch, waiting for approval. */
export function putBlueGreen(world: World, name = 'billing'): void {
  putRollout(world, {
    name,
    revision: 6,
    replicas: 3,
    image: `registry.example.com/pay/${name}:5.1.0`,
    spec: {
      strategy: {
        blueGreen: {
          activeService: `${name}-active`,
          previewService: `${name}-preview`,
          autoPromotionEnabled: false,
          prePromotionAnalysis: { templates: [{ templateName: 'smoke' }] },
        },
      },
    },
    status: {
      phase: 'Paused',
      message: 'BlueGreenPause',
      currentPodHash: 'b2',
      stableRS: 'a1',
      controllerPause: true,
      pauseConditions: [{ reason: 'BlueGreenPause', startTime: before(3) }],
      blueGreen: { activeSelector: 'a1', previewSelector: 'b2' },
      duration: { rolloutStartedAt: before(6) },
    },
    sets: [
      { hash: 'b2', revision: 6, image: `registry.example.com/pay/${name}:5.1.0`, replicas: 3, ready: 3 },
      { hash: 'a1', revision: 5, image: `registry.example.com/pay/${name}:5.0.8`, replicas: 3, ready: 3 },
    ],
  });
  putRun(world, {
    rollout: name,
    name: `${name}-b2-6-pre`,
    hash: 'b2',
    type: 'PrePromotion',
    phase: 'Successful',
    startedMinutesAgo: 5,
    endedMinutesAgo: 3,
    metrics: [
      latency(
        [
          [5, '[180]', 'Successful'],
          [4, '[190]', 'Successful'],
          [3, '[170]', 'Successful'],
        ],
        'Successful',
      ),
    ],
  });
}

/** No steps: a plain rolling update. */
export function putPlain(world: World, name = 'worker'): void {
  putRollout(world, {
    name,
    revision: 3,
    replicas: 40,
    image: `registry.example.com/core/${name}:1.1.0`,
    spec: { strategy: { canary: {} } },
    status: {
      phase: 'Progressing',
      message: 'more replicas need to be updated',
      currentPodHash: 'b2',
      stableRS: 'a1',
      duration: { rolloutStartedAt: before(1) },
    },
    sets: [
      { hash: 'b2', revision: 3, image: `registry.example.com/core/${name}:1.1.0`, replicas: 20, ready: 13 },
      { hash: 'a1', revision: 2, image: `registry.example.com/core/${name}:1.0.9`, replicas: 30, ready: 30 },
    ],
  });
}

/** The spec breaks a rule. */
export function putInvalid(
  world: World,
  name = 'a-very-long-name-of-a-rollout-that-reaches-sixty-three-characters',
): void {
  const message = `The Rollout "${name}" is invalid: spec.strategy.steps[0].setWeight: Invalid value: 120: SetWeight needs to be between 0 and 100`;
  putRollout(world, {
    name,
    revision: 4,
    image:
      'registry.example.com/some/deeply/nested/path/of/an/image:v20260304-052600-abcdef0123456789abcdef0123',
    spec: { strategy: { canary: { steps: [{ setWeight: 120 }] } } },
    status: {
      phase: 'Degraded',
      message: `InvalidSpec: ${message}`,
      currentPodHash: 'a1',
      stableRS: 'a1',
      conditions: [condition('InvalidSpec', 'True', 'InvalidSpec', message, 2)],
    },
    sets: [{ hash: 'a1', revision: 4, image: 'registry.example.com/some/image:v1', replicas: 5, ready: 5 }],
  });
}

/** Fifty steps, the twenty-third is current. */
export function putLong(world: World, name = 'ledger'): void {
  const long = Array.from({ length: 25 }, (_, i) => [
    { setWeight: (i + 1) * 4 - 3 },
    { pause: { duration: '10m' } },
  ]).flat();
  putRollout(world, {
    name,
    revision: 8,
    image: `registry.example.com/pay/${name}:4.4.0`,
    spec: { strategy: { canary: { steps: long, trafficRouting: istio } } },
    status: {
      phase: 'Paused',
      currentPodHash: 'b2',
      stableRS: 'a1',
      currentStepIndex: 23,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: before(5) }],
      canary: { weights: weights(45) },
      duration: { rolloutStartedAt: before(125) },
    },
    sets: [
      { hash: 'b2', revision: 8, image: `registry.example.com/pay/${name}:4.4.0`, replicas: 3, ready: 3 },
      { hash: 'a1', revision: 7, image: `registry.example.com/pay/${name}:4.3.0`, replicas: 5, ready: 5 },
    ],
  });
}

/** Every state at once. */
export function putAll(world: World): void {
  putPaused(world);
  putDegraded(world);
  putRunning(world);
  putHealthy(world);
  putBlueGreen(world);
  putPlain(world);
  putInvalid(world);
  putLong(world);
}
