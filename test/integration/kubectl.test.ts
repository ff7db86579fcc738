import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createRealClock } from '#runtime/clock.js';
import { kubeconfigFor } from '#sandbox/http/kubeconfig.js';
import { serveStore, type ServedStore } from '#sandbox/http/serve.js';
import { installCrds } from '#sandbox/store/crd/install.js';
import { dataPlaneCrds } from '#sandbox/store/crd/data-planes.js';
import { createStore, type ApiStore } from '#sandbox/store/store.js';
import { contractCrds } from '#test/contract/world.js';

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('kubectl against the sandbox', function () {
  this.timeout(60_000);
  let folder: string;
  let store: ApiStore;
  let served: ServedStore;

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), 'sluice-kubectl-'));
    if ((await kubectl('version', '--client')).code !== 0) this.skip();
    store = createStore({ clock: createRealClock(), seed: 'kubectl' });
    installCrds(store, [...dataPlaneCrds, ...contractCrds]);
    served = await serveStore(store, {
      async *logs(pod, options) {
        yield `${pod.metadata.name}/${options.container} line 1\n`;
        if (options.follow) yield 'line 2\n';
      },
    });
    writeFileSync(join(folder, 'config'), kubeconfigFor(served.url));
    writeFileSync(join(folder, 'app.yaml'), app('web:1'));
    writeFileSync(join(folder, 'app2.yaml'), app('web:2'));
  });
  after(async () => {
    await served?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function kubectl(...args: readonly string[]): Promise<Run> {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: join(folder, 'config') };
    return new Promise((resolve) => {
      execFile('kubectl', args, { env, cwd: folder, timeout: 20_000 }, (error, out, err) =>
        resolve({ code: error === null ? 0 : 1, out, err }),
      );
    });
  }

  const steps: readonly [name: string, args: readonly string[], check: (run: Run) => void][] = [
    [
      'applies',
      ['apply', '-f', 'app.yaml'],
      ({ out }) =>
        expect(out).to.equal(
          'deployment.apps/web created\nservice/web created\nwidget.contract.sluice.test/web created\n',
        ),
    ],
    [
      'applies again without a change',
      ['apply', '-f', 'app.yaml'],
      ({ out }) => expect(out.match(/unchanged/g)).to.have.length(3),
    ],
    [
      'applies a change',
      ['apply', '-f', 'app2.yaml'],
      ({ out }) => expect(out).to.contain('deployment.apps/web configured'),
    ],
    [
      'gets tables',
      ['get', 'deploy,svc,widgets'],
      ({ out }) =>
        expect(out.replaceAll(/ +/g, ' '))
          .to.contain('deployment.apps/web 0/2 0 0 ')
          .and.to.contain('SIZE')
          .and.to.contain('widget.contract.sluice.test/web 4'),
    ],
    [
      'gets wide tables',
      ['get', 'deploy', '-o', 'wide'],
      ({ out }) => expect(out).to.contain('web:2').and.to.contain('app=web'),
    ],
    [
      'gets one field',
      ['get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[0].targetPort}'],
      ({ out }) => expect(out).to.equal('8080'),
    ],
    [
      'explains a built-in kind',
      ['explain', 'deployment.spec.strategy'],
      ({ out }) => expect(out).to.contain('rollingUpdate').and.to.contain('DeploymentStrategy'),
    ],
    [
      'explains a custom kind',
      ['explain', 'widget.spec'],
      ({ out }) => expect(out).to.contain('colour').and.to.contain('GROUP:      contract.sluice.test'),
    ],
    ['scales', ['scale', 'deploy/web', '--replicas=5'], ({ out }) => expect(out).to.contain('scaled')],
    [
      'waits for a field',
      ['wait', 'deploy/web', '--for=jsonpath={.spec.replicas}=5', '--timeout=5s'],
      ({ out }) => expect(out).to.contain('condition met'),
    ],
    ['labels', ['label', 'deploy', 'web', 'tier=front'], ({ out }) => expect(out).to.contain('labeled')],
    ['annotates', ['annotate', 'widget', 'web', 'note=x'], ({ out }) => expect(out).to.contain('annotated')],
    [
      'selects',
      ['get', 'deploy', '-l', 'tier=front', '-o', 'name'],
      ({ out }) => expect(out).to.equal('deployment.apps/web\n'),
    ],
    [
      'patches by merge key',
      [
        'patch',
        'deploy',
        'web',
        '-p',
        '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"s:1"}]}}}}',
      ],
      ({ out }) => expect(out).to.contain('patched'),
    ],
    [
      'patches a custom kind',
      ['patch', 'widget', 'web', '--type=merge', '-p', '{"spec":{"size":6}}'],
      ({ out }) => expect(out).to.contain('patched'),
    ],
    [
      'patches a status',
      ['patch', 'widget', 'web', '--subresource=status', '--type=merge', '-p', '{"status":{"phase":"Good"}}'],
      ({ out }) => expect(out).to.contain('patched'),
    ],
    [
      'says why a custom object is refused',
      ['patch', 'widget', 'web', '--type=merge', '-p', '{"spec":{"size":60}}'],
      ({ err }) => expect(err).to.contain('spec.size in body should be less than or equal to 10'),
    ],
    [
      'refuses unknown fields',
      ['apply', '-f', 'wrong.yaml'],
      ({ err }) => expect(err).to.contain('unknown field "spec.colours"'),
    ],
    [
      'applies on the server',
      ['apply', '--server-side', '--field-manager=other', '-f', 'app2.yaml'],
      ({ err }) =>
        expect(err).to.contain(
          'conflict with "kubectl-client-side-apply" using apps/v1: .spec.template.spec.containers[name="web"].image',
        ),
    ],
    [
      'forces on the server',
      ['apply', '--server-side', '--force-conflicts', '--field-manager=other', '-f', 'app2.yaml'],
      ({ out }) => expect(out.match(/serverside-applied/g)).to.have.length(3),
    ],
    [
      'shows a difference',
      ['diff', '-f', 'app.yaml'],
      ({ out }) => expect(out).to.contain('-      - image: web:2').and.to.contain('+      - image: web:1'),
    ],
    [
      'rehearses on the server',
      ['apply', '--dry-run=server', '-f', 'app.yaml'],
      ({ out }) => expect(out).to.contain('(server dry run)'),
    ],
    [
      'creates a namespace',
      ['create', 'namespace', 'shop'],
      ({ out, err }) => expect(out, err).to.equal('namespace/shop created\n'),
    ],
    [
      'creates a config map',
      ['create', 'configmap', 'c', '--from-literal=a=b'],
      ({ out, err }) => expect(out, err).to.equal('configmap/c created\n'),
    ],
    [
      'creates a deployment',
      ['create', 'deployment', 'other', '--image=o:1', '--port=80', '--replicas=0'],
      ({ out, err }) => expect(out, err).to.equal('deployment.apps/other created\n'),
    ],
    [
      'shows what it created',
      [
        'get',
        'deploy',
        'other',
        '-o',
        'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].ports[0].containerPort} {.spec.strategy.type}',
      ],
      ({ out }) => expect(out).to.equal('0 80 RollingUpdate'),
    ],
    [
      'creates a service',
      ['create', 'service', 'clusterip', 's', '--tcp=80:8080'],
      ({ out, err }) => expect(out, err).to.equal('service/s created\n'),
    ],
    [
      'creates a job',
      ['create', 'job', 'j', '--image=j:1'],
      ({ out, err }) => expect(out, err).to.equal('job.batch/j created\n'),
    ],
    [
      'creates an ingress',
      ['create', 'ingress', 'i', '--rule=a.test/*=s:80'],
      ({ out, err }) => expect(out, err).to.equal('ingress.networking.k8s.io/i created\n'),
    ],
    [
      'asks for permission',
      ['auth', 'can-i', 'create', 'pods'],
      ({ out, err }) => expect(out, err).to.equal('yes\n'),
    ],
    ['runs a pod', ['run', 'p', '--image=p:1'], ({ out }) => expect(out).to.equal('pod/p created\n')],
    ['reads a log', ['logs', 'p'], ({ out }) => expect(out).to.equal('p/p line 1\n')],
    ['follows a log', ['logs', '-f', 'p'], ({ out }) => expect(out).to.equal('p/p line 1\nline 2\n')],
    [
      'describes',
      ['describe', 'svc', 'web'],
      ({ out }) => expect(out).to.contain('TargetPort:               8080/TCP'),
    ],
    [
      'deletes and waits',
      ['delete', '-f', 'app.yaml', '--timeout=10s'],
      ({ out }) => expect(out.match(/deleted/g)).to.have.length(3),
    ],
    [
      'finds nothing afterwards',
      ['get', 'deploy', 'web'],
      ({ err }) => expect(err).to.equal('Error from server (NotFound): deployments.apps "web" not found\n'),
    ],
  ];
  for (const [name, args, check] of steps) {
    it(name, async () => {
      if (args.includes('wrong.yaml'))
        writeFileSync(join(folder, 'wrong.yaml'), app('web:1').replace('size: 4', 'size: 4\n  colours: 1'));
      check(await kubectl(...args));
    });
  }
});

function app(image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: ${image}
        ports: [{containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: contract.sluice.test/v1
kind: Widget
metadata:
  name: web
spec:
  size: 4
`;
}
