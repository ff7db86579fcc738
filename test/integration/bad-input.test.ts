import { expect } from 'chai';
import { kinds, type Kind } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { objectsIn, ReleaseWorld, vectorOutcome } from '#test/fakes/release-world.js';
import type { MetricOutcome } from '#ports/metric-source.js';

const good = 'sluice.dev/demo:v1';
const next = 'sluice.dev/demo:v2';

/** A change that cannot be carried out, and what must be said of it. */
interface Mistake {
  readonly name: string;
  readonly folder: 'canary' | 'canary-istio' | 'canary-nginx' | 'blue-green';
  readonly patch?: (world: ReleaseWorld) => Promise<void>;
  /** Deleted before the patch. */
  readonly deletes?: { readonly kind: Kind; readonly name: string };
  /** Of the condition InvalidSpec. */
  readonly says: string;
}

const step = (...steps: readonly object[]) => spec({ strategy: { canary: { steps } } });
const spec = (body: object) => (world: ReleaseWorld) => world.patch({ spec: body });

const mistakes: readonly Mistake[] = [
  {
    name: 'a Service that is not there',
    folder: 'canary-istio',
    deletes: { kind: kinds.service, name: 'web-canary' },
    says: 'spec.strategy.canary.canaryService: Invalid value: "web-canary": service "web-canary" not found',
  },
  {
    name: 'an Ingress that is not there',
    folder: 'canary-nginx',
    deletes: { kind: kinds.ingress, name: 'site' },
    says: 'ingress.networking.k8s.io "site" not found',
  },
  {
    name: 'a template that is not there',
    folder: 'canary',
    deletes: { kind: kinds.analysisTemplate, name: 'success-rate' },
    says: "AnalysisTemplate 'success-rate' not found",
  },
  {
    name: 'both strategies',
    folder: 'canary',
    patch: spec({ strategy: { blueGreen: { activeService: 'myapp' } } }),
    says: 'Multiple Strategies can not be listed',
  },
  {
    name: 'a weight over 100',
    folder: 'canary',
    patch: step({ setWeight: 120 }),
    says: 'spec.strategy.steps[0].setWeight: Invalid value: 120: SetWeight needs to be between 0 and 100',
  },
  {
    name: 'a duration that is none',
    folder: 'canary',
    patch: step({ setWeight: 20 }, { pause: { duration: 'soon' } }),
    says: 'spec.strategy.steps[1].pause.duration: Invalid value: -1: Duration needs to be greater than 0',
  },
  {
    name: 'one Service in two roles',
    folder: 'blue-green',
    patch: spec({ strategy: { blueGreen: { previewService: 'api-server-active' } } }),
    says: 'This rollout uses the same service for the active and preview services, but two different services are required.',
  },
  {
    name: 'a router that is not served',
    folder: 'canary-nginx',
    patch: spec({ strategy: { canary: { trafficRouting: { nginx: null, smi: {} } } } }),
    says: 'trafficRouting.smi: Invalid value: "smi": this build of Sluice has no such traffic router',
  },
  {
    name: 'arguments that nobody gives',
    folder: 'canary',
    patch: spec({ strategy: { canary: { analysis: { args: [] } } } }),
    says: 'service-name',
  },
];

const hosts = {
  canary: 'myapp.production',
  'canary-istio': 'web.shop.example',
  'canary-nginx': 'site.shop.example',
  'blue-green': 'api-server-active.backend',
};

describe('bad input', () => {
  for (const mistake of mistakes) {
    it(`names ${mistake.name}, keeps serving, and goes on when it is put right`, async () => {
      const { world, rightAgain } = await served(mistake.folder);
      const { namespace = '', name } = (await world.rollout()).metadata;
      if (mistake.deletes !== undefined) await world.sandbox.kube.delete({ ...mistake.deletes, namespace });
      await mistake.patch?.(world);
      await world.setImage(next);
      await world.sandbox.clock.advance(60_000);

      const condition = await world.condition('InvalidSpec');
      expect(condition).to.match(new RegExp(`^True InvalidSpec: The Rollout "${name}" is invalid: spec\\.`));
      expect(condition).to.contain(mistake.says);
      const message = condition.replace('True InvalidSpec: ', '');
      expect(await world.says()).to.equal(`Degraded: InvalidSpec: ${message}`);
      const told = (await world.events()).filter((event) => event.startsWith('Warning'));
      expect(told).to.deep.equal([`Warning InvalidSpec: ${message}`]);
      if (mistake.deletes?.kind !== kinds.ingress) expectServedBy(world, [good]);

      await rightAgain();
      await world.until(({ status }) => status?.phase === 'Paused');
      expect(await world.condition('InvalidSpec')).to.equal('absent');
      expect(world.failures, 'failed passes').to.deep.equal([]);
    });
  }

  const answers: readonly (readonly [name: string, answer: MetricOutcome, says: string])[] = [
    ['fails', { kind: 'error', message: 'connect ECONNREFUSED 10.0.0.9:9090' }, 'connect ECONNREFUSED'],
    ['returns nothing', vectorOutcome(), 'Metric "success-rate" assessed Error'],
    ['returns NaN', vectorOutcome(Number.NaN), 'Metric "success-rate" assessed Failed'],
  ];
  for (const [name, answer, says] of answers) {
    it(`ends the update and names the metric when a query ${name}`, async () => {
      const { world } = await served('canary', () => answer);
      await world.setImage(next);
      await world.untilPhase('Degraded', 30);
      await world.sandbox.clock.advance(30_000);
      expect(await world.says())
        .to.contain('Rollout aborted update to revision 2: ')
        .and.to.contain('"success-rate"')
        .and.to.contain(says);
      expect((await world.events()).join('\n'))
        .to.contain(says)
        .and.to.contain('Warning RolloutAborted');
      expectServedBy(world, [good, next]);
      expect(world.sandbox.gateway.send({ host: hosts.canary })).to.include({ image: good });
    });
  }

  it('says when an image cannot be pulled, and leaves the old pods in service', async () => {
    const { world } = await served('canary-istio');
    await world.patch({ spec: { progressDeadlineSeconds: 60 } });
    await world.setImage('sluice.dev/demo:missing');
    await world.untilPhase('Degraded');
    const { name } = (await world.rollout()).metadata;
    const why = `ReplicaSet "${name}-${(await world.rollout()).status?.currentPodHash ?? ''}" has timed out progressing.`;
    expect(await world.says()).to.equal(`Degraded: ProgressDeadlineExceeded: ${why}`);
    expect(await world.condition('Progressing')).to.equal(`False ProgressDeadlineExceeded: ${why}`);
    expectServedBy(world, [good]);
    await world.setImage(good);
    await world.untilPhase('Healthy');
  });
});

/** No request was lost, and none was answered by an image besides these. */
function expectServedBy(world: ReleaseWorld, images: readonly string[]): void {
  const { sent, losses, byImage } = world.sandbox.gateway.tally();
  expect(losses).to.deep.equal([]);
  expect(images).to.include.members(Object.keys(byImage));
  expect(sent).to.be.greaterThan(100);
}

/** An example that serves its first version, with users; and how to take back every mistake but the image. */
async function served(folder: Mistake['folder'], metric?: () => MetricOutcome) {
  const objects = objectsIn(`examples/${folder}`);
  const { name = '', namespace = '' } = objects.find(({ kind }) => kind === 'Rollout')?.metadata ?? {};
  const world = new ReleaseWorld({
    objects,
    rollout: { name, namespace },
    images: { '*:missing': { isImageMissing: true } },
    ...(metric === undefined ? {} : { metric }),
  });
  await world.untilPhase('Healthy');
  await world.sandbox.clock.advance(1_000);
  world.sandbox.gateway.startLoad({ host: hosts[folder], perSecond: 20 });
  const before = (await world.rollout()).spec.strategy;
  const rightAgain = async (): Promise<void> => {
    for (const object of objects) await world.create(object).catch(ignoreExisting);
    await world.replaceStrategy(before);
  };
  return { world, rightAgain };
}

function ignoreExisting(thrown: unknown): void {
  if (!(thrown instanceof AppError) || thrown.code !== 'KubeAlreadyExists') throw thrown;
}
