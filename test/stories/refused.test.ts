import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { AppError, type ErrorCode } from '#ports/errors.js';
import { analysisWorld, web } from '../fakes/analysis-world.js';
import { GitopsWorld } from '../fakes/gitops-world.js';
import { refusingKube } from '../fakes/refusing-kube.js';
import { createLab, labTemplate } from './lab.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld } from './world.js';

const refusal = (code: ErrorCode, message: string) => new AppError(code, message);
const webhookWords =
  'Internal error occurred: failed calling webhook "guard.test": context deadline exceeded';
const webhook = refusal('KubeWebhookFailed', webhookWords);
const secretWords = 'secrets "login" is forbidden: User "s" cannot get resource "secrets" in API group ""';
const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n';

describe('what a cluster refuses is told where it is needed, and goes on when it is granted', () => {
  const git: readonly (readonly [
    what: string,
    request: string,
    error: AppError,
    who: 'source' | 'kustomization',
  ])[] = [
    ['a right on Secrets', 'get Secret', refusal('KubeForbidden', secretWords), 'source'],
    ['a webhook that does not answer, at a GitRepository', 'patch GitRepository', webhook, 'source'],
    ['a webhook that does not answer, at a Kustomization', 'patch Kustomization', webhook, 'kustomization'],
  ];
  for (const [what, request, error, who] of git)
    it(what, async () => {
      const login = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'login', namespace: 'flux-system' },
      };
      const world = new GitopsWorld([login]);
      world.git.commit('refs/heads/main', 'one', { 'a.yaml': manifest });
      world.refusing = (asked) => (asked === request ? error : undefined);
      await world.createSource({ secretRef: { name: 'login' } });
      await world.createKustomization();
      await world.sandbox.clock.advance(30_000);
      const refused = await world[who]();
      expect(world.condition(refused, 'Ready')).to.equal(`False Refused: ${error.message}`);
      expect(world.condition(refused, 'Reconciling')).to.equal(`True ProgressingWithRetry: ${error.message}`);
      const events = await world.events(refused.kind);
      expect(events.filter((event) => event === `ReconciliationError: ${error.message}`)).to.have.length(1);
      world.refusing = () => undefined;
      await world.sandbox.clock.advance(360_000);
      expect(world.condition(await world.source(), 'Ready')).to.match(/^True/);
      expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    });

  it('a webhook that fails, at the ReplicaSet of an Experiment', async () => {
    let isDown = true;
    const wrapKube = (kube: Parameters<typeof refusingKube>[0]) =>
      refusingKube(kube, (asked) => (isDown && asked === 'create ReplicaSet' ? webhook : undefined));
    const lab = createLab({ spec: { templates: [labTemplate('a')] }, wrapKube });
    await lab.pass(20);
    const stalled = async () =>
      (await lab.experiment()).status.conditions?.find(({ type }) => type === 'Stalled');
    expect(await stalled()).to.include({ status: 'True', reason: 'Refused', message: webhookWords });
    expect(await lab.events()).to.include(`! ReconciliationError: ${webhookWords}`);
    isDown = false;
    await lab.pass(400);
    expect(await stalled()).to.equal(undefined);
    expect(await lab.says()).to.equal('Running');
  });

  it('a right to write an AnalysisRun: an event, since the status is what is refused', async () => {
    let left = 3;
    const words = 'analysisruns "r" is forbidden: User "s" cannot patch resource "analysisruns"';
    const beforePatch = () => {
      if ((left -= 1) >= 0) throw refusal('KubeForbidden', words);
    };
    const good = () => ({ kind: 'judged', phase: 'Successful', value: '1' }) as const;
    const world = await analysisWorld({ metrics: [web({ count: 1 })] }, good, [], { beforePatch });
    await world.sandbox.clock.advance(400_000);
    const { items } = await world.sandbox.kube.list<any>(kinds.event, { namespace: 'shop' });
    expect(items.map(({ reason, message }) => `${reason}: ${message}`)).to.include(
      `ReconciliationError: ${words}`,
    );
    expect(
      (await world.sandbox.kube.get<any>({ kind: kinds.analysisRun, namespace: 'shop', name: 'r' }))?.status
        .phase,
    ).to.equal('Successful');
  });

  it('a webhook that fails, at the ReplicaSet of a Rollout: the old pods stay', async () => {
    let isDown = false;
    const world = createStoryWorld({
      objects: shopObjects({ strategy: { canary: {} } }),
      wrapKube: (kube) =>
        refusingKube(kube, (asked) => (isDown && asked === 'create ReplicaSet' ? webhook : undefined)),
    });
    await world.sandbox.clock.advance(20_000);
    isDown = true;
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(30_000);
    const conditions = async () =>
      ((await world.rollout()).status.conditions ?? []).map(
        ({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`,
      );
    expect(await conditions()).to.include(`Ready False Refused: ${webhookWords}`);
    expect((await world.rollout()).status.availableReplicas).to.equal((await world.rollout()).spec.replicas);
    isDown = false;
    await world.sandbox.clock.advance(400_000);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
    expect((await conditions()).join()).not.to.include('Refused');
  });
});
