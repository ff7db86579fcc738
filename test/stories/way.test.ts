import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { routedBy } from './shop.js';
import { hashOfImage, tell } from './telling.js';

const basic = (more: object = {}) => ({ canary: { maxSurge: 1, maxUnavailable: 0, ...more } });
const pausing = basic({ steps: [{ setWeight: 50 }, { pause: {} }] });
const routed = (more: object = {}) => ({ canary: { ...routedBy('istio'), ...more } });
const timedOut = (name: string) => `ReplicaSet "${name}" has timed out progressing.`;

describe('the way of a canary', () => {
  it('pauses for seconds as number, as text and in Go words (10)', async () => {
    const steps = [5, '5', '5s', '0.1m'].map((duration) => ({ pause: { duration } }));
    const { world, apply, wait, chronicle } = await tell({ replicas: 1, strategy: basic({ steps }) });
    chronicle.turnPage();
    await apply('web:2');
    for (const [after, index] of [
      [4, 0],
      [5.2, 1],
      [5.2, 2],
      [5.2, 3],
      [6.2, 4],
    ] as const) {
      await wait(after);
      expect((await world.rollout()).status.currentStepIndex).to.equal(index);
    }
    expect(chronicle.events().filter((event) => event.includes('RolloutStepCompleted'))).to.deep.equal([
      'Normal RolloutStepCompleted: Rollout step 1/4 completed (pause: 5)',
      'Normal RolloutStepCompleted: Rollout step 2/4 completed (pause: 5)',
      'Normal RolloutStepCompleted: Rollout step 3/4 completed (pause: 5s)',
      'Normal RolloutStepCompleted: Rollout step 4/4 completed (pause: 0.1m)',
    ]);
    expect(chronicle.conditions('Progressing').filter((text) => text.includes('Resumed'))).to.deep.equal([]);
  });

  it('is named by the first member of a step, and done by the first that is waited for (2.5, 10)', async () => {
    const steps = [{ setWeight: 10, setCanaryScale: { replicas: 2 } }, { pause: {} }];
    const { world, apply, wait, pods, chronicle } = await tell({
      replicas: 4,
      strategy: routed({ steps }),
      router: 'istio',
    });
    await apply('web:2');
    await wait(20);
    expect(await pods('web:2')).to.equal('2/2');
    expect((await world.rollout()).status.canary?.weights?.canary.weight).to.equal(10);
    expect(chronicle.events()).to.include(
      'Normal RolloutStepCompleted: Rollout step 1/2 completed (setWeight: 10)',
    );
  });

  it('keeps a setCanaryScale until the weight is matched again, and forgets it in an abort (7.1, 10)', async () => {
    const steps = [
      { setCanaryScale: { replicas: 3 } },
      { setWeight: 25 },
      { pause: {} },
      { setCanaryScale: { weight: 50 } },
      { pause: {} },
      { setCanaryScale: { matchTrafficWeight: true } },
      { pause: {} },
    ];
    const strategy = routed({ steps, abortScaleDownDelaySeconds: 5 });
    const { world, apply, wait, pods, status } = await tell({ replicas: 4, strategy, router: 'istio' });
    await apply('web:2');
    await wait(20);
    expect([await pods('web:2'), (await world.rollout()).status.currentStepIndex]).to.deep.equal(['3/3', 2]);
    await status({ pauseConditions: null });
    await wait(20);
    expect([await pods('web:2'), (await world.rollout()).status.currentStepIndex]).to.deep.equal(['2/2', 4]);
    await status({ pauseConditions: null });
    await wait(20);
    expect([await pods('web:2'), (await world.rollout()).status.currentStepIndex]).to.deep.equal(['1/1', 6]);
    await status({ abort: true });
    await wait(30);
    expect(await pods('web:2')).to.equal('0/0');
    await status({ abort: false });
    await wait(20);
    expect([await pods('web:2'), (await world.rollout()).status.currentStepIndex]).to.deep.equal(['3/3', 2]);
  });

  it('needs only as many pods as the threshold says to end a step (2.2, 7.5)', async () => {
    const images = { 'web:2': { readyAfterMs: 'never' } } as const;
    const reached = async (more: object) => {
      const strategy = basic({ steps: [{ setWeight: 50 }, { pause: {} }], ...more });
      const { world, apply, wait } = await tell({ replicas: 4, strategy }, { images });
      await apply('web:2');
      await wait(20);
      return (await world.rollout()).status.currentStepIndex;
    };
    expect(await reached({})).to.equal(0);
    expect(await reached({ replicaProgressThreshold: { type: 'Pods', value: 1 } })).to.equal(0);
    expect(await reached({ replicaProgressThreshold: { type: 'Pods', value: 0 } })).to.equal(1);
    expect(await reached({ replicaProgressThreshold: { type: 'Pods', value: -1 } })).to.equal(0);
  });

  it('follows the replicas on its way, also down to none and back (4, 7)', async () => {
    const { world, apply, wait, pods, spec } = await tell({ replicas: 4, strategy: pausing });
    await apply('web:2');
    await wait(15);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['2/2', '2/2']);
    await spec({ replicas: 8 });
    await wait(20);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['4/4', '4/4']);
    expect((await world.rollout()).status).to.deep.include({
      currentStepIndex: 1,
      phase: 'Paused',
      HPAReplicas: 8,
    });
    await spec({ replicas: 0 });
    await wait(20);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['0/0', '0/0']);
    await spec({ replicas: 2 });
    await wait(20);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['1/1', '1/1']);
    expect((await world.rollout()).status).to.deep.include({
      currentStepIndex: 1,
      message: 'CanaryPauseStep',
    });
  });

  it('begins anew for a third revision, and the second one leaves (7.3, 7.7)', async () => {
    const { world, apply, wait, pods, chronicle } = await tell({ replicas: 4, strategy: pausing });
    await apply('web:2');
    await wait(15);
    chronicle.turnPage();
    await apply('web:3');
    await wait(20);
    expect([await pods('web:1'), await pods('web:2'), await pods('web:3')]).to.deep.equal([
      '2/2',
      '0/0',
      '2/2',
    ]);
    expect((await world.rollout()).status).to.deep.include({
      currentStepIndex: 1,
      message: 'CanaryPauseStep',
    });
    const told = chronicle.events().filter((event) => !event.includes('ScalingReplicaSet'));
    expect(told.map((event) => event.split(/[ :]/)[1])).to.deep.equal([
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'RolloutResumed',
      'RolloutStepCompleted',
      'RolloutPaused',
    ]);
  });

  it('goes back to the stable revision half-way without any step (6, 12)', async () => {
    const { world, apply, wait, pods, chronicle } = await tell({ replicas: 4, strategy: pausing });
    await apply('web:2');
    await wait(15);
    chronicle.turnPage();
    await apply('web:1');
    await wait(20);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['4/4', '0/0']);
    expect(chronicle.events()).to.include('Normal SkipSteps: Rollback to stable ReplicaSets');
    expect(chronicle.events().some((event) => event.includes('RolloutCompleted'))).to.equal(false);
    expect((await world.rollout()).status).to.deep.include({ currentStepIndex: 2, phase: 'Healthy' });
  });

  it('leaves steps out inside the rollback window, and only there (12)', async () => {
    const { world, apply, wait, status, chronicle } = await tell({
      replicas: 2,
      strategy: pausing,
      spec: { rollbackWindow: { revisions: 1 } },
    });
    for (const image of ['web:2', 'web:3']) {
      await apply(image);
      await wait(10);
      await status({ promoteFull: true });
      await wait(15);
    }
    chronicle.turnPage();
    await apply('web:2');
    await wait(20);
    expect(chronicle.events().at(-1)).to.contain(': Rollback within window');
    expect((await world.rollout()).status).to.deep.include({ currentStepIndex: 2, phase: 'Healthy' });
    await apply('web:3');
    await wait(20);
    expect((await world.rollout()).status.message).to.equal('CanaryPauseStep');
    await status({ promoteFull: true });
    await wait(20);
    await apply('web:1');
    await wait(20);
    expect((await world.rollout()).status.message, 'two revisions back').to.equal('CanaryPauseStep');
  });

  it('says that it is late after the deadline, goes on, and takes it back with the next progress (9.3)', async () => {
    const strategy = basic({ steps: [{ setWeight: 50 }, { pause: {} }] });
    const { world, apply, wait, chronicle, replicaSet } = await tell(
      { replicas: 2, strategy, spec: { progressDeadlineSeconds: 20 } },
      { images: { 'web:2': { readyAfterMs: 40_000 } } },
    );
    chronicle.turnPage();
    await apply('web:2');
    await wait(35);
    const name = (await replicaSet('web:2'))?.metadata.name ?? '';
    const late = (await world.rollout()).status;
    expect([late.phase, late.message]).to.deep.equal([
      'Degraded',
      `ProgressDeadlineExceeded: ${timedOut(name)}`,
    ]);
    expect(late.abort).to.equal(undefined);
    await wait(20);
    expect((await world.rollout()).status).to.deep.include({ phase: 'Paused', message: 'CanaryPauseStep' });
    expect(chronicle.conditions('Progressing')).to.deep.equal([
      'Progressing/True/NewReplicaSetCreated',
      'Progressing/True/ReplicaSetUpdated',
      'Progressing/False/ProgressDeadlineExceeded',
      'Progressing/True/ReplicaSetUpdated',
      'Progressing/Unknown/RolloutPaused',
    ]);
  });

  it('aborts at the deadline where asked, with that reason (9.4)', async () => {
    const strategy = basic({ steps: [{ setWeight: 50 }, { pause: {} }] });
    const { world, apply, wait, chronicle, replicaSet } = await tell(
      { replicas: 2, strategy, spec: { progressDeadlineSeconds: 20, progressDeadlineAbort: true } },
      { images: { 'web:2': { readyAfterMs: 'never' } } },
    );
    chronicle.turnPage();
    await apply('web:2');
    await wait(40);
    const name = (await replicaSet('web:2'))?.metadata.name ?? '';
    const message = `Rollout aborted update to revision 2: ${timedOut(name)}`;
    expect((await world.rollout()).status).to.deep.include({
      abort: true,
      phase: 'Degraded',
      message: `RolloutAborted: ${message}`,
    });
    expect(chronicle.events()).to.include(`Warning RolloutAborted: ${message}`);
  });

  it('says when a stable revision lost pods, and when they are back (9.1)', async () => {
    const { world, wait, chronicle } = await tell({ replicas: 2, strategy: basic() });
    chronicle.turnPage();
    const [pod] = await world.pods();
    await world.sandbox.kube.delete({ kind: kinds.pod, namespace: 'shop', name: pod?.metadata.name ?? '' });
    await wait(10);
    expect(chronicle.conditions()).to.deep.equal([
      'Healthy/False/RolloutHealthy',
      'Progressing/True/ReplicaSetNotAvailable',
      'Available/False/AvailableReason',
      'Healthy/True/RolloutHealthy',
      'Progressing/True/NewReplicaSetAvailable',
      'Available/True/AvailableReason',
    ]);
  });

  it('is held by spec.paused, says so, and goes on (8, 9)', async () => {
    const strategy = basic({ steps: [{ setWeight: 50 }, { pause: { duration: 5 } }] });
    const { world, apply, wait, spec, chronicle, pods } = await tell({ replicas: 2, strategy });
    await spec({ paused: true });
    await wait(5);
    expect((await world.rollout()).status).to.deep.include({ phase: 'Paused', message: 'manually paused' });
    const progressing = (await world.rollout()).status.conditions?.find(({ type }) => type === 'Progressing');
    expect(progressing?.reason, 'of a completed Rollout').to.equal('NewReplicaSetAvailable');
    chronicle.turnPage();
    await apply('web:2');
    await wait(20);
    expect(await pods('web:2')).to.equal('0/0');
    expect((await world.rollout()).status).to.deep.include({
      currentStepIndex: 0,
      message: 'manually paused',
    });
    await spec({ paused: false });
    await wait(30);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
    expect(chronicle.conditions('Progressing').slice(0, 4)).to.deep.equal([
      'Progressing/True/NewReplicaSetCreated',
      'Progressing/Unknown/RolloutPaused',
      'Progressing/Unknown/RolloutResumed',
      'Progressing/True/ReplicaSetUpdated',
    ]);
  });

  it('of somebody else is carried on where it stood, with what they keep in the status (4)', async () => {
    const strategy = routed({ steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 75 }, { pause: {} }] });
    const { world, apply, wait, status, chronicle } = await tell({ replicas: 4, strategy, router: 'istio' });
    await apply('web:2');
    await wait(15);
    const before = (await world.rollout()).status;
    expect([before.currentStepIndex, before.canary?.weights?.canary.weight]).to.deep.equal([1, 25]);
    // What the peer would leave: no record of ours, its own conditions, load balancers.
    const alb = { ingress: 'i', loadBalancer: { name: 'lb', arn: 'arn' } };
    const foreign = {
      type: 'Foreign',
      status: 'True',
      reason: 'Kept',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    await status({ traffic: null, alb, conditions: [...(before.conditions ?? []), foreign] });
    chronicle.turnPage();
    world.restart();
    await wait(15);
    const after = (await world.rollout()).status;
    expect([after.currentStepIndex, after.phase, after.canary?.weights?.canary.weight]).to.deep.equal([
      1,
      'Paused',
      25,
    ]);
    expect(after.alb).to.deep.equal(alb);
    expect(after.conditions?.some(({ type }) => type === 'Foreign')).to.equal(true);
    expect([chronicle.sizes(), chronicle.events()]).to.deep.equal([[], []]);
    await status({ pauseConditions: null });
    await wait(15);
    expect((await world.rollout()).status.canary?.weights?.canary.weight).to.equal(75);
  });

  it('without steps rolls under a router too (2.2)', async () => {
    const { world, apply, wait, pods, chronicle } = await tell({
      replicas: 2,
      strategy: routed(),
      router: 'istio',
    });
    expect((await world.rollout()).status.currentStepIndex).to.equal(undefined);
    chronicle.turnPage();
    await apply('web:2');
    await wait(60);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['0/0', '2/2']);
    expect(chronicle.events().some((event) => event.endsWith(': Completed all 0 canary steps'))).to.equal(
      true,
    );
  });

  it('is promoted in every state as the commands write it (16)', async () => {
    const steps = [
      { setWeight: 25 },
      { pause: {} },
      { setWeight: 50 },
      { pause: { duration: '10m' } },
      { setWeight: 75 },
      { pause: {} },
    ];
    const { world, apply, wait, status, spec } = await tell({ replicas: 4, strategy: basic({ steps }) });
    const at = async () => (await world.rollout()).status.currentStepIndex;
    await apply('web:2');
    await wait(10);
    expect(await at(), 'paused').to.equal(1);
    await status({ pauseConditions: null });
    await wait(15);
    expect(await at(), 'in a timed pause').to.equal(3);
    await status({ pauseConditions: null });
    await wait(0.5);
    expect(await at(), 'pods on their way').to.equal(4);
    await status({ pauseConditions: null, currentStepIndex: 5 });
    await wait(15);
    expect(await at(), 'skipped by hand').to.equal(5);
    await spec({ paused: true });
    await wait(5);
    await status({ pauseConditions: null });
    await spec({ paused: false });
    await wait(20);
    expect(await at()).to.equal(6);
    expect((await world.rollout()).status).to.deep.include({
      phase: 'Healthy',
      stableRS: hashOfImage('web:2'),
    });
  });

  it('is aborted at every step, and retried from the first (16)', async () => {
    const steps = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];
    const { world, apply, wait, status, pods } = await tell({ replicas: 4, strategy: basic({ steps }) });
    await apply('web:2');
    for (const pauses of [0, 1]) {
      await wait(15);
      for (let i = 0; i < pauses; i++) {
        await status({ pauseConditions: null });
        await wait(15);
      }
      const { abortedAt: _none, ...before } = (await world.rollout()).status;
      expect(before.currentStepIndex).to.equal(pauses === 0 ? 1 : 3);
      await status({ abort: true });
      await wait(20);
      const aborted = (await world.rollout()).status;
      expect(aborted).to.deep.include({ abort: true, currentStepIndex: 0, phase: 'Degraded' });
      expect(aborted.abortedAt).to.match(/Z$/);
      expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['4/4', '0/0']);
      await status({ abort: false });
      await wait(1);
      const retried = (await world.rollout()).status;
      expect([retried.abort, retried.abortedAt]).to.deep.equal([undefined, undefined]);
    }
    await wait(15);
    expect((await world.rollout()).status).to.deep.include({
      currentStepIndex: 1,
      message: 'CanaryPauseStep',
    });
  });

  it('takes orders away that mean nothing to a promoted revision (6, 16)', async () => {
    const { world, wait, status, chronicle } = await tell({ replicas: 2, strategy: pausing });
    chronicle.turnPage();
    await status({ abort: true, promoteFull: true, currentStepIndex: 7 });
    await wait(10);
    const after = (await world.rollout()).status;
    expect([after.abort, after.abortedAt, after.promoteFull]).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
    expect(after).to.deep.include({ currentStepIndex: 2, phase: 'Healthy' });
    expect([chronicle.events(), chronicle.sizes()]).to.deep.equal([[], []]);
  });

  it('that was aborted is left by a new template, by the stable one, and by a full promotion (16)', async () => {
    const begin = async () => {
      const telling = await tell({ replicas: 2, strategy: pausing });
      await telling.apply('web:2');
      await telling.wait(15);
      await telling.status({ abort: true });
      await telling.wait(15);
      expect((await telling.world.rollout()).status.phase).to.equal('Degraded');
      return telling;
    };
    const other = await begin();
    await other.apply('web:3');
    await other.wait(15);
    expect((await other.world.rollout()).status).to.deep.include({ phase: 'Paused', currentStepIndex: 1 });
    const back = await begin();
    await back.apply('web:1');
    await back.wait(15);
    expect((await back.world.rollout()).status).to.deep.include({ phase: 'Healthy', currentStepIndex: 2 });
    const full = await begin();
    await full.status({ promoteFull: true });
    await full.wait(20);
    expect((await full.world.rollout()).status).to.deep.include({
      phase: 'Healthy',
      stableRS: hashOfImage('web:2'),
    });
    for (const { world } of [other, back, full]) {
      const { abort, abortedAt } = (await world.rollout()).status;
      expect([abort, abortedAt]).to.deep.equal([undefined, undefined]);
    }
  });

  it('stands still while its spec is invalid, and goes on where it was (2.5)', async () => {
    const { world, apply, wait, spec, status, pods } = await tell({ replicas: 4, strategy: pausing });
    await apply('web:2');
    await wait(15);
    await spec({ progressDeadlineSeconds: -1 });
    await wait(30);
    expect((await world.rollout()).status.message).to.contain('must be greater than or equal to 0');
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['2/2', '2/2']);
    await spec({ progressDeadlineSeconds: 60 });
    await wait(5);
    expect((await world.rollout()).status).to.deep.include({
      currentStepIndex: 1,
      message: 'CanaryPauseStep',
    });
    await status({ pauseConditions: null });
    await wait(15);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
  });
});
