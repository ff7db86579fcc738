import { expect } from 'chai';
import type { RolloutStatus } from '#api/argoproj/rollout.js';
import { instantOf } from '#core/time/instant.js';
import type { Facts } from '../facts.js';
import { phaseOf } from './phase.js';

interface Case {
  readonly strategy: object;
  readonly spec?: object;
  readonly status: RolloutStatus;
  readonly isCutOver?: boolean;
}

const now = instantOf(Date.UTC(2026, 0, 1));
const settled: RolloutStatus = {
  replicas: 2,
  updatedReplicas: 2,
  availableReplicas: 2,
  stableRS: 'a',
  currentPodHash: 'a',
};
const condition = (type: string, reason: string, message: string) => ({
  type,
  status: 'True' as const,
  reason,
  message,
});

function phase({ strategy, spec, status, isCutOver = true }: Case): string {
  const rollout = { metadata: { name: 'web' }, spec: { replicas: 2, strategy, ...spec } };
  const { canary } = strategy as { readonly canary?: { readonly trafficRouting?: object } };
  // Only what the phase looks at.
  const facts = {
    rollout,
    replicas: 2,
    now,
    old: status,
    canary: canary && { routing: canary.trafficRouting },
  };
  const words = phaseOf(facts as unknown as Facts, status, isCutOver);
  return `${words.phase}: ${words.message}`;
}

/** Each row adds a cause to those below it, and must win over them (9.2). */
function ladder(base: Case, rows: readonly (readonly [expected: string, change: Partial<Case>])[]): void {
  let given = base;
  for (const [expected, change] of rows) {
    given = {
      ...given,
      ...change,
      spec: { ...given.spec, ...change.spec },
      status: { ...given.status, ...change.status },
    };
    const rung = given;
    it(expected, () => expect(phase(rung)).to.equal(expected));
  }
}

const failures: readonly (readonly [string, Partial<Case>])[] = [
  ['Progressing: updated replicas are still becoming available', { status: { availableReplicas: 1 } }],
  ['Progressing: more replicas need to be updated', { status: { updatedReplicas: 1 } }],
  ['Progressing: rollout is restarting', { spec: { restartAt: '2025-12-31T00:00:00Z' } }],
  [
    'Paused: CanaryPauseStep',
    { status: { pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-01T00:00:00Z' }] } },
  ],
  ['Paused: manually paused', { spec: { paused: true } }],
  [
    'Degraded: ProgressDeadlineExceeded: late',
    { status: { conditions: [condition('Progressing', 'ProgressDeadlineExceeded', 'late')] } },
  ],
  [
    'Degraded: RolloutAborted: gone',
    { status: { conditions: [condition('Progressing', 'RolloutAborted', 'gone')] } },
  ],
  [
    'Degraded: InvalidSpec: no',
    {
      status: {
        conditions: [
          condition('InvalidSpec', 'InvalidSpec', 'no'),
          condition('Progressing', 'RolloutAborted', 'gone'),
        ],
      },
    },
  ],
];

describe('phase of a basic canary (9.2)', () => {
  ladder({ strategy: { canary: {} }, status: settled }, [
    ['Healthy: ', {}],
    ['Progressing: waiting for all steps to complete', { status: { stableRS: 'b' } }],
    ['Progressing: old replicas are pending termination', { status: { replicas: 3 } }],
    ...failures,
  ]);
});

describe('phase of a routed canary (9.2)', () => {
  ladder({ strategy: { canary: { trafficRouting: {} } }, status: { ...settled, replicas: 4 } }, [
    ['Healthy: ', {}],
    ['Progressing: stable service cutover pending', { isCutOver: false }],
    ['Progressing: waiting for all steps to complete', { status: { stableRS: 'b' } }],
    ...failures,
  ]);
});

describe('phase of a blue-green Rollout (9.2)', () => {
  const strategy = { blueGreen: { activeService: 'web', postPromotionAnalysis: { templates: [] } } };
  ladder({ strategy, status: { ...settled, replicas: 4, blueGreen: { activeSelector: 'a' } } }, [
    ['Healthy: ', {}],
    [
      'Progressing: waiting for post-promotion verification to complete',
      {
        status: {
          stableRS: 'b',
          blueGreen: {
            activeSelector: 'a',
            postPromotionAnalysisRunStatus: { name: 'r', status: 'Successful' },
          },
        },
      },
    ],
    ['Progressing: waiting for analysis to complete', { status: { blueGreen: { activeSelector: 'a' } } }],
    ['Progressing: active service cutover pending', { status: { blueGreen: { activeSelector: 'b' } } }],
    ...failures,
  ]);
});
