import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { createCliWorld, letLook, type CliWorld } from '#test/fakes/cli-io.js';

const rollout = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: api}
spec: {replicas: 1, selector: {matchLabels: {app: api}}, strategy: {canary: {}}}
`;
const metric = { name: 'rate', count: 3, provider: { prometheus: { query: 'up{{args.service}}' } } };
const template = (kind: string, name: string, spec: object): KubeObject =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind,
    metadata: { name, ...(kind === 'AnalysisTemplate' ? { namespace: 'shop' } : {}) },
    spec,
  }) as KubeObject;
const gate = template('AnalysisTemplate', 'gate', {
  args: [{ name: 'service' }, { name: 'limit', value: '5' }],
  metrics: [metric],
  dryRun: [{ metricName: 'rate' }],
});
const wide = template('ClusterAnalysisTemplate', 'wide', {
  metrics: [{ ...metric, name: 'errors' }],
  args: [{ name: 'service', value: 'web' }],
});

async function worldOf(files: Readonly<Record<string, string>> = {}): Promise<CliWorld> {
  return createCliWorld({ objects: [gate, wide], files });
}

describe('sluice create -f', () => {
  it('creates each object of the files where the flag says, else where the object says', async () => {
    const world = await worldOf({
      'a.yaml': `${rollout}---\n${rollout.replace('name: api', 'name: there, namespace: default')}`,
      'b.yaml':
        'apiVersion: argoproj.io/v1alpha1\nkind: Experiment\nmetadata: {name: try}\nspec: {templates: []}\n',
    });
    const { code, out } = await world.run('create -f a.yaml -f b.yaml');
    expect([code, out]).to.deep.equal([
      0,
      'rollout.argoproj.io/api created\nrollout.argoproj.io/there created\nexperiment.argoproj.io/try created\n',
    ]);
    const find = async (namespace: string, name: string) =>
      world.kube.get<Rollout>({ kind: kinds.rollout, namespace, name });
    expect((await find('shop', 'api'))?.spec.replicas).to.equal(1);
    expect(await find('default', 'there')).not.to.equal(undefined);
  });
  it('refuses other kinds, fields that nobody knows, and what is no object', async () => {
    const world = await worldOf({
      'service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n',
      'typo.yaml': rollout.replace('replicas', 'replicass'),
      'text.yaml': 'a: 1\n',
    });
    expect((await world.run('create -f service.yaml')).err).to.equal(
      'error: creates of v1/Service unsupported\n',
    );
    expect((await world.run('create -f typo.yaml')).err).to.match(
      /^error: typo\.yaml:4: .*spec\.replicass: unknown/,
    );
    expect((await world.run('create -f text.yaml')).code).to.equal(1);
    expect((await world.run('create')).code).to.equal(2);
  });
  it('goes on showing one object with -w', async () => {
    const world = await worldOf({ 'a.yaml': rollout });
    const running = world.start('create -f a.yaml -w');
    await letLook(world);
    running.interrupt();
    expect(await running.done).to.equal(0);
    expect(world.out()).to.match(/^rollout\.argoproj\.io\/api created\n2026-01-02T03:12:00Z Progressing/);
    expect((await world.run('create -f a.yaml -f a.yaml -w')).err).to.equal(
      'error: Cannot watch multiple resources\n',
    );
  });
});

describe('sluice create analysisrun', () => {
  const runs = async (world: CliWorld): Promise<readonly AnalysisRun[]> =>
    (await world.kube.list<AnalysisRun>(kinds.analysisRun, { namespace: 'shop' })).items;

  it('makes a run of a template of the namespace', async () => {
    const world = await worldOf();
    const line = 'create analysisrun --from gate -a service=web --name mine --instance-id blue';
    expect((await world.run(line)).out).to.equal('analysisrun.argoproj.io/mine created\n');
    const [run] = await runs(world);
    expect(run?.spec).to.deep.equal({
      metrics: [metric],
      args: [
        { name: 'service', value: 'web' },
        { name: 'limit', value: '5' },
      ],
      dryRun: [{ metricName: 'rate' }],
    });
    expect(run?.metadata.labels).to.deep.equal({
      'argo-rollouts.argoproj.io/controller-instance-id': 'blue',
    });
  });
  for (const line of [
    'create ar --global --from wide',
    'create ar --from-cluster-template wide',
    'create analysisrun --global --from-file wide.yaml',
  ])
    it(`"${line}" makes one of a template of the cluster`, async () => {
      const world = await worldOf({
        'wide.yaml': `apiVersion: argoproj.io/v1alpha1
kind: ClusterAnalysisTemplate
metadata: {name: wide}
spec: {metrics: [{name: errors, provider: {prometheus: {query: up}}}]}
`,
      });
      const { code, out } = await world.run(line);
      expect(code).to.equal(0);
      expect(out).to.match(/^analysisrun\.argoproj\.io\/wide-\w+ created\n$/);
      expect((await runs(world))[0]?.spec.metrics[0]?.name).to.equal('errors');
    });
  it('names what is missing or wrong', async () => {
    const world = await worldOf();
    for (const [line, why] of Object.entries({
      'create ar --from gate': 'args.service was not resolved',
      'create ar --from nope': 'analysistemplates.argoproj.io "nope" not found',
      'create ar': 'one of --from or --from-file must be specified',
      'create ar --from gate --from-file a.yaml': 'one of --from or --from-file must be specified',
      'create ar --from gate -a service': 'arguments must be in the form NAME=VALUE',
    })) {
      const { code, err } = await world.run(line);
      expect([line, code, err]).to.deep.equal([line, 1, `error: ${why}\n`]);
    }
  });
});
