import { expect } from 'chai';
import { eventually } from '../e2e/cluster.js';
import { rollout, service } from '../e2e/objects.js';
import { type BareCluster, bareCluster } from './cluster.js';
import { createDoor } from './door.js';
import { first, reaches, readyz, second, setImage, stepless, untilReady } from './looks.js';

describe('a cluster that lacks parts', function () {
  this.timeout(150_000);
  let at: BareCluster;
  beforeEach(function () {
    at = bareCluster(this, 'bad');
  });
  afterEach(() => at.close());

  it('without the definitions: not ready, says which kinds are missing, and begins when they come', async () => {
    await at.removeDefinitions();
    const running = await at.controllers();
    await eventually(
      'it says what is missing',
      async () => /rollouts\.argoproj/.test((await readyz(running)).text),
      () => readyz(running),
    );
    expect((await readyz(running)).status).to.equal(503);
    expect((await readyz(running)).text).to.match(
      /rollouts\.argoproj\.io is not served by the API server: apply its definition/,
    );
    at.installDefinitions();
    await untilReady(running);
    at.apply(rollout('late', first, stepless, 1));
    await reaches(at, 'late', 'Healthy');
  });

  it('with the definitions of releases alone: Rollouts are driven, the rest waits', async () => {
    at.installDefinitions();
    at.kubectl(
      'delete',
      'crd',
      'gitrepositories.source.toolkit.fluxcd.io',
      'kustomizations.kustomize.toolkit.fluxcd.io',
    );
    const running = await at.controllers();
    await untilReady(running);
    at.apply(rollout('alone', first, stepless, 1));
    await reaches(at, 'alone', 'Healthy');
    at.installDefinitions();
  });

  it('with an older definition that drops fields: the release goes on, an event says what to apply', async () => {
    at.installDefinitions((definition) => {
      if (definition.metadata.name !== 'rollouts.argoproj.io') return definition;
      const older = structuredClone(definition);
      for (const { schema } of older.spec.versions) {
        const { status } = schema.openAPIV3Schema.properties;
        delete status['x-kubernetes-preserve-unknown-fields'];
        for (const name of ['why', 'duration', 'traffic']) delete status.properties[name];
      }
      return older;
    });
    const running = await at.controllers();
    await untilReady(running);
    const steps = [{ setWeight: 50 }, { pause: {} }];
    at.apply(rollout('old', first, { canary: { steps } }, 2));
    await reaches(at, 'old', 'Healthy');
    setImage(at, 'old', second);
    await reaches(at, 'old', 'Paused');
    await eventually('it is told', async () =>
      /drops fields of their status: apply those of Sluice/.test(
        at.kubectl('get', 'events', '-n', at.namespace),
      ),
    );
    at.installDefinitions();
  });

  it('without the Gateway API: who names a route is told so, the others go on', async function () {
    if (at.kubectl('get', 'crd', '-o', 'name').includes('httproutes.gateway')) this.skip();
    at.installDefinitions();
    const running = await at.controllers();
    await untilReady(running);
    const plugins = { 'argoproj-labs/gatewayAPI': { httpRoute: 'site' } };
    const canary = {
      stableService: 's',
      canaryService: 'c',
      trafficRouting: { plugins },
      steps: [{ setWeight: 20 }, { pause: {} }],
    };
    at.apply(
      service('s', 'gated'),
      service('c', 'gated'),
      rollout('plain', first, stepless, 1),
      rollout('gated', first, { canary }, 1),
    );
    await reaches(at, 'plain', 'Healthy');
    await eventually(
      'the condition names the kind',
      () =>
        Promise.resolve(
          /httproutes\.gateway\.networking\.k8s\.io .* not found/.test(
            JSON.stringify(at.get('rollout', 'gated').status?.conditions ?? []),
          ),
        ),
      () => Promise.resolve(at.get('rollout', 'gated').status),
    );
  });

  it('with an API server that is away at first: not ready, alive, and begins when it is there', async () => {
    at.installDefinitions();
    const door = await createDoor(at.kubeconfig);
    try {
      const running = await at.controllers(door.kubeconfig);
      await eventually(
        'alive',
        async () => (await fetch(`${running.healthz}/healthz`).catch(() => undefined))?.status === 200,
      );
      const closed = await readyz(running);
      expect(closed.status).to.equal(503);
      expect(closed.text).to.match(/^waiting for .*Rollout/);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect([running.hasEnded(), (await readyz(running)).status]).to.deep.equal([false, 503]);
      await door.open();
      await untilReady(running);
    } finally {
      await door.close();
    }
  });
});
