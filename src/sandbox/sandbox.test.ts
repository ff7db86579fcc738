import { get } from 'node:http';
import { expect } from 'chai';
import type { Deployment, Pod } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { createSandbox, type Sandbox } from './index.js';

const key = { kind: kinds.deployment, namespace: 'default', name: 'web' };

function deployment(image: string, env: readonly object[] = []) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'default', name: 'web' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'web',
              image,
              env: [{ name: 'DRAIN_MS', value: '300' }, ...env],
              ports: [{ name: 'http', containerPort: 8080 }],
              readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };
}

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'default', name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
};

function ask(
  sandbox: Sandbox,
  host: string,
): Promise<{ readonly code: number; readonly version: string; readonly body: string }> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: sandbox.gateway.port, path: '/hello', headers: { host } }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => (body += String(chunk)));
      answer.on('end', () =>
        resolve({ code: answer.statusCode ?? 0, version: String(answer.headers['x-version']), body }),
      );
    }).on('error', reject);
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 8_000; Date.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('did not come true in time');
}

describe('sandbox with real processes', function () {
  this.timeout(20_000);
  let sandbox: Sandbox;
  before(async () => {
    const crash = { command: [process.execPath, '-e', 'console.log("so long"); process.exit(3)'] };
    const stubborn = {
      command: [
        process.execPath,
        '-e',
        'process.on("SIGTERM", () => 0); console.log("up"); setInterval(() => 0, 1000)',
      ],
    };
    const images = { 'gone:*': { missing: true } as const, 'crash:*': crash, 'stubborn:*': stubborn };
    sandbox = await createSandbox({ objects: [deployment('web:v1'), service], images });
  });
  after(() => sandbox.close());

  const isUpdated = (count: number) => async () => {
    const status = (await sandbox.kube.get<Deployment>(key))?.status;
    return (
      status?.availableReplicas === count && status.updatedReplicas === count && status.replicas === count
    );
  };

  it('runs pods that answer through the gateway and rolls them without losing a request', async () => {
    await until(isUpdated(2));
    const first = await ask(sandbox, 'web');
    expect(first).to.include({ code: 200, version: 'v1' });
    expect(JSON.parse(first.body)).to.include({ version: 'v1', path: '/hello' });
    const rolling = { goesOn: true };
    const clients = Array.from({ length: 3 }, async () => {
      while (rolling.goesOn) {
        await ask(sandbox, 'web.default');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    await sandbox.kube.patch(key, { type: 'merge', body: { spec: deployment('web:v2').spec } });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await until(isUpdated(2));
    await until(async () => (await sandbox.kube.list(kinds.pod)).items.length === 2);
    rolling.goesOn = false;
    await Promise.all(clients);
    expect((await ask(sandbox, 'web')).version).to.equal('v2');
    expect(sandbox.gateway.totals()).to.include({ dropped: 0, appErrors: 0 });
  });

  it('shows an image that cannot be pulled and a variable that is missing', async () => {
    const broken = [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'absent', key: 'x' } } }];
    const pod = (name: string, image: string, env: readonly object[]) => {
      const template = deployment(image, env).spec.template.spec;
      return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name }, spec: template };
    };
    await sandbox.kube.create(kinds.pod, pod('gone', 'gone:1', []));
    await sandbox.kube.create(kinds.pod, pod('unset', 'web:v1', broken));
    const reason = async (name: string) => {
      const found = await sandbox.kube.get<Pod>({ kind: kinds.pod, namespace: 'default', name });
      return JSON.stringify(found?.status?.containerStatuses?.[0]?.state ?? {});
    };
    await until(async () => (await reason('gone')).includes('ImagePullBackOff'));
    await until(async () => (await reason('unset')).includes('CreateContainerConfigError'));
  });

  it('restarts what crashes, with back-off and the log of the run before', async () => {
    const containers = [{ name: 'main', image: 'crash:1' }];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', name: 'crash' },
      spec: { containers },
    };
    await sandbox.kube.create(kinds.pod, pod);
    const status = async () => {
      const found = await sandbox.kube.get<Pod>({ kind: kinds.pod, namespace: 'default', name: 'crash' });
      return found?.status?.containerStatuses?.[0];
    };
    await until(async () => JSON.stringify((await status())?.state ?? {}).includes('CrashLoopBackOff'));
    expect(await status()).to.include({ restartCount: 1, ready: false });
    expect(JSON.stringify((await status())?.lastState)).to.contain('"exitCode":3');
    const said = (await sandbox.kube.list(kinds.event)).items.map(({ message }) => message);
    expect(said).to.include('Back-off restarting failed container main in pod crash');
    const url = `${sandbox.url}/api/v1/namespaces/default/pods/crash/log?previous=true`;
    expect(await (await fetch(url)).text()).to.equal('so long\n');
  });

  it('ends by force what does not end in its grace period', async () => {
    const stubborn = { kind: kinds.pod, namespace: 'default', name: 'stubborn' };
    const spec = { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image: 'stubborn:1' }] };
    const metadata = { namespace: 'default', name: 'stubborn' };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
    await sandbox.kube.create(kinds.pod, pod);
    const url = `${sandbox.url}/api/v1/namespaces/default/pods/stubborn/log`;
    await until(async () => (await (await fetch(url)).text()) === 'up\n');
    await sandbox.kube.delete(stubborn);
    const begun = Date.now();
    await until(async () => (await sandbox.kube.get(stubborn)) === undefined);
    expect(Date.now() - begun).to.be.at.least(900);
  });

  it('runs a job to its end', async () => {
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'task:1' }] } };
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { namespace: 'default', name: 'task' },
      spec: { template },
    };
    await sandbox.kube.create(kinds.job, job);
    await until(async () => {
      const found = await sandbox.kube.get({ kind: kinds.job, namespace: 'default', name: 'task' });
      return JSON.stringify(found?.status ?? {}).includes('"Complete"');
    });
  });

  it('serves its API over HTTP with the logs of pods', async () => {
    const [pod] = (await sandbox.kube.list<Pod>(kinds.pod, { labelSelector: 'app=web' })).items;
    const response = await fetch(`${sandbox.url}/api/v1/namespaces/default/pods/${pod?.metadata.name}/log`);
    expect(await response.text()).to.contain('version v2 listens');
  });
});

describe('sandbox on a machine with one loopback address', function () {
  this.timeout(20_000);
  it('reaches pods by the ports that stand for theirs', async () => {
    const sandbox = await createSandbox({ objects: [deployment('web:v1'), service], hasOwnAddresses: false });
    try {
      await until(async () => (await ask(sandbox, 'web')).version === 'v1');
      const [pod] = (await sandbox.kube.list<Pod>(kinds.pod)).items;
      expect(pod?.metadata.annotations?.['sandbox.sluice.dev/port-map']).to.match(/^8080=\d+$/);
    } finally {
      await sandbox.close();
    }
  });
});
