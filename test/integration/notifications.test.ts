import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fetch } from 'undici';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import { kubeconfigFor } from '#sandbox/http/kubeconfig.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { newRevision, startCluster } from '../../bench/cluster.js';
import { until } from '../../bench/probe.js';
import { type ControllerProcessOptions, type RunningController, startController } from '../../src/main.js';

const namespace = 'default';
const home = 'sluice-system';

describe('notifications of a controller process', () => {
  let folder: string;
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  let hook: FakeHttpServer;
  let options: ControllerProcessOptions;
  const logged: string[] = [];
  const running: RunningController[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-notifying-'));
    cluster = await startCluster(1, { canary: { steps: [{ setWeight: 50 }] } });
    hook = await FakeHttpServer.start();
    hook.answer = (_, response) => sendJson(response, 200, '');
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigFor(cluster.url));
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        logged.push(String(chunk));
        done();
      },
    });
    options = {
      kubeconfig,
      metricsPort: 0,
      healthzPort: 0,
      bindAddress: '127.0.0.1',
      endpointPropagationMs: 0,
      log: { stream },
      controllers: ['rollout', 'notification'],
      env: { POD_NAMESPACE: home },
    };
    await configure();
  });
  after(async () => {
    for (const one of running) await one.stop();
    await hook.stop();
    await cluster.close();
    await rm(folder, { recursive: true });
  });

  async function configure(): Promise<void> {
    const meta = (name: string) => ({ apiVersion: 'v1', metadata: { name, namespace: home } });
    const map = {
      ...meta('argo-rollouts-notification-configmap'),
      kind: 'ConfigMap',
      data: {
        'service.webhook.hook': `url: ${hook.url}\nheaders:\n- name: X-Key\n  value: $key`,
        'template.told':
          'webhook:\n  hook:\n    method: POST\n    body: "{{.rollout.metadata.name}} {{.recipient}} {{.context.place}}"',
        'trigger.on-rollout-completed': '- send: [told]',
        context: 'place: here',
      },
    };
    const secret = {
      ...meta('argo-rollouts-notification-secret'),
      kind: 'Secret',
      data: { key: Buffer.from('top-secret').toString('base64') },
    };
    await cluster.kube.create(kinds.namespace, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: home },
    });
    await cluster.kube.create(kinds.configMap, map);
    await cluster.kube.create(kinds.secret, secret);
    await cluster.kube.patch(
      { kind: kinds.rollout, namespace, name: 'app-0' },
      {
        type: 'merge',
        body: {
          metadata: {
            annotations: { 'notifications.argoproj.io/subscribe.on-rollout-completed.hook': 'a;b' },
          },
        },
      },
    );
  }

  async function start(): Promise<RunningController> {
    const one = await startController(options);
    running.push(one);
    await one.ready;
    return one;
  }
  const bodies = () => hook.seen.map(({ body }) => body).toSorted();
  const sent = (count: number) => until(`${count} messages`, async () => hook.seen.length >= count, 20);

  it('only the leader of two replicas sends, and the next one goes on where it ended', async () => {
    const first = await start();
    await sent(2);
    await start();
    expect(bodies()).to.deep.equal(['app-0 a here', 'app-0 b here']);
    expect(hook.seen[0]).to.include({ method: 'POST', path: '/' });
    expect(hook.seen[0]!.headers['x-key']).to.equal('top-secret');
    const scraped = await (await fetch(`http://127.0.0.1:${first.metricsPort}/metrics`)).text();
    expect(scraped).to.match(/notification_send_success\{[^}]*reason="RolloutCompleted"\} 2/);

    await first.stop();
    const { key, body } = newRevision('app-0');
    await cluster.kube.patch(key as never, { type: 'merge', body });
    await sent(4);
    await until('a whole release', isHealthy, 20);
    expect(bodies()).to.deep.equal(['app-0 a here', 'app-0 a here', 'app-0 b here', 'app-0 b here']);
    expect(logged.join('')).to.contain('notification sent').and.not.to.contain('top-secret');
  }).timeout(60_000);

  async function isHealthy(): Promise<boolean> {
    const rollout = await cluster.kube.get<Rollout>({ kind: kinds.rollout, namespace, name: 'app-0' });
    return rollout?.status?.phase === 'Healthy';
  }
});
