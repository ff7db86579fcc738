import { pause, type Life } from '../life.js';
import type { TrafficRouter } from '../routers/router.js';
import { weights, type Scenario } from './scenario.js';

const whileMs = 3000;

/** From the pause of this step to the end, and then with a bad version to the same pause, and back. */
async function endsAndReturns(life: Life, step: number): Promise<void> {
  await life.sluice('promote');
  await life.isHealthy('v2');
  await pause(3000 + whileMs);
  await life.update('bad');
  await life.pauses(step);
  await pause(2000);
  await life.sluice('abort');
  await life.isAborted();
  await pause(3000 + whileMs);
  await life.update('v2');
  await life.isHealthy('v2');
}

export const dynamic: Scenario = {
  name: 'dynamic',
  isLong: true,
  title: 'dynamicStableScale with a long pause at 100; abort at 100',
  isShort: true,
  canary: () => ({
    steps: [{ setWeight: 50 }, { pause: { duration: 3 } }, { setWeight: 100 }, { pause: {} }],
    dynamicStableScale: true,
    scaleDownDelaySeconds: undefined,
    abortScaleDownDelaySeconds: undefined,
  }),
  run: async (life) => {
    await life.update('v2');
    await life.pauses(3);
    await pause(8000);
    await endsAndReturns(life, 3);
  },
};

export const zeroDelays: Scenario = {
  name: 'zero-delays',
  title: 'delays of 0 seconds: to the end, and an abort at 50',
  canary: () => ({ steps: weights(50), scaleDownDelaySeconds: 0, abortScaleDownDelaySeconds: 0 }),
  run: async (life) => {
    await life.update('v2');
    await life.pauses(1);
    await endsAndReturns(life, 1);
  },
};

const header = {
  setHeaderRoute: { name: 'testers', match: [{ headerName: 'x-tester', headerValue: { exact: 'yes' } }] },
};

function stepsOf({ hasHeaderRoutes }: TrafficRouter): readonly object[] {
  return [
    { setCanaryScale: { replicas: 1 } },
    ...(hasHeaderRoutes ? [header] : []),
    { pause: {} },
    { setCanaryScale: { weight: 50 } },
    ...weights(20),
    { setCanaryScale: { matchTrafficWeight: true } },
    ...(hasHeaderRoutes ? [{ setHeaderRoute: { name: 'testers' } }] : []),
    ...weights(60),
  ];
}

export const routesAndScale: Scenario = {
  name: 'header',
  title: 'setCanaryScale, and a header route where the router has them',
  canary: (router) => {
    const { hasHeaderRoutes, trafficRouting } = router;
    const managed = { trafficRouting: { ...trafficRouting, managedRoutes: [{ name: 'testers' }] } };
    return { ...(hasHeaderRoutes ? managed : {}), steps: stepsOf(router) };
  },
  run: async (life) => {
    if (life.router.hasHeaderRoutes) life.load.mark({ 'x-tester': 'yes' });
    await life.update('v2');
    for (const [index, step] of stepsOf(life.router).entries()) {
      if (!('pause' in step)) continue;
      await life.pauses(index);
      await pause(whileMs);
      await life.sluice('promote');
    }
    await life.isHealthy('v2');
  },
};
