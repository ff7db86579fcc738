import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { hashOfImage, tell } from './telling.js';

const two = hashOfImage('web:2');
const revisionKey = 'rollout.argoproj.io/revision';
const historyKey = 'rollout.argoproj.io/revision-history';
const desiredKey = 'rollout.argoproj.io/desired-replicas';
const stepped = { canary: { maxSurge: 1, maxUnavailable: 0, steps: [{ setWeight: 50 }, { pause: {} }] } };
const stepless = { canary: { maxSurge: 1, maxUnavailable: 0 } };

describe('life of a canary', () => {
  it('says what is invalid, looks again after 20 s, and recovers (2.5)', async () => {
    const bad = { canary: { steps: [{ setWeight: 10 }, { pause: { duration: 'soon' } }] } };
    const { world, chronicle, spec, wait } = await tell({ replicas: 1, strategy: bad }, {}, 5);
    const first = (await world.rollout()).status;
    const message =
      'The Rollout "web" is invalid: spec.strategy.steps[1].pause.duration: Invalid value: -1: Duration needs to be greater than 0';
    expect(first).to.deep.include({
      phase: 'Degraded',
      message: `InvalidSpec: ${message}`,
      observedGeneration: '1',
    });
    expect(chronicle.conditions()).to.deep.equal(['InvalidSpec/True/InvalidSpec']);
    expect(await world.replicaSets()).to.deep.equal([]);
    expect((world.decisions.at(-1)?.requeueAt ?? 0) - world.sandbox.clock.now()).to.be.within(14_000, 20_000);
    await spec({ strategy: { canary: { steps: [{ setWeight: 101 }] } } });
    await wait(1);
    const second = (await world.rollout()).status;
    expect(second.message).to.contain(
      'steps[0].setWeight: Invalid value: 101: SetWeight needs to be between 0 and 100',
    );
    expect(second).to.deep.include({ phase: 'Degraded', observedGeneration: '2' });
    expect(second.conditions?.filter(({ type }) => type === 'InvalidSpec')).to.have.length(1);
    await spec({ strategy: { canary: { steps: [{ setWeight: 10 }] } } });
    await wait(20);
    const third = (await world.rollout()).status;
    expect(third.conditions?.map(({ type }) => type)).to.not.include('InvalidSpec');
    expect(third.phase).to.equal('Healthy');
  });

  it('tells of a ReplicaSet that may not be created, tries again, and loses nothing (9.1)', async () => {
    let refusals = 3;
    const { world, chronicle, apply, wait, pods } = await tell(
      { replicas: 1, strategy: stepless },
      {
        wrapKube: (kube) => ({
          ...kube,
          create: (kind, object, options) => {
            const isSecond = kind.kind === 'ReplicaSet' && object.metadata.name?.includes(two) === true;
            if (!isSecond || refusals-- <= 0) return kube.create(kind, object, options);
            return Promise.reject(new AppError('KubeForbidden', 'exceeded quota: small'));
          },
        }),
      },
    );
    chronicle.turnPage();
    await apply('web:2');
    await wait(60);
    const message = `Failed to create new replica set "web-${two}": exceeded quota: small`;
    expect(chronicle.events().filter((event) => event.includes('ReplicaSetCreateError'))).to.deep.equal(
      Array.from({ length: 3 }, () => `Warning ReplicaSetCreateError: ${message}`),
    );
    expect(chronicle.conditions('Progressing').slice(0, 2)).to.deep.equal([
      'Progressing/False/ReplicaSetCreateError',
      'Progressing/True/NewReplicaSetCreated',
    ]);
    expect(await pods('web:2')).to.equal('1/1');
    expect((await world.rollout()).status.phase).to.equal('Healthy');
  });

  it('tells of its deletion (17)', async () => {
    const { world, chronicle, wait } = await tell({ replicas: 1, strategy: stepless });
    await world.sandbox.kube.delete({ kind: kinds.rollout, namespace: 'shop', name: 'web' });
    await wait(5);
    expect(chronicle.events().at(-1)).to.equal('Normal RolloutDeleted: Rollout web/shop is deleted.');
  });

  it('tells scaling of which an action failed half-way (17)', async () => {
    let failures = 1;
    const { chronicle, apply, wait } = await tell(
      { replicas: 1, strategy: stepped },
      {
        wrapKube: (kube) => ({
          ...kube,
          patch: async (key, patch, options) => {
            const isStatus = key.kind.kind === 'Rollout' && options?.subresource === 'status';
            const isScaled = (await kube.list(kinds.replicaSet, { namespace: 'shop' })).items.some(
              (rs) => rs.metadata.labels?.['rollouts-pod-template-hash'] === two && replicasOf(rs) === 1,
            );
            if (isStatus && isScaled && failures-- > 0) throw new AppError('KubeConflict', 'changed');
            return kube.patch(key, patch, options);
          },
        }),
      },
    );
    chronicle.turnPage();
    await apply('web:2');
    await wait(20);
    const scaled = chronicle.events().filter((event) => event.includes('ScalingReplicaSet'));
    expect(scaled).to.deep.equal([
      `Normal ScalingReplicaSet: Scaled up ReplicaSet web-${two} (revision 2) from 0 to 1`,
    ]);
  });

  it('copies annotations and notes revisions in the history (5.4)', async () => {
    const { world, apply, wait, replicaSet } = await tell({ replicas: 1, strategy: stepless });
    const annotate = (annotations: object) =>
      world.patch(kinds.rollout, 'web', { metadata: { annotations } });
    await annotate({ team: 'shop', 'notified.notifications.argoproj.io': 'x' });
    await wait(2);
    const first = (await replicaSet('web:1'))?.metadata.annotations ?? {};
    expect(first).to.deep.equal({ team: 'shop', [revisionKey]: '1', [historyKey]: '1', [desiredKey]: '1' });
    await annotate({ team: null });
    await wait(2);
    expect((await replicaSet('web:1'))?.metadata.annotations?.['team']).to.equal('shop');
    await apply('web:2');
    await wait(20);
    await apply('web:1');
    await wait(20);
    const again = (await replicaSet('web:1'))?.metadata.annotations ?? {};
    expect([again[revisionKey], again[historyKey]]).to.deep.equal(['3', '1,1']);
    expect((await world.rollout()).metadata.annotations?.[revisionKey]).to.equal('3');
  });

  it('goes back to an earlier revision with a higher number and without a new ReplicaSet (5.4, 12)', async () => {
    const { chronicle, apply, wait, replicaSet, world } = await tell({ replicas: 1, strategy: stepped });
    await apply('web:2');
    await wait(10);
    await world.patch(kinds.rollout, 'web', { status: { promoteFull: true } }, 'status');
    await wait(10);
    chronicle.turnPage();
    await apply('web:1');
    await wait(10);
    expect(chronicle.events().slice(0, 3)).to.deep.equal([
      'Normal RolloutUpdated: Rollout updated to revision 3',
      `Normal RolloutNotCompleted: Rollout not completed, started update to revision 3 (${hashOfImage('web:1')})`,
      `Normal ScalingReplicaSet: Scaled up ReplicaSet web-${hashOfImage('web:1')} (revision 3) from 0 to 1`,
    ]);
    expect((await replicaSet('web:1'))?.metadata.annotations).to.include({
      [revisionKey]: '3',
      [historyKey]: '1',
    });
    expect((await world.rollout()).status.message).to.equal('CanaryPauseStep');
  });

  it('writes minReadySeconds in place (2.1)', async () => {
    const { spec, wait, replicaSet, world, chronicle } = await tell({ replicas: 1, strategy: stepped });
    chronicle.turnPage();
    await spec({ minReadySeconds: 7 });
    await wait(10);
    expect((await replicaSet('web:1'))?.spec.minReadySeconds).to.equal(7);
    expect(await world.replicaSets()).to.have.length(1);
    expect(chronicle.events()).to.deep.equal([]);
  });

  it('writes replicas: 1 where the spec has none, so that an autoscaler can work (2.1)', async () => {
    const { world } = await tell({ replicas: 1, strategy: stepless, spec: { replicas: undefined } });
    expect((await world.rollout()).spec.replicas).to.equal(1);
    expect((await world.rollout()).status).to.deep.include({ HPAReplicas: 1, selector: 'app=web' });
  });

  it('keeps its replicas when a manifest without them is applied (18: 3689)', async () => {
    const { world, spec, wait, pods, chronicle } = await tell({ replicas: 3, strategy: stepless });
    chronicle.turnPage();
    await spec({ replicas: null });
    await wait(10);
    expect([(await world.rollout()).spec.replicas, await pods('web:1'), chronicle.sizes()]).to.deep.equal([
      3,
      '3/3',
      [],
    ]);
  });

  it('skips the steps when they change on a stable revision, and begins anew on the way (4, Appendix B)', async () => {
    const { world, chronicle, spec, apply, wait } = await tell({ replicas: 2, strategy: stepped });
    chronicle.turnPage();
    await spec({
      strategy: { canary: { steps: [{ setWeight: 50 }, { pause: { duration: 5 } }, { pause: {} }] } },
    });
    await wait(5);
    expect(chronicle.events()).to.deep.equal(['Normal SkipSteps: Rollback to stable ReplicaSets']);
    expect((await world.rollout()).status).to.deep.include({ currentStepIndex: 3, phase: 'Healthy' });
    await apply('web:2');
    await wait(20);
    expect((await world.rollout()).status.currentStepIndex).to.equal(2);
    chronicle.turnPage();
    await spec({ strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } } });
    await wait(10);
    expect((await world.rollout()).status).to.deep.include({
      currentStepIndex: 1,
      message: 'CanaryPauseStep',
    });
    expect(chronicle.events()).to.deep.equal([
      'Normal RolloutResumed: Rollout is resumed',
      'Normal RolloutStepCompleted: Rollout step 1/2 completed (setWeight: 50)',
      'Normal RolloutPaused: Rollout is paused (CanaryPauseStep)',
    ]);
  });
});

function replicasOf(object: object): number {
  const { spec } = object as { readonly spec?: { readonly replicas?: number } };
  return spec?.replicas ?? 0;
}
