import { pause } from '../life.js';
import { weights, type Scenario } from './scenario.js';

/** Time in which a share is measured, or leftovers of an older version would show. */
const whileMs = 3000;

export const promote: Scenario = {
  name: 'promote',
  title: 'step by step to the end',
  isShort: true,
  canary: () => ({ steps: weights(20, 50, 80) }),
  run: async (life) => {
    await life.update('v2');
    for (const index of [1, 3, 5]) {
      await life.pauses(index);
      await pause(whileMs);
      await life.sluice('promote');
    }
    await life.isHealthy('v2');
  },
};

export const promoteFull: Scenario = {
  name: 'promote-full',
  title: 'promote --full at 20',
  canary: () => ({ steps: weights(20, 50) }),
  run: async (life) => {
    await life.update('v2');
    await life.pauses(1);
    await pause(whileMs);
    await life.sluice('promote', '--full');
    await life.isHealthy('v2');
  },
};

export const abort: Scenario = {
  name: 'abort',
  isLong: true,
  title: 'abort at 20, 50, 80 and 100',
  isShort: true,
  canary: () => ({ steps: weights(20) }),
  run: async (life) => {
    for (const weight of [20, 50, 80, 100]) {
      const steps = { op: 'replace', path: '/spec/strategy/canary/steps', value: weights(weight) } as const;
      await life.update('bad', steps);
      await life.pauses(1);
      await pause(2000);
      await life.sluice('abort');
      await life.isAborted();
      await pause(3000 + whileMs);
      await life.update('v1');
      await life.isHealthy('v1');
    }
  },
};

export const undo: Scenario = {
  name: 'undo',
  title: 'back to stable by the spec at 50',
  canary: () => ({ steps: weights(20, 50) }),
  run: async (life) => {
    await life.update('v2');
    await life.pauses(1);
    await life.sluice('promote');
    await life.pauses(3);
    await pause(whileMs);
    await life.update('v1');
    await life.isHealthy('v1');
  },
};

export const third: Scenario = {
  name: 'third',
  title: 'a new revision at 50',
  isShort: true,
  canary: () => ({ steps: weights(50) }),
  run: async (life) => {
    await life.update('v2');
    await life.pauses(1);
    await pause(whileMs);
    await life.update('v3');
    await life.pauses(1);
    await pause(whileMs);
    await life.sluice('promote');
    await life.isHealthy('v3');
  },
};

export const blueGreen: Scenario = {
  name: 'blue-green',
  title: 'blue-green switch, and back within the delay',
  isShort: true,
  blueGreen: { activeService: 'web-active', autoPromotionEnabled: false, scaleDownDelaySeconds: 15 },
  run: async (life) => {
    await life.update('v2');
    await life.reaches('waits for approval', (status) => status.phase === 'Paused');
    await pause(1000);
    await life.sluice('promote');
    await life.isHealthy('v2');
    await pause(3000 + whileMs);
    await life.update('v1');
    await life.isHealthy('v1');
  },
};
