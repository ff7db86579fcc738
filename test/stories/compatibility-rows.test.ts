import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { kinds } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { surgeAndUnavailable } from '#core/rollout/spec/canary-settings.js';
import { podTemplateHash } from '#core/template-hash/template-hash.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { routedBy, routedBySubsets, templateOf } from './shop.js';
import { hashOfImage, tell } from './telling.js';

const hashKey = 'rollouts-pod-template-hash';
const instanceKey = 'argo-rollouts.argoproj.io/controller-instance-id';
const basic = (more: object = {}) => ({ canary: { maxSurge: 1, maxUnavailable: 0, ...more } });
const routed = (more: object = {}) => ({ canary: { ...routedBy('istio'), ...more } });
const halfway = [{ setWeight: 50 }, { pause: {} }];
const pod = (image: string, more: object) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image, ...more }] },
});

interface Definition {
  readonly spec: {
    readonly scope: string;
    readonly names: { readonly plural: string; readonly shortNames: readonly string[] };
    readonly versions: readonly {
      readonly subresources?: object;
      readonly additionalPrinterColumns?: readonly { readonly name: string; readonly jsonPath: string }[];
    }[];
  };
}

function definition(plural: string): Definition['spec'] {
  const parsed = parseYaml(readFileSync(`crds/argoproj.io_${plural}.yaml`, 'utf8'));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return (parsed.value as Definition).spec;
}

/** Rows of the reference that no other story shows. */
describe('kinds as the API server serves them (1)', () => {
  const table: readonly [
    plural: string,
    short: string,
    scope: string,
    subresources: string,
    columns: string,
  ][] = [
    ['rollouts', 'ro', 'Namespaced', 'scale,status', 'Desired,Current,Up-to-date,Available,Age'],
    ['experiments', 'exp', 'Namespaced', '', 'Status,Age'],
    ['analysisruns', 'ar', 'Namespaced', '', 'Status,Age'],
    ['analysistemplates', 'at', 'Namespaced', '', 'Age'],
    ['clusteranalysistemplates', 'cat', 'Cluster', '', 'Age'],
  ];
  for (const [plural, short, scope, subresources, columns] of table)
    it(`${plural}: short name, scope, subresources and columns`, () => {
      const { names, versions, scope: actual } = definition(plural);
      const [version] = versions;
      expect([names.plural, names.shortNames.join(), actual]).to.deep.equal([plural, short, scope]);
      expect(Object.keys(version?.subresources ?? {}).join()).to.equal(subresources);
      expect((version?.additionalPrinterColumns ?? []).map(({ name }) => name).join()).to.equal(columns);
    });

  it('the scale subresource has replicas, HPAReplicas and the selector, and sets the replicas', async () => {
    const { world, wait, pods } = await tell({ replicas: 2, strategy: basic() });
    const key = { kind: kinds.rollout, namespace: 'shop', name: 'web' };
    await world.sandbox.kube.patch(
      key,
      { type: 'merge', body: { spec: { replicas: 3 } } },
      { subresource: 'scale' },
    );
    await wait(10);
    expect(await pods('web:1')).to.equal('3/3');
    expect((await world.rollout()).status).to.deep.include({ HPAReplicas: 3, selector: 'app=web' });
  });

  it('spec.selector is immutable', async () => {
    const { spec } = await tell({ replicas: 1, strategy: basic() });
    let said = '';
    await spec({ selector: { matchLabels: { app: 'other' } } }).catch(
      (error: Error) => (said = error.message),
    );
    expect(said).to.contain('.spec.selector is immutable');
  });

  it('a port without a protocol is stored, and hashed, with TCP; a bare number of a quantity is kept', async () => {
    const resources = { requests: { cpu: 0.5 } };
    const template = pod('web:1', { ports: [{ containerPort: 80 }], resources });
    const { world } = await tell({ replicas: 1, strategy: basic(), spec: { template } });
    const stored = (await world.rollout()).spec.template;
    const [container] = stored?.spec?.containers ?? [];
    expect(container).to.deep.include({ ports: [{ containerPort: 80, protocol: 'TCP' }], resources });
    const withTcp = pod('web:1', { ports: [{ containerPort: 80, protocol: 'TCP' }], resources });
    expect((await world.rollout()).status.currentPodHash).to.equal(podTemplateHash(withTcp));
  });
});

describe('maxSurge and maxUnavailable (2.2, 18)', () => {
  const rows: readonly [
    surge: string | number | undefined,
    unavailable: string | number | undefined,
    replicas: number,
    expected: [number, number],
  ][] = [
    ['5', 0, 20, [1, 0]],
    ['5', 0, 40, [2, 0]],
    ['5%', 0, 20, [1, 0]],
    [5, 0, 20, [5, 0]],
    [undefined, undefined, 10, [3, 2]],
    ['0%', '1%', 10, [0, 1]],
    [1, 50, 4, [1, 4]],
  ];
  for (const [surge, unavailable, replicas, [maxSurge, maxUnavailable]] of rows)
    it(`${JSON.stringify(surge)} and ${JSON.stringify(unavailable)} of ${replicas}: ${maxSurge} and ${maxUnavailable}`, () =>
      expect(surgeAndUnavailable(surge, unavailable, replicas)).to.deep.equal({ maxSurge, maxUnavailable }));
});

describe('words of steps and routers (6, 17)', () => {
  it('names every form of setCanaryScale, and the mirror route', async () => {
    const steps = [
      { setCanaryScale: { weight: 25 } },
      { setCanaryScale: { replicas: 3 } },
      { setCanaryScale: { matchTrafficWeight: true } },
      { setMirrorRoute: { name: 'beta', percentage: 10, match: [{ path: { prefix: '/' } }] } },
      { pause: {} },
    ];
    const { apply, wait, chronicle } = await tell({
      replicas: 4,
      strategy: routed({ steps }),
      router: 'istio',
    });
    chronicle.turnPage();
    await apply('web:2');
    await wait(30);
    const done = chronicle.events().filter((event) => event.includes('RolloutStepCompleted'));
    expect(done.map((event) => event.replace(/^.*completed /, ''))).to.deep.equal([
      '(setCanaryScale{weight: 25})',
      '(setCanaryScale{replicas: 3})',
      '(setCanaryScale{matchTrafficWeight: true})',
      '(setMirrorRoute: beta)',
    ]);
  });

  it('tells of the canary Ingress by the names of the peer', async () => {
    const strategy = { canary: { ...routedBy('nginx'), steps: halfway } };
    const { apply, wait, chronicle } = await tell({ replicas: 2, strategy, router: 'nginx' });
    await apply('web:2');
    await wait(20);
    const reasons = chronicle.events().map((event) => event.split(/[ :]/)[1]);
    expect(reasons).to.include.members([
      'CreatingCanaryIngress',
      'PatchingCanaryIngress',
      'TrafficWeightUpdated',
    ]);
  });

  it('tells of the VirtualService and the DestinationRule by the names of the peer', async () => {
    const strategy = { canary: { ...routedBySubsets, steps: halfway } };
    const { apply, wait, chronicle } = await tell({ replicas: 2, strategy, router: 'subsets' });
    await apply('web:2');
    await wait(20);
    const texts = chronicle.events().join('\n');
    expect(texts)
      .to.contain('Normal UpdatedDestinationRule: ')
      .and.to.contain('Normal Updated VirtualService: ');
    expect(texts).to.contain('TrafficWeightUpdated: Traffic weight updated');
  });

  it('says that a rollback inside the window takes pods that are still there', async () => {
    const spec = { rollbackWindow: { revisions: 2 } };
    const strategy = routed({ steps: halfway, scaleDownDelaySeconds: 600 });
    const { apply, wait, status, chronicle } = await tell({ replicas: 2, strategy, router: 'istio', spec });
    await apply('web:2');
    await wait(10);
    await status({ promoteFull: true });
    await wait(30);
    chronicle.turnPage();
    await apply('web:1');
    await wait(30);
    expect(chronicle.events()).to.include(
      'Normal SkipSteps: Rollback to active ReplicaSets within RollbackWindow',
    );
  });
});

describe('selectors of Services (5.5)', () => {
  const strategy = {
    canary: { stableService: 'web', canaryService: 'web-canary', maxSurge: 1, maxUnavailable: 0 },
  };

  it('a Service is adopted when all pods are available, and followed from its first one on', async () => {
    const images = { 'web:1': { readyAfterMs: 'never' }, 'web:2': { readyAfterMs: 'never' } } as const;
    const shop = { replicas: 3, strategy: { canary: { ...strategy.canary, steps: halfway } } };
    const { world, apply, wait } = await tell(shop, { images });
    const selected = async (name: string) =>
      (await world.services()).find(({ metadata }) => metadata.name === name)?.spec.selector?.[hashKey];
    const ready = async (image: string, count: number) => {
      const all = (await world.pods()).filter(({ spec }) => spec.containers[0]?.image === image);
      for (const [i, one] of all.entries()) world.sandbox.pods.setReady(one, i < count);
      await wait(5);
    };
    await ready('web:1', 2);
    expect([await selected('web'), await selected('web-canary')]).to.deep.equal([undefined, undefined]);
    await ready('web:1', 3);
    expect([await selected('web'), await selected('web-canary')]).to.deep.equal([
      hashOfImage('web:1'),
      hashOfImage('web:1'),
    ]);
    await apply('web:2');
    await wait(5);
    expect(await selected('web-canary')).to.equal(hashOfImage('web:1'));
    await ready('web:2', 1);
    expect(await selected('web-canary')).to.equal(hashOfImage('web:2'));
  });

  it('a Service that lost its managed-by annotation is given back all the same (18)', async () => {
    const template = { ...templateOf('api:1'), metadata: { labels: { app: 'api' } } };
    const labels = { app: 'api', [hashKey]: podTemplateHash(template) };
    const others: readonly (KubeObject & UnknownObject)[] = [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        metadata: { name: 'api', namespace: 'shop' },
        spec: { selector: { matchLabels: { app: 'api' } }, template, strategy: basic() },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'x-of-others', namespace: 'shop' },
        spec: { selector: labels, ports: [{ port: 80 }] },
      },
    ];
    const { world, wait } = await tell({ replicas: 1, strategy }, { objects: others });
    const key = { kind: kinds.rollout, namespace: 'shop', name: 'web' };
    for (const name of ['web', 'web-canary'])
      await world.patch(kinds.service, name, { metadata: { annotations: null } });
    await world.sandbox.kube.delete(key);
    await wait(30);
    expect((await world.services()).map(({ spec }) => spec.selector)).to.deep.equal([
      { app: 'web' },
      { app: 'web' },
      labels,
    ]);
  });
});

describe('the progress deadline (2.1, 9.3)', () => {
  it('does not run in a pause of the steps', async () => {
    const strategy = basic({ steps: [{ setWeight: 50 }, { pause: { duration: '90s' } }] });
    const spec = { progressDeadlineSeconds: 20, progressDeadlineAbort: true };
    const { world, apply, wait } = await tell({ replicas: 2, strategy, spec });
    await apply('web:2');
    await wait(80);
    expect((await world.rollout()).status).to.deep.include({ phase: 'Paused', message: 'CanaryPauseStep' });
    await wait(60);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
  });

  it('does not run while old pods wait for their delay', async () => {
    const spec = { progressDeadlineSeconds: 20, progressDeadlineAbort: true };
    const strategy = routed({ steps: [{ setWeight: 50 }], scaleDownDelaySeconds: 120 });
    const { apply, wait, pods, chronicle } = await tell({ replicas: 2, strategy, router: 'istio', spec });
    chronicle.turnPage();
    await apply('web:2');
    await wait(100);
    expect(await pods('web:1')).to.equal('2/2');
    await wait(100);
    expect(await pods('web:1')).to.equal('0/0');
    expect(chronicle.phases().at(-1)).to.equal('Healthy: ');
    expect(chronicle.phases().filter((phase) => phase.startsWith('Degraded'))).to.deep.equal([]);
    expect(chronicle.conditions().filter((text) => text.includes('Deadline'))).to.deep.equal([]);
  });

  it('is 600 seconds when nobody says otherwise', async () => {
    const images = { 'web:2': { readyAfterMs: 'never' } } as const;
    const { world, apply, wait } = await tell({ replicas: 1, strategy: basic() }, { images });
    await apply('web:2');
    await wait(598);
    expect((await world.rollout()).status.phase).to.equal('Progressing');
    await wait(10);
    expect((await world.rollout()).status.message).to.contain('ProgressDeadlineExceeded');
  });

  it('never aborts what is promoted', async () => {
    const spec = { progressDeadlineSeconds: 20, progressDeadlineAbort: true };
    const { world, wait } = await tell({ replicas: 2, strategy: basic(), spec });
    for (const one of await world.pods()) world.sandbox.pods.setReady(one, false);
    await wait(120);
    const { status } = await world.rollout();
    expect([status.abort, status.abortedAt]).to.deep.equal([undefined, undefined]);
    expect(status.stableRS).to.equal(status.currentPodHash);
  });
});

describe('traffic and pods of a routed canary (7.4, 10.1, 16)', () => {
  it('a canary whose pods are all lost gets no traffic, and its weight back with them', async () => {
    const { world, apply, wait } = await tell({
      replicas: 2,
      strategy: routed({ steps: halfway }),
      router: 'istio',
    });
    await apply('web:2');
    await wait(20);
    const weight = async () => (await world.rollout()).status.canary?.weights?.canary.weight;
    const canaries = (await world.pods()).filter(({ spec }) => spec.containers[0]?.image === 'web:2');
    expect(await weight()).to.equal(50);
    for (const one of canaries) world.sandbox.pods.setReady(one, false);
    await wait(10);
    expect(await weight()).to.equal(0);
    for (const one of canaries) world.sandbox.pods.setReady(one, true);
    await wait(20);
    expect(await weight()).to.equal(50);
  });

  it('dynamicStableScale with an abort delay keeps the canary whole for that long (4898, 4900)', async () => {
    const strategy = routed({ dynamicStableScale: true, abortScaleDownDelaySeconds: 60, steps: halfway });
    const { world, apply, wait, status, pods } = await tell({ replicas: 4, strategy, router: 'istio' });
    await apply('web:2');
    await wait(30);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['2/2', '2/2']);
    await status({ abort: true });
    await wait(40);
    expect((await world.rollout()).status.canary?.weights?.canary.weight).to.equal(0);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['4/4', '2/2']);
    await wait(60);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['4/4', '0/0']);
  });

  it('replicaProgressThreshold counts for the promotion too (2.2, 7.6)', async () => {
    const images = { 'web:2': { readyAfterMs: 'never' } } as const;
    const threshold = (value: number) => ({ replicaProgressThreshold: { type: 'Percent', value } });
    const promoted = async (value: number) => {
      const strategy = routed({ steps: [{ setWeight: 50 }], ...threshold(value) });
      const { world, apply, wait } = await tell({ replicas: 4, strategy, router: 'istio' }, { images });
      await apply('web:2');
      for (let i = 0; i < 6; i++) {
        await wait(3);
        const mine = (await world.pods()).filter(({ spec }) => spec.containers[0]?.image === 'web:2');
        for (const [k, one] of mine.entries()) world.sandbox.pods.setReady(one, k < 2);
      }
      return (await world.rollout()).status.stableRS === hashOfImage('web:2');
    };
    expect([await promoted(50), await promoted(75)]).to.deep.equal([true, false]);
  });

  it('minPodsPerReplicaSet is a floor for every number but 0', async () => {
    const strategy = routed({ steps: [{ setWeight: 1 }, { pause: {} }], minPodsPerReplicaSet: 2 });
    const { apply, wait, pods } = await tell({ replicas: 10, strategy, router: 'istio' });
    await apply('web:2');
    await wait(20);
    expect([await pods('web:1'), await pods('web:2')]).to.deep.equal(['10/10', '2/2']);
  });
});

describe('history and children (2.1, 5.6, 17)', () => {
  it('ten older ReplicaSets are kept when nobody says otherwise', async () => {
    const { world, apply, wait } = await tell({ replicas: 1, strategy: basic() });
    for (let i = 2; i <= 13; i++) {
      await apply(`web:${i}`);
      await wait(10);
    }
    expect(await world.replicaSets()).to.have.length(11);
  });

  it('AnalysisRuns carry the instance id of their Rollout', async () => {
    const gate: KubeObject & UnknownObject = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name: 'gate', namespace: 'shop' },
      spec: { metrics: [{ name: 'ok', count: 1, provider: { web: { url: 'http://nowhere' } } }] },
    };
    const steps = [{ analysis: { templates: [{ templateName: 'gate' }] } }];
    const { world, wait } = await tell({ replicas: 1, strategy: basic({ steps }) }, { objects: [gate] });
    await world.patch(kinds.rollout, 'web', {
      metadata: { labels: { [instanceKey]: 'blue' } },
      spec: { template: templateOf('web:2') },
    });
    await wait(10);
    expect((await world.runs()).map(({ metadata }) => metadata.labels?.[instanceKey])).to.deep.equal([
      'blue',
    ]);
  });
});

describe('an analysis without templates (14)', () => {
  it('is none: nobody waits for it', async () => {
    const none = { templates: [] };
    for (const strategy of [
      { blueGreen: { activeService: 'web', prePromotionAnalysis: none, postPromotionAnalysis: none } },
      basic({ analysis: none, steps: [{ setWeight: 50 }] }),
    ]) {
      const { world, apply, wait } = await tell({ replicas: 2, strategy });
      await apply('web:2');
      await wait(20);
      expect(await world.runs()).to.deep.equal([]);
      expect((await world.rollout()).status).to.deep.include({
        phase: 'Healthy',
        stableRS: hashOfImage('web:2'),
      });
    }
  });
});

describe('metadata of a role (5.7)', () => {
  it('is put back on a pod that lost it, and a key that the spec forgot is taken away', async () => {
    const labels = { role: 'stable', tier: 'web' };
    const { world, spec, wait } = await tell({
      replicas: 2,
      strategy: basic({ stableMetadata: { labels } }),
    });
    const roles = async () =>
      (await world.pods()).map((one) => `${one.metadata.labels?.['role']} ${one.metadata.labels?.['tier']}`);
    const [first] = await world.pods();
    await world.patch(kinds.pod, first?.metadata.name ?? '', { metadata: { labels: { role: null } } });
    await wait(5);
    expect(await roles()).to.deep.equal(['stable web', 'stable web']);
    await spec({ strategy: { canary: { stableMetadata: { labels: { tier: null } } } } });
    await wait(5);
    expect(await roles()).to.deep.equal(['stable undefined', 'stable undefined']);
    expect(await world.replicaSets()).to.have.length(1);
  });
});

describe('spec.paused under a router (8)', () => {
  it('holds the end of a step and no runs, weights or Services', async () => {
    const { world, apply, wait, spec, pods } = await tell({
      replicas: 4,
      strategy: routed({ steps: [{ setWeight: 25 }, { setWeight: 50 }, { pause: {} }] }),
      router: 'istio',
    });
    await apply('web:2');
    await wait(0.2);
    await spec({ paused: true });
    await wait(30);
    const { status } = await world.rollout();
    expect(status).to.deep.include({ phase: 'Paused', message: 'manually paused', currentStepIndex: 0 });
    expect([await pods('web:2'), status.canary?.weights?.canary.weight]).to.deep.equal(['1/1', 25]);
    await spec({ paused: false });
    await wait(30);
    expect((await world.rollout()).status).to.deep.include({
      message: 'CanaryPauseStep',
      currentStepIndex: 2,
    });
  });
});
