import { kinds } from '#api/kinds.js';
import { pause, until } from '../life.js';
import { weights, type Scenario } from './scenario.js';

const whileMs = 3000;

export const scaling: Scenario = {
  name: 'scaling',
  title: 'replicas 4, 7, 3, 5 at 50, then 6 at 80',
  canary: () => ({ steps: weights(50, 80) }),
  run: async (life) => {
    await life.update('v2');
    await life.pauses(1);
    for (const replicas of [7, 3, 5]) {
      await life.scale(replicas);
      await life.reaches('has its pods', (status) => status.availableReplicas >= replicas);
      await pause(whileMs);
    }
    await life.sluice('promote');
    await life.pauses(3);
    await life.scale(6);
    await pause(whileMs);
    await life.sluice('promote');
    await life.isHealthy('v2');
  },
};

export const crashes: Scenario = {
  name: 'crashes',
  title: 'pods of both versions go away at 50, twice, and while it promotes',
  canary: () => ({ steps: weights(50) }),
  run: async (life) => {
    await life.update('v2');
    await life.pauses(1);
    for (const count of [1, 2]) {
      await life.deletePods('v1', count);
      await life.deletePods('v2', 1);
      await pause(1000);
      await life.reaches('has its pods again', (status) => status.availableReplicas >= 6);
      await pause(whileMs);
    }
    await life.sluice('promote');
    await life.deletePods('v2', 1);
    await life.isHealthy('v2');
  },
};

export const deletion: Scenario = {
  name: 'deletion',
  title: 'the Rollout is deleted at 50 (judged until its pods are told to go)',
  canary: () => ({ steps: weights(50) }),
  run: async (life) => {
    await life.update('v2');
    await life.pauses(1);
    await pause(whileMs);
    await life.deleteRollout();
    await until('the rollout is gone', () => life.timeline.of(kinds.rollout).at(-1)?.type === 'DELETED');
  },
};

export const kill: Scenario = {
  name: 'kill',
  title: 'kill -9 at 50, and again while it promotes',
  isShort: true,
  canary: () => ({ steps: weights(50) }),
  run: async (life) => {
    await life.update('v2');
    await life.pauses(1);
    await pause(1000);
    await life.killController();
    await pause(whileMs);
    await life.sluice('promote');
    await pause(300);
    await life.killController();
    await life.isHealthy('v2');
  },
};

export const restart: Scenario = {
  name: 'restart',
  title: 'restart of the pods, at rest and at 50',
  canary: () => ({ steps: weights(50) }),
  run: async (life) => {
    const isRestarted = (status: any, { spec }: any): boolean =>
      status.restartedAt === spec.restartAt && status.availableReplicas >= spec.replicas;
    await life.sluice('restart');
    await life.reaches('has new pods', isRestarted);
    await life.isHealthy('v1');
    await life.update('v2');
    await life.pauses(1);
    await life.sluice('restart');
    await life.reaches('has new pods again', isRestarted);
    await life.pauses(1);
    await pause(whileMs);
    await life.sluice('promote');
    await life.isHealthy('v2');
  },
};
