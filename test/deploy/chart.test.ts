import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { kindDefinitions } from '#api/definitions.js';
import { helmOrSkip, kustomized, type Manifest, refusal, render } from './helm.js';
import { rightsIn, triples } from './triples.js';

const values = (name: string) => ['--values', `test/deploy/values/${name}.yaml`];
const one = (all: readonly Manifest[], kind: string, name?: RegExp): Manifest =>
  all.find((object) => object.kind === kind && (name?.test(object.metadata.name) ?? true));
const count = (all: readonly Manifest[], kind: string) => all.filter((object) => object.kind === kind).length;

describe('the Helm chart', function () {
  this.timeout(30_000);
  let helm: string;
  before(function () {
    helm = helmOrSkip(this);
  });

  for (const name of ['many', 'namespaced'])
    it(`has nothing to complain about, with the values ${name}`, () => {
      const args = ['lint', 'deploy/chart', '--strict', '--kube-version', '1.34.0', ...values(name)];
      const { status, stdout } = spawnSync(helm, args, { encoding: 'utf8' });
      expect(status, stdout).to.equal(0);
    });

  it('gives the rights of deploy/base, no more and no fewer', function () {
    const base = kustomized('deploy/base');
    if (base === undefined) this.skip();
    expect(rightsIn(render(helm))).to.deep.equal(rightsIn(base ?? []));
  });

  it('gives the rights of deploy/namespaced when it is held to a namespace, and none on the cluster', function () {
    const namespaced = kustomized('deploy/namespaced');
    if (namespaced === undefined) this.skip();
    const all = render(helm, '--set', 'clusterInstall=false');
    expect(rightsIn(all)).to.deep.equal(rightsIn(namespaced ?? []));
    expect(all.filter(({ kind }) => kind.startsWith('Cluster'))).to.deep.equal([]);
    expect(one(all, 'Deployment').spec.template.spec.containers[0].args).to.include.members(['--namespaced']);
  });

  it('leaves out the rights of a router that is switched off, and of all', () => {
    const ingresses = (...set: readonly string[]) =>
      rightsIn(render(helm, ...set))['cluster']?.filter((right) => right.includes('/ingresses '));
    expect(ingresses()).to.not.deep.equal([]);
    expect(ingresses('--set', 'providerRBAC.providers.nginx=false')).to.deep.equal([]);
    expect(ingresses('--set', 'providerRBAC.enabled=false')).to.deep.equal([]);
  });

  it('runs the pod of deploy/base', function () {
    const base = kustomized('deploy/base');
    if (base === undefined) this.skip();
    const pod = (all: readonly Manifest[]) => {
      const { containers, volumes, securityContext, terminationGracePeriodSeconds } = one(all, 'Deployment')
        .spec.template.spec;
      const [{ env, ports, resources, volumeMounts, securityContext: own, image }] = containers;
      const sorted = ports.toSorted((a: Manifest, b: Manifest) => a.name.localeCompare(b.name));
      return {
        volumes,
        securityContext,
        terminationGracePeriodSeconds,
        env,
        ports: sorted,
        resources,
        volumeMounts,
        own,
        image,
      };
    };
    expect(pod(render(helm))).to.deep.equal(pod(base ?? []));
  });

  it('keeps the definitions when it goes, marks them, and leaves them out when asked', () => {
    const crds = (...set: readonly string[]) =>
      render(helm, ...set).filter(({ kind }) => kind === 'CustomResourceDefinition');
    expect(crds().map(({ metadata }) => metadata.annotations['helm.sh/resource-policy'])).to.deep.equal(
      kindDefinitions.map(() => 'keep'),
    );
    expect(JSON.stringify(crds('--set', 'keepCRDs=false'))).not.to.contain('resource-policy');
    expect(crds('--set', 'crdAnnotations.a=b')[0].metadata.annotations).to.include({ a: 'b' });
    expect(crds('--set', 'installCRDs=false')).to.deep.equal([]);
  });

  it('puts every value where it belongs', () => {
    const all = render(helm, ...values('many'));
    const { spec, metadata } = one(all, 'Deployment');
    const pod = spec.template.spec;
    expect([
      metadata.labels.tier,
      metadata.annotations.why,
      metadata.labels.team,
      spec.replicas,
    ]).to.deep.equal(['ops', 'tests', 'delivery', 3]);
    expect(pod.containers[0].image).to.equal('registry.example/team/sluice:v9');
    expect(pod.containers[0].args).to.include.members([
      '--loglevel=debug',
      '--logformat=text',
      '--kloglevel=2',
      '--instance-id=blue',
      '--self-service-notification-enabled',
      '--rollout-threads=20',
      '--page-auth=token',
    ]);
    expect(pod.serviceAccountName).to.equal('releaser');
    expect(pod.topologySpreadConstraints[0].labelSelector.matchLabels).to.deep.equal(
      spec.selector.matchLabels,
    );
    expect(pod.containers.map(({ name }: Manifest) => name)).to.deep.equal(['sluice', 'side']);
    for (const key of [
      'tolerations',
      'affinity',
      'nodeSelector',
      'dnsConfig',
      'imagePullSecrets',
      'initContainers',
    ])
      expect(pod[key], key).not.to.equal(undefined);
    expect(one(all, 'PodDisruptionBudget').spec.minAvailable).to.equal(1);
    expect(one(all, 'ServiceMonitor').spec.endpoints[0]).to.include({ port: 'metrics', interval: '15s' });
    expect(one(all, 'PrometheusRule').spec.groups[0].rules.length).to.be.greaterThan(5);
    expect(JSON.parse(one(all, 'ConfigMap', /-dashboard$/).data['sluice.json']).title).to.equal('Sluice');
    expect(one(all, 'Ingress').spec.rules[0].http.paths[0].backend.service.port.name).to.equal('dashboard');
    expect(one(all, 'ConfigMap', /^argo-rollouts-config$/).data).to.have.all.keys(
      'metricProviderPlugins',
      'stepPlugins',
    );
    expect(one(all, 'ConfigMap', /notification/).data).to.have.all.keys(
      'service.slack',
      'template.done',
      'trigger.on-done',
      'subscriptions',
    );
    expect(one(all, 'Secret').stringData).to.deep.equal({ 'slack-token': 'abc' });
    expect(one(all, 'ConfigMap', /-extra$/).metadata.namespace).to.equal('sluice-system');
    expect(rightsIn(all)['cluster']).to.include.members([
      'example.org/routes get ',
      'external.metrics.k8s.io/* list ',
    ]);
    const selectors = [one(all, 'Service', /-metrics$/), one(all, 'Service', /-dashboard$/)].map(
      (s) => s.spec.selector,
    );
    expect(selectors).to.deep.equal([spec.selector.matchLabels, spec.selector.matchLabels]);
  });

  it('adds the kinds to the roles of the cluster, unless told not to', () => {
    expect(count(render(helm), 'ClusterRole')).to.equal(4);
    expect(count(render(helm, '--set', 'createClusterAggregateRoles=false'), 'ClusterRole')).to.equal(1);
    const edit = one(render(helm), 'ClusterRole', /to-edit$/);
    expect(triples(edit.rules)).to.include('argoproj.io/rollouts patch ');
    expect(triples(edit.rules)).not.to.include('kustomize.toolkit.fluxcd.io/kustomizations create ');
  });

  const refused: readonly (readonly [set: string, says: string])[] = [
    ['controler.replicas=3', "additional properties 'controler' not allowed"],
    ['controller.replicas=three', 'got string, want integer'],
    [
      'controller.trafficRouterPlugins[0].name=x',
      'controller.trafficRouterPlugins: routers are built in here',
    ],
    ['controller.awsVerifyTargetGroup=true', 'target groups are not verified here'],
    ['controller.pprofAddress=:6060', 'there is no Go profiler here'],
    ['dashboard.readonly=true', 'dashboard.readonly: the page is served by the controllers'],
    ['providerRBAC.providers.smi=true', 'providerRBAC.providers.smi: this build has no such router'],
    ['dashboard.enabled=true', 'set dashboard.tlsInFront: true'],
    ['dashboard.ingress.enabled=true', 'needs dashboard.enabled'],
    ['controller.metrics.serviceMonitor.enabled=true', 'needs controller.metrics.enabled'],
  ];
  for (const [set, says] of refused)
    it(`refuses ${set}`, () => {
      expect(refusal(helm, '--set', set)).to.contain(says);
    });
});
