import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { instantOf } from '#core/time/instant.js';
import { undoTargetOf } from './action-patch.js';
import { isSameTemplate, writesOf, type ActionOptions, type ActionVerb } from './writes.js';

const now = instantOf(Date.parse('2026-01-02T03:04:05Z'));
const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }];
const canary = { strategy: { canary: { steps } } };
const stepless = { strategy: { canary: {} } };
const blueGreen = { strategy: { blueGreen: { activeService: 'web' } } };
const held = [{ reason: 'CanaryPauseStep', startTime: '2026-01-02T03:00:00Z' }];
const undecided = {
  pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2026-01-02T03:00:00Z' }],
  controllerPause: true,
  canary: { currentStepAnalysisRunStatus: { name: 'r', status: 'Inconclusive' } },
};

function rolloutWith(spec: Partial<Rollout['spec']>, status: Rollout['status'] = {}): Rollout {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop' },
    spec,
    status: { stableRS: 'a', currentPodHash: 'b', ...status },
  };
}

/** Each write as `place patch`, or why there is none. */
function said(verb: ActionVerb, rollout: Rollout, options: Partial<ActionOptions> = {}): unknown {
  const plan = writesOf(verb, rollout, { now, ...options });
  if (!plan.ok) return plan.why;
  return plan.writes.map(
    ({ subresource, patch }) => `${subresource ?? 'main'} ${JSON.stringify(patch.body)}`,
  );
}

const rows: readonly (readonly [string, ActionVerb, Rollout, unknown, Partial<ActionOptions>?])[] = [
  ['abort', 'abort', rolloutWith(canary), ['status {"status":{"abort":true}}']],
  [
    'abort when all is stable',
    'abort',
    rolloutWith(canary, { stableRS: 'b' }),
    ['status {"status":{"abort":true}}'],
  ],
  ['retry rollout', 'retry', rolloutWith(canary), ['status {"status":{"abort":false}}']],
  [
    'promote (paused)',
    'promote',
    rolloutWith(canary, { pauseConditions: held, currentStepIndex: 1, controllerPause: true }),
    ['status {"status":{"pauseConditions":null}}'],
  ],
  [
    'promote (paused, and by hand)',
    'promote',
    rolloutWith({ ...canary, paused: true }, { pauseConditions: held, currentStepIndex: 1 }),
    ['status {"status":{"pauseConditions":null}}', 'main {"spec":{"paused":false}}'],
  ],
  [
    'promote (paused by hand alone)',
    'promote',
    rolloutWith({ ...canary, paused: true }, { currentStepIndex: 1 }),
    ['main {"spec":{"paused":false}}'],
  ],
  [
    'promote (step analysis Inconclusive)',
    'promote',
    rolloutWith(canary, { ...undecided, currentStepIndex: 1 }),
    ['status {"status":{"pauseConditions":null,"controllerPause":false,"currentStepIndex":2}}'],
  ],
  [
    'promote (canary, nothing paused)',
    'promote',
    rolloutWith(canary, { currentStepIndex: 0 }),
    ['status {"status":{"pauseConditions":null,"currentStepIndex":1}}'],
  ],
  [
    'promote (canary, nothing paused, at the end)',
    'promote',
    rolloutWith(canary, { currentStepIndex: 3 }),
    ['status {"status":{"pauseConditions":null,"currentStepIndex":3}}'],
  ],
  [
    'promote (canary, before its first step was observed)',
    'promote',
    rolloutWith(canary),
    ['status {"status":{"pauseConditions":null,"currentStepIndex":1}}'],
  ],
  ['promote (stepless, nothing paused)', 'promote', rolloutWith(stepless), []],
  ['promote (blueGreen, nothing paused)', 'promote', rolloutWith(blueGreen), []],
  ['promote --full', 'promotefull', rolloutWith(canary), ['status {"status":{"promoteFull":true}}']],
  [
    'promote --full (paused by hand)',
    'promotefull',
    rolloutWith({ ...canary, paused: true }),
    ['status {"status":{"promoteFull":true}}', 'main {"spec":{"paused":false}}'],
  ],
  ['promote --full (all is stable)', 'promotefull', rolloutWith(canary, { stableRS: 'b' }), []],
  [
    'promote --skip-current-step',
    'promote',
    rolloutWith(canary, { currentStepIndex: 1, pauseConditions: held }),
    ['status {"status":{"currentStepIndex":2}}'],
    { skip: 'current' },
  ],
  [
    'promote --skip-all-steps',
    'promote',
    rolloutWith(canary, { currentStepIndex: 1 }),
    ['status {"status":{"currentStepIndex":3}}'],
    { skip: 'all' },
  ],
  [
    'promote --skip-current-step (blueGreen)',
    'promote',
    rolloutWith(blueGreen),
    'Cannot skip steps of a bluegreen rollout. Run without a flags',
    { skip: 'current' },
  ],
  [
    'promote --skip-all-steps (stepless)',
    'promote',
    rolloutWith(stepless),
    'Cannot skip steps of a rollout without steps',
    { skip: 'all' },
  ],
  ['pause', 'pause', rolloutWith(canary), ['main {"spec":{"paused":true}}']],
  ['restart', 'restart', rolloutWith(canary), ['main {"spec":{"restartAt":"2026-01-02T03:04:05Z"}}']],
  [
    'restart --in 10m',
    'restart',
    rolloutWith(canary),
    ['main {"spec":{"restartAt":"2026-01-02T03:14:05Z"}}'],
    { delayMs: 600_000 },
  ],
];

describe('what operators write (rollout-semantics 16)', () => {
  for (const [name, verb, rollout, expected, options] of rows)
    it(name, () => expect(said(verb, rollout, options)).to.deep.equal(expected));
});

describe('undo (rollout-semantics 16, 18)', () => {
  const set = (revision: number, extra: Partial<ReplicaSet['metadata']> = {}): ReplicaSet => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `web-${revision}`,
      annotations: { 'rollout.argoproj.io/revision': String(revision), ...extra.annotations },
    },
    spec: { selector: {}, template: templateOf(revision) },
  });
  const templateOf = (revision: number) => ({
    metadata: {
      labels: { app: 'web', role: 'canary', 'rollouts-pod-template-hash': 'a' },
      annotations: { note: 'canary' },
    },
    spec: {
      containers: [{ name: 'web', image: `web:${revision}` }],
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              labelSelector: {
                matchExpressions: [{ key: 'rollouts-pod-template-hash', operator: 'In', values: ['z'] }],
              },
              topologyKey: 'kubernetes.io/hostname',
            },
          ],
        },
      },
    },
  });
  const revisionOf = (rs: ReplicaSet): number =>
    Number(rs.metadata.annotations?.['rollout.argoproj.io/revision']);
  const ephemeral = {
    'rollout.argoproj.io/ephemeral-metadata': '{"labels":{"role":"canary"},"annotations":{"note":"canary"}}',
  };
  const bare = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'web:2' }] },
  };

  it('0 is the second newest revision', () => {
    expect(undoTargetOf([set(2), set(7), set(4)], revisionOf)?.metadata.name).to.equal('web-4');
    expect(undoTargetOf([set(7)], revisionOf)).to.equal(undefined);
    expect(undoTargetOf([set(2), set(7), set(4)], revisionOf, 2)?.metadata.name).to.equal('web-2');
  });
  it('takes the hash label, the role metadata and the anti-affinity out', () => {
    const plan = writesOf('undo', rolloutWith(canary), { now, undoTo: set(2, { annotations: ephemeral }) });
    expect(plan.ok && plan.writes).to.deep.equal([
      { patch: { type: 'json', body: [{ op: 'replace', path: '/spec/template', value: bare }] } },
    ]);
  });
  for (const [kind, path] of [
    ['Deployment', '/spec/template'],
    ['PodTemplate', '/template'],
  ] as const)
    it(`patches the ${kind} that the Rollout refers to`, () => {
      const workloadRef = { apiVersion: 'v1', kind, name: 'base' };
      const plan = writesOf('undo', rolloutWith({ ...canary, workloadRef }), { now, undoTo: set(2) });
      const write = plan.ok ? plan.writes[0] : undefined;
      expect(write?.target).to.deep.equal(workloadRef);
      expect(write?.patch.body).to.have.nested.property('[0].path', path);
    });
  it('knows a template that is there already, whatever was added to the ReplicaSet', () => {
    const to = set(2, { annotations: ephemeral });
    expect(isSameTemplate(bare, to)).to.equal(true);
    expect(isSameTemplate({ ...bare, spec: { containers: [{ name: 'web', image: 'web:3' }] } }, to)).to.equal(
      false,
    );
  });
});
