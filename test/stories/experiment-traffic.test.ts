import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { TrafficWeights } from '#api/argoproj/rollout.js';
import { labAnalysis } from './lab.js';
import { restsAtLast, trial, type Trial } from './trial.js';

const hashKey = 'rollouts-pod-template-hash';
const canary = { name: 'a', specRef: 'canary', weight: 10 };
const stable = { name: 'b', specRef: 'stable', weight: 5 };
const experiment = { duration: '30s', scaleDownDelaySeconds: 0, templates: [canary, stable] };
const virtualService = {
  group: 'networking.istio.io',
  version: 'v1alpha3',
  kind: 'VirtualService',
  plural: 'virtualservices',
  namespaced: true,
};

/** `web=65 web-canary=20 a=10`: weights of the route by host, those of the experiment by template. */
async function routed({ world }: Trial): Promise<string> {
  const spec = (await world.get(virtualService, 'web'))?.['spec'] as {
    http: { name?: string; route: { destination: { host: string }; weight: number }[] }[];
  };
  const primary = spec.http.find(({ name }) => name === 'primary')?.route ?? [];
  return primary.map(({ destination, weight }) => `${shortName(destination.host)}=${weight}`).join(' ');
}

function shortName(host: string): string {
  return /-\d+-\d+-(\w+)$/.exec(host)?.[1] ?? host;
}

function additional(weights: TrafficWeights | undefined): readonly string[] {
  return (weights?.additional ?? []).map(
    ({ serviceName = '', weight }) => `${shortName(serviceName)}=${weight}`,
  );
}

async function pods({ world }: Trial): Promise<string> {
  const sets = (await world.replicaSets()).filter(
    ({ metadata }) => metadata.annotations?.['experiment.argoproj.io/name'],
  );
  return sets.map(({ metadata, spec }) => `${shortName(metadata.name)}=${spec.replicas}`).join(' ');
}

describe('weights of experiment templates', () => {
  it('imply a Service each, and stable loses them while the experiment runs', async () => {
    const test = await trial([{ setWeight: 20 }, { experiment }, { pause: {} }], { router: 'istio' });
    await test.pass(8);
    expect(await routed(test)).to.equal('web=65 web-canary=20 a=10 b=5');
    const { weights } = (await test.world.rollout()).status.canary ?? {};
    const [made] = await test.experiments();
    const of = (name: string) => made?.status?.templateStatuses?.find((status) => status.name === name);
    expect(weights).to.deep.include({
      additional: ['a', 'b'].map((name) => ({
        weight: name === 'a' ? 10 : 5,
        serviceName: of(name)?.serviceName,
        podTemplateHash: of(name)?.podTemplateHash,
      })),
    });
    expect([weights?.canary.weight, weights?.stable.weight]).to.deep.equal([20, 65]);
    for (const service of (await test.world.services()).filter(({ metadata }) => metadata.ownerReferences)) {
      expect(service.spec.selector?.[hashKey]).to.be.oneOf([
        of('a')?.podTemplateHash,
        of('b')?.podTemplateHash,
      ]);
    }
    await test.pass(60);
    expect(await routed(test)).to.equal('web=80 web-canary=20');
    expect((await test.world.rollout()).status.canary?.weights?.additional).to.equal(undefined);
    expect((await test.world.rollout()).status.currentStepIndex).to.equal(2);
    await restsAtLast(test);
  });

  it('go first in the end: the route, then its time to the proxies, then pods, then Services, even without a delay', async () => {
    const test = await trial([{ setWeight: 20 }, { experiment }, { pause: {} }], { router: 'istio' });
    await test.pass(8);
    const seen: string[] = [];
    for (let tick = 0; tick < 400 && (await test.world.services()).length > 2; tick++) {
      await test.pass(0.1);
      const status = (await test.world.rollout()).status;
      const line = `${await routed(test)} | ${additional(status.canary?.weights).join(' ')} | ${await pods(test)} | ${(await test.world.services()).length - 2}`;
      if (seen.at(-1) !== line) seen.push(line);
    }
    expect(seen).to.deep.equal([
      'web=65 web-canary=20 a=10 b=5 | a=10 b=5 | a=1 b=1 | 2',
      'web=80 web-canary=20 |  | a=1 b=1 | 2',
      'web=80 web-canary=20 |  | a=0 b=0 | 0',
    ]);
    expect(test.world.failures).to.deep.equal([]);
  });

  it('go back to stable while some template has not all its pods', async () => {
    const test = await trial([{ setWeight: 20 }, { experiment: { ...experiment, duration: '1h' } }], {
      router: 'istio',
    });
    await test.pass(8);
    const pod = (await test.world.pods()).find(({ metadata }) => /-\d-\d-a-/.test(metadata.name));
    await test.world.sandbox.kube.delete(
      { kind: kinds.pod, namespace: 'shop', name: pod!.metadata.name },
      {},
    );
    await test.pass(0.1);
    expect(await routed(test)).to.equal('web=80 web-canary=20');
    await test.pass(10);
    expect(await routed(test)).to.match(/^web=65 web-canary=20 .*a=10/);
  });

  it('of a template without ports are told to go nowhere, and hold nothing', async () => {
    const bare = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    };
    const test = await trial([{ setWeight: 20 }, { experiment }, { pause: {} }], {
      router: 'istio',
      spec: { template: bare },
    });
    await test.world.patch(kinds.rollout, 'web', {
      spec: { template: { ...bare, spec: { containers: [{ name: 'web', image: 'web:3' }] } } },
    });
    await test.pass(10);
    const waits = test.world.decisions.at(-1)?.waitingFor.map(({ what }) => what);
    expect(waits?.join()).to.match(/whose template a has no port to route to/);
    await test.pass(60);
    expect((await test.world.rollout()).status.currentStepIndex).to.equal(2);
  });

  it('get no more than the canary leaves', async () => {
    const test = await trial([{ setWeight: 92 }, { experiment }], { router: 'istio' });
    await test.pass(8);
    expect(await routed(test)).to.equal('web=0 web-canary=92 a=8');
  });

  it('leave at once with an abort, before the pods', async () => {
    const test = await trial([{ setWeight: 20 }, { experiment: { ...experiment, duration: '1h' } }], {
      router: 'istio',
    });
    await test.pass(8);
    await test.status({ abort: true });
    await test.pass(0.2);
    expect(await routed(test)).to.equal('web=100 web-canary=0');
    expect(await pods(test)).to.equal('a=1 b=1');
    await test.pass(5);
    expect(await pods(test)).to.equal('a=0 b=0');
    await restsAtLast(test);
  });

  it('end with the pods of the template when it ended before the experiment', async () => {
    const analyses = [{ name: 'check', templateName: 'check', requiredForCompletion: true }];
    const test = await trial(
      [{ setWeight: 20 }, { experiment: { ...experiment, duration: '10s', analyses } }, { pause: {} }],
      {
        router: 'istio',
        objects: [labAnalysis('check')],
      },
    );
    await test.pass(30);
    expect((await test.experiments())[0]?.status?.phase).to.equal('Running');
    expect(await routed(test)).to.equal('web=80 web-canary=20');
    const [run] = await test.world.runs();
    await test.world.patch(kinds.analysisRun, run!.metadata.name, { status: { phase: 'Successful' } });
    await test.pass(5);
    expect((await test.world.rollout()).status.currentStepIndex).to.equal(2);
    expect(await pods(test)).to.equal('a=0 b=0');
    await restsAtLast(test);
  });
});
