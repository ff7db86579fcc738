import { expect } from 'chai';
import { Registry } from 'prom-client';
import { AppError } from '#ports/errors.js';
import { countRequests, resourceOfPath } from './api-requests.js';
import { createMetrics } from './metrics.js';

const options = {
  version: '1.2.3',
  process: false,
  subjects: { rollout: 'rollout' },
  queueNames: { rollout: 'Rollouts' },
} as const;

async function linesOf(registry: Registry, prefix: string): Promise<readonly string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith(prefix));
}

describe('metrics of passes', () => {
  const key = { namespace: 'shop', name: 'web' };

  it('has a histogram and errors for each object, with the buckets of the peer', async () => {
    const metrics = createMetrics(options);
    metrics.passed('rollout', key, 200, undefined);
    metrics.passed('rollout', key, 20, new AppError('KubeTimeout', 'late'));
    metrics.passed('rollout', key, 20, new AppError('KubeConflict', 'newer'));
    metrics.passed('kustomization', key, 20, undefined);
    const id = 'namespace="shop",name="web"';
    expect(await linesOf(metrics.registry, 'rollout_reconcile')).to.deep.equal([
      `rollout_reconcile_bucket{le="0.01",${id}} 0`,
      `rollout_reconcile_bucket{le="0.15",${id}} 2`,
      `rollout_reconcile_bucket{le="0.25",${id}} 3`,
      `rollout_reconcile_bucket{le="0.5",${id}} 3`,
      `rollout_reconcile_bucket{le="1",${id}} 3`,
      `rollout_reconcile_bucket{le="+Inf",${id}} 3`,
      `rollout_reconcile_sum{${id}} 0.24`,
      `rollout_reconcile_count{${id}} 3`,
      `rollout_reconcile_error{${id}} 1`,
    ]);
  });
  it('drops every series of an object that is gone, and only its', async () => {
    const metrics = createMetrics(options);
    for (const name of ['web', 'api']) {
      metrics.passed('rollout', { namespace: 'shop', name }, 1, new AppError('KubeTimeout', 'late'));
      metrics.event({ kind: 'Rollout', metadata: { namespace: 'shop', name } }, 'Normal', 'RolloutPaused');
      metrics.peer.notifications.sent('shop', name, 0.003);
      metrics.peer.notifications.succeeded('shop', name, 'slack', 'on-rollout-paused');
      metrics.peer.notifications.failed('shop', name, 'email', 'on-rollout-paused');
    }
    metrics.peer.forget((_, { name }) => name !== 'web');
    const text = await metrics.registry.metrics();
    expect(text).not.to.include('name="web"');
    expect(text).to.include(
      'rollout_events_total{namespace="shop",name="api",type="Normal",reason="RolloutPaused"} 1',
    );
    expect(text).to.include(
      'notification_send_success{namespace="shop",name="api",type="slack",reason="on-rollout-paused"} 1',
    );
  });
  it('counts events of Rollouts by object, all others by kind', async () => {
    const metrics = createMetrics(options);
    metrics.event({ kind: 'Kustomization', metadata: { name: 'a' } }, 'Normal', 'Applied');
    expect(await linesOf(metrics.registry, 'rollout_events_total')).to.deep.equal([]);
    expect(await linesOf(metrics.registry, 'sluice_events_total')).to.have.length(1);
  });
  it('has what client-go has of queues, by the names of the peer', async () => {
    const metrics = createMetrics(options);
    metrics.watchQueue('rollout', () => ({ depth: 3, running: 1 }));
    metrics.added('rollout');
    metrics.retried('rollout');
    metrics.began('rollout', key, 50);
    const text = await metrics.registry.metrics();
    for (const line of [
      'workqueue_depth{name="Rollouts"} 3',
      'workqueue_adds_total{name="Rollouts"} 1',
      'workqueue_retries_total{name="Rollouts"} 1',
      'workqueue_queue_duration_seconds_count{name="Rollouts"} 1',
      'workqueue_queue_duration_seconds_bucket{le="0.1",name="Rollouts"} 1',
    ])
      expect(text).to.include(line);
    expect(text).to.match(/workqueue_unfinished_work_seconds\{name="Rollouts"\} \d/);
    expect(text).to.match(/workqueue_longest_running_processor_seconds\{name="Rollouts"\} \d/);
    metrics.passed('rollout', key, 5, undefined);
    expect(await linesOf(metrics.registry, 'workqueue_unfinished_work_seconds{')).to.deep.equal([
      'workqueue_unfinished_work_seconds{name="Rollouts"} 0',
    ]);
    expect(await linesOf(metrics.registry, 'workqueue_work_duration_seconds_count')).to.deep.equal([
      'workqueue_work_duration_seconds_count{name="Rollouts"} 1',
    ]);
  });
  it('says which version runs', async () => {
    const { registry } = createMetrics(options);
    expect(await linesOf(registry, 'argo_rollouts_controller_info')).to.deep.equal([
      'argo_rollouts_controller_info{version="1.2.3"} 1',
    ]);
    expect((await linesOf(registry, 'build_info'))[0]).to.match(/^build_info\{version="1\.2\.3",goversion=/);
  });
});

describe('metrics of requests', () => {
  for (const [path, expected] of [
    ['/api/v1/namespaces/shop/services/web', ['services', 'shop', 'web']],
    ['/api/v1/namespaces/shop', ['namespaces', '', 'shop']],
    ['/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web/status?a=b', ['rollouts', 'shop', 'web']],
    ['/apis/argoproj.io/v1alpha1/rollouts?watch=true', ['rollouts', '', '']],
    ['/apis/argoproj.io/v1alpha1/clusteranalysistemplates/gate', ['clusteranalysistemplates', '', 'gate']],
  ] as const)
    it(`reads ${path}`, () => {
      const { kind, namespace, name } = resourceOfPath(path);
      expect([kind, namespace, name]).to.deep.equal(expected);
    });
  it('have the labels of the peer, and no name where there are many', async () => {
    const registry = new Registry();
    const count = countRequests(registry);
    const rollouts = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts';
    count({ verb: 'patch', path: `${rollouts}/web/status`, code: '200' });
    count({ verb: 'list', path: rollouts, code: '200' });
    count({ verb: 'delete', path: '/apis/apps/v1/namespaces/shop/replicasets/web-1', code: '404' });
    count({ verb: 'get', path: `${rollouts}/web`, code: 'error' });
    const name = 'controller_clientset_k8s_request_total';
    expect(await linesOf(registry, name)).to.deep.equal([
      `${name}{kind="rollouts",namespace="shop",verb="Patch",status_code="200",name="web"} 1`,
      `${name}{kind="rollouts",namespace="shop",verb="List",status_code="200",name="N/A"} 1`,
      `${name}{kind="replicasets",namespace="shop",verb="Delete",status_code="404",name="N/A"} 1`,
      `${name}{kind="rollouts",namespace="shop",verb="Get",status_code="0",name="web"} 1`,
    ]);
  });
  it('are bounded: names that come after five thousand others are left out', async () => {
    const registry = new Registry();
    const count = countRequests(registry);
    for (let i = 0; i < 6000; i++)
      count({ verb: 'get', path: `/api/v1/namespaces/shop/services/s${i}`, code: '200' });
    expect(await linesOf(registry, 'controller_clientset_k8s_request_total')).to.have.length(5001);
  });
});
