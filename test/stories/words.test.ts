import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { podTemplateHash } from '#core/template-hash/template-hash.js';
import { keepChronicle } from './chronicle.js';
import { shopObjects, templateOf, type ShopOptions } from './shop.js';
import { createStoryWorld, type StoryWorld } from './world.js';

const one = podTemplateHash(templateOf('web:1'));
const two = podTemplateHash(templateOf('web:2'));

async function begin(options: Partial<ShopOptions> = {}, seconds = 20) {
  const strategy = { canary: { maxSurge: 1, maxUnavailable: 0, steps: [{ setWeight: 50 }, { pause: {} }] } };
  const world = createStoryWorld({ objects: shopObjects({ replicas: 1, strategy, ...options }) });
  const chronicle = keepChronicle(world);
  await world.sandbox.clock.advance(seconds * 1000);
  return { world, chronicle };
}

const status = (world: StoryWorld, patch: object) =>
  world.patch(kinds.rollout, 'web', { status: patch }, 'status');
const spec = (world: StoryWorld, patch: object) => world.patch(kinds.rollout, 'web', { spec: patch });
const wait = (world: StoryWorld, seconds: number) => world.sandbox.clock.advance(seconds * 1000);

describe('words of a canary', () => {
  it('tells of the initial deploy (11, 17)', async () => {
    const { chronicle } = await begin();
    expect(chronicle.events()).to.deep.equal([
      'Normal RolloutAddedToInformer: Rollout resource added to informer: shop/web',
      'Normal RolloutUpdated: Rollout updated to revision 1',
      `Normal NewReplicaSetCreated: Created ReplicaSet web-${one} (revision 1)`,
      `Normal RolloutNotCompleted: Rollout not completed, started update to revision 1 (${one})`,
      `Normal ScalingReplicaSet: Scaled up ReplicaSet web-${one} (revision 1) from 0 to 1`,
      `Normal RolloutCompleted: Rollout completed update to revision 1 (${one}): Initial deploy`,
    ]);
    expect(chronicle.conditions()).to.deep.equal([
      'Progressing/True/NewReplicaSetCreated',
      'Available/False/AvailableReason',
      'Completed/False/RolloutCompleted',
      'Progressing/True/ReplicaSetUpdated',
      'Completed/True/RolloutCompleted',
      'Healthy/True/RolloutHealthy',
      'Progressing/True/NewReplicaSetAvailable',
      'Available/True/AvailableReason',
    ]);
    expect(chronicle.phases()).to.deep.equal([
      'Progressing: more replicas need to be updated',
      'Progressing: updated replicas are still becoming available',
      'Healthy: ',
    ]);
  });

  it('tells of an update that is aborted, retried and promoted (9.1, 16, 17)', async () => {
    const { world, chronicle } = await begin();
    chronicle.turnPage();
    await spec(world, { template: templateOf('web:2') });
    await wait(world, 10);
    await status(world, { abort: true });
    await wait(world, 10);
    await status(world, { abort: false });
    await wait(world, 10);
    await status(world, { pauseConditions: null });
    await wait(world, 10);
    expect(chronicle.events()).to.deep.equal([
      'Normal RolloutUpdated: Rollout updated to revision 2',
      `Normal NewReplicaSetCreated: Created ReplicaSet web-${two} (revision 2)`,
      `Normal RolloutNotCompleted: Rollout not completed, started update to revision 2 (${two})`,
      `Normal ScalingReplicaSet: Scaled up ReplicaSet web-${two} (revision 2) from 0 to 1`,
      'Normal RolloutStepCompleted: Rollout step 1/2 completed (setWeight: 50)',
      'Normal RolloutPaused: Rollout is paused (CanaryPauseStep)',
      `Normal ScalingReplicaSet: Scaled down ReplicaSet web-${two} (revision 2) from 1 to 0`,
      'Warning RolloutAborted: Rollout aborted update to revision 2',
      `Normal ScalingReplicaSet: Scaled up ReplicaSet web-${two} (revision 2) from 0 to 1`,
      'Normal RolloutStepCompleted: Rollout step 1/2 completed (setWeight: 50)',
      'Normal RolloutPaused: Rollout is paused (CanaryPauseStep)',
      'Normal RolloutStepCompleted: Rollout step 2/2 completed (pause)',
      'Normal RolloutResumed: Rollout is resumed',
      `Normal ScalingReplicaSet: Scaled down ReplicaSet web-${one} (revision 1) from 1 to 0`,
      `Normal RolloutCompleted: Rollout completed update to revision 2 (${two}): Completed all 2 canary steps`,
    ]);
    expect(chronicle.conditions('Progressing')).to.deep.equal([
      'Progressing/True/NewReplicaSetCreated',
      'Progressing/True/ReplicaSetUpdated',
      'Progressing/Unknown/RolloutPaused',
      'Progressing/False/RolloutAborted',
      'Progressing/Unknown/RolloutRetry',
      'Progressing/True/ReplicaSetUpdated',
      'Progressing/Unknown/RolloutPaused',
      'Progressing/Unknown/RolloutResumed',
      'Progressing/True/ReplicaSetUpdated',
      'Progressing/True/NewReplicaSetAvailable',
    ]);
    expect(chronicle.conditions('Paused')).to.deep.equal([
      'Paused/True/RolloutPaused',
      'Paused/False/RolloutPaused',
      'Paused/True/RolloutPaused',
      'Paused/False/RolloutPaused',
    ]);
  });
});
