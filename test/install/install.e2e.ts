import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { helmOrSkip } from '../deploy/helm.js';
import { program } from '../e2e/cluster.js';
import { rollout } from '../e2e/objects.js';
import { type BareCluster, bareCluster } from './cluster.js';
import { first, reaches, second } from './looks.js';

const sluiceImage = process.env['IMAGE'] ?? 'sluice:0.1.0';
const [imageName = '', imageTag = ''] = sluiceImage.split(/:(?=[^/]*$)/);

/** One way to install, in a namespace of its own where it takes one. */
interface Way {
  readonly title: string;
  readonly namespace: (at: BareCluster) => string;
  install(at: BareCluster, context: Mocha.Context): void;
  uninstall(at: BareCluster): void;
}

const make = (at: BareCluster, ...args: readonly string[]): void => {
  const env = { ...process.env, KUBECONFIG: at.kubeconfig };
  execFileSync('make', [...args, `IMAGE=${sluiceImage}`], { env, timeout: 120_000, stdio: 'pipe' });
};
const inNamespace = (at: BareCluster) => ['DEPLOY=namespaced', `NAMESPACE=${at.namespace}`];

const helm = (context: Mocha.Context, ...args: readonly string[]): string =>
  execFileSync(helmOrSkip(context), [...args], { encoding: 'utf8', timeout: 120_000, stdio: 'pipe' });

let uninstallChart = (): void => undefined;

const ways: readonly Way[] = [
  {
    title: 'make install, for the whole cluster',
    namespace: () => 'sluice-system',
    install: (at) => make(at, 'install'),
    uninstall: (at) => make(at, 'uninstall'),
  },
  {
    title: 'make install in one namespace, without a right on the cluster',
    namespace: (at) => at.namespace,
    install: (at) => make(at, 'install', ...inNamespace(at)),
    uninstall: (at) => make(at, 'uninstall', ...inNamespace(at)),
  },
  {
    title: 'the Helm chart',
    namespace: (at) => at.namespace,
    install: (at, context) => {
      const set = [
        '--set',
        `controller.image.repository=${imageName},controller.image.tag=${imageTag},installCRDs=false`,
      ];
      at.kubectl('apply', '--server-side', '-k', 'deploy/crds');
      const where = ['--kubeconfig', at.kubeconfig, '--namespace', at.namespace];
      helm(context, 'install', 'sluice', 'deploy/chart', ...where, ...set);
      uninstallChart = () => void helm(context, 'uninstall', 'sluice', ...where);
    },
    uninstall: () => uninstallChart(),
  },
];

describe('installed as a pod under its own service account', function () {
  this.timeout(180_000);
  for (const way of ways)
    it(`${way.title}: a canary goes its way, also over the end of its controller`, async function () {
      const at = bareCluster(this, 'install');
      const home = way.namespace(at);
      at.kubectl('label', 'namespace', at.namespace, 'pod-security.kubernetes.io/enforce=restricted');
      try {
        way.install(at, this);
        at.kubectl('rollout', 'status', 'deployment/sluice', '-n', home, '--timeout=60s');
        const steps = [{ setWeight: 50 }, { pause: {} }];
        at.apply(restricted(rollout('shop', first, { canary: { steps } }, 2)));
        await reaches(at, 'shop', 'Healthy');
        sluice(at, 'set', 'image', 'shop', `web=${second}`);
        await reaches(at, 'shop', 'Paused');
        at.kubectl('delete', 'pods', '-n', home, '-l', 'app.kubernetes.io/name=sluice', '--wait=false');
        sluice(at, 'promote', 'shop');
        await reaches(at, 'shop', 'Healthy');
        expect(at.get('rollout', 'shop').status.updatedReplicas).to.equal(2);
        expect(mayListSecrets(at, home)).to.equal('no');
      } finally {
        way.uninstall(at);
        await at.close();
      }
    });
});

function sluice(at: BareCluster, ...args: readonly string[]): void {
  const line = [program, '--kubeconfig', at.kubeconfig, '--namespace', at.namespace, ...args];
  execFileSync(process.execPath, line, { timeout: 60_000 });
}

function mayListSecrets(at: BareCluster, home: string): string {
  const who = `--as=system:serviceaccount:${home}:sluice`;
  try {
    return at.kubectl('auth', 'can-i', 'list', 'secrets', '-n', at.namespace, who).trim();
  } catch {
    // kubectl ends with an error when the answer is no.
    return 'no';
  }
}

/** The pods as the restricted level of pod security wants them. */
function restricted(object: any): any {
  const { template } = object.spec;
  const securityContext = {
    runAsNonRoot: true,
    runAsUser: 65534,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const containers = template.spec.containers.map((container: any) => ({
    ...container,
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  }));
  const spec = { ...template.spec, securityContext, containers };
  return { ...object, spec: { ...object.spec, template: { ...template, spec } } };
}
