import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { cluster, eventually, pause, program, type Cluster } from '../e2e/cluster.js';
import { ingress, rollout, service } from '../e2e/objects.js';
import { launchProgram, type RunningProgram } from '../e2e/program.js';
import { reaches, replicasOf } from '../e2e/watching.js';
import { startProxy, type ChaosProxy } from './proxy.js';

const canarySteps = [
  { setWeight: 25 },
  { pause: { duration: '2s' } },
  { setWeight: 50 },
  { pause: { duration: '1s' } },
];

/** A form for every day, of some two minutes: these troubles, the kills and the lease. */
const isShort = (process.env['CHAOS_SHORT'] ?? '') !== '';
const short: readonly string[] = ['answers that are lost', 'a cut connection'];

/** A controller process that reaches the cluster through a proxy of its own. */
interface Disturbed {
  readonly proxy: ChaosProxy;
  readonly folder: string;
  controller: RunningProgram;
  start(): Promise<void>;
  token(value: string): void;
  stop(): Promise<void>;
}

async function disturbed(at: Cluster, flags: readonly string[]): Promise<Disturbed> {
  const proxy = await startProxy(process.env['KUBECONFIG'] ?? '', 'first');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-chaos-'));
  const [tokenFile, kubeconfig] = [join(folder, 'token'), join(folder, 'kubeconfig')];
  writeFileSync(tokenFile, 'first');
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(proxy.url, tokenFile, at.namespace)));
  const launch = () => launchProgram(program, kubeconfig, at.namespace, flags);
  const one: Disturbed = {
    proxy,
    folder,
    controller: await launch(),
    start: async () => void (one.controller = await launch()),
    token: (value) => writeFileSync(tokenFile, value),
    stop: async () => {
      one.controller.signal('SIGCONT');
      await one.controller.kill();
      await proxy.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return one;
}

function kubeconfigOf(server: string, tokenFile: string, namespace: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { tokenFile } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace } }],
  };
}

/** Three releases at once: by pods, behind NGINX's Ingress, and blue-green. */
class Releases {
  readonly names: readonly string[];
  readonly #at: Cluster;
  readonly #seen = new Map<string, string[]>();
  readonly #leaving = new AbortController();

  constructor(at: Cluster, prefix: string) {
    this.#at = at;
    this.names = ['pods', 'routed', 'bluegreen'].map((kind) => `${prefix}-${kind}`);
  }

  async begin(): Promise<void> {
    const [pods = '', routed = '', both = ''] = this.names;
    const trafficRouting = { nginx: { stableIngress: routed } };
    const canary = {
      stableService: routed,
      canaryService: `${routed}-canary`,
      trafficRouting,
      steps: canarySteps,
    };
    const blueGreen = { activeService: both, autoPromotionSeconds: 2, scaleDownDelaySeconds: 2 };
    const image = this.#at.image('3.8');
    await this.#at.apply(
      service(routed, routed),
      service(`${routed}-canary`, routed),
      service(both, both),
      ingress(routed, routed),
      rollout(pods, image, { canary: { steps: canarySteps } }, 2),
      rollout(routed, image, { canary: { ...canary, scaleDownDelaySeconds: 2 } }, 2),
      rollout(both, image, { blueGreen }, 2),
    );
    for (const name of this.names) await reaches(this.#at, name, 'Healthy');
    void this.#follow();
    for (const name of this.names) {
      const patch = [
        { op: 'replace', path: '/spec/template/spec/containers/0/image', value: this.#at.image('3.9') },
      ] as const;
      await this.#at.kube.patch(
        { kind: kinds.rollout, namespace: this.#at.namespace, name },
        { type: 'json', body: patch },
      );
    }
  }

  /** The end of releases that nothing disturbed: no step lost or told twice, no revision more. */
  async endAsUndisturbed(): Promise<void> {
    await eventually(
      'all releases have ended',
      async () => {
        const all = await Promise.all(this.names.map((name) => this.#at.get(kinds.rollout, name)));
        return all.every(({ metadata, status }) => {
          const isSeen = status.observedGeneration === String(metadata.generation);
          return isSeen && status.phase === 'Healthy' && status.stableRS === status.currentPodHash;
        });
      },
      async () =>
        Promise.all(this.names.map(async (name) => (await this.#at.get(kinds.rollout, name)).status)),
      360_000,
    );
    for (const name of this.names) {
      const done = await reaches(
        this.#at,
        name,
        'Healthy',
        ({ status }) => status.stableRS === status.currentPodHash,
      );
      await eventually(`${name}: only the new pods`, async () => {
        return JSON.stringify(await replicasOf(this.#at, name)) === '{"2":2}';
      });
      const sets = await this.#at.list(kinds.replicaSet, `app=${name}`);
      expect(
        sets.map(({ metadata }) => metadata.annotations['rollout.argoproj.io/revision']),
      ).to.have.members(['1', '2']);
      expect(done.status.currentStepIndex).to.equal(
        name.endsWith('bluegreen') ? undefined : canarySteps.length,
      );
      const steps = (this.#seen.get(name) ?? []).filter((step) => step !== '');
      const expected = name.endsWith('bluegreen') ? [] : ['0', '1', '2', '3', '4'];
      expect(steps, `steps of ${name}`).to.deep.equal(expected);
    }
    this.#leaving.abort();
    for (const name of this.names)
      await this.#at.kube.delete({ kind: kinds.rollout, namespace: this.#at.namespace, name });
  }

  /** Which steps of the second revision were stored, in order. */
  async #follow(): Promise<void> {
    const { resourceVersion } = await this.#at.kube.list(kinds.rollout, { namespace: this.#at.namespace });
    const stable = new Map<string, string>();
    const options = { namespace: this.#at.namespace, resourceVersion, signal: this.#leaving.signal };
    for await (const event of this.#at.kube.watch<any>(kinds.rollout, options)) {
      if (event.type !== 'MODIFIED' && event.type !== 'ADDED') continue;
      const { metadata, status = {} } = event.object;
      if (!this.names.includes(metadata.name) || status.currentPodHash === undefined) continue;
      const first = stable.get(metadata.name) ?? status.stableRS;
      stable.set(metadata.name, first);
      if (status.currentPodHash === first) continue;
      const seen = this.#seen.get(metadata.name) ?? [];
      this.#seen.set(metadata.name, seen);
      const step = String(status.currentStepIndex ?? '');
      if (seen.at(-1) !== step) seen.push(step);
    }
  }
}

describe('controllers on a cluster that misbehaves', function () {
  this.timeout(500_000);
  let at: Cluster;
  let one: Disturbed;
  before(async function () {
    at = await cluster(this);
    // Those of the suite would drive the same Rollouts.
    await at.controller().stop();
    one = await disturbed(at, ['--leader-elect=false']);
  });
  after(async () => {
    await one?.stop();
    await at?.restart();
  });

  const all: Readonly<Record<string, () => Promise<void>>> = {
    'conflicts (409)': async () => one.proxy.refuse(409, 12),
    'throttling (429)': async () => one.proxy.refuse(429, 12),
    'server errors (500)': async () => one.proxy.refuse(500, 12),
    'answers that are lost': async () => one.proxy.swallow(6),
    'a cut connection': async () => {
      for (let times = 0; times < 3; times += 1) {
        await pause(1500);
        await one.proxy.cut(2000);
      }
    },
    'watches that end': async () => {
      for (let times = 0; times < 8; times += 1) {
        await pause(800);
        one.proxy.closeWatches(false);
      }
    },
    'versions that expire': async () => {
      for (let times = 0; times < 5; times += 1) {
        await pause(1200);
        one.proxy.closeWatches(true);
      }
    },
    'watches that lag by three seconds': async () => one.proxy.lag(3000),
    'rotated credentials': async () => {
      await pause(2000);
      one.token('second');
      one.proxy.rotate('second');
      one.proxy.closeWatches(false);
    },
  };

  const troubles = Object.entries(all).filter(([name]) => !isShort || short.includes(name));
  for (const [index, [name, disturb]] of troubles.entries()) {
    it(`end as without it: ${name}`, async () => {
      const releases = new Releases(at, `chaos${index}`);
      await releases.begin();
      await disturb();
      await releases.endAsUndisturbed();
      one.proxy.lag(0);
    });
  }

  it('end as without it: killed after every single write', async () => {
    const releases = new Releases(at, 'kills');
    await releases.begin();
    let kills = 0;
    let dying: Promise<void> | undefined;
    one.proxy.onWrite = () => {
      if (dying !== undefined || kills >= 30) return;
      kills += 1;
      dying = one.controller.kill().then(async () => {
        await one.start();
        dying = undefined;
      });
    };
    await releases.endAsUndisturbed();
    one.proxy.onWrite = () => undefined;
    await dying;
    expect(kills).to.be.greaterThan(15);
  });
});

describe('two controllers and one lease', function () {
  this.timeout(500_000);
  let at: Cluster;
  const both: Disturbed[] = [];
  before(async function () {
    at = await cluster(this);
    await at.controller().stop();
  });
  after(async () => {
    for (const one of both) await one.stop();
    await at?.restart();
  });

  it('the one that was deposed in the middle of a step writes nothing when it wakes up', async () => {
    const first = await disturbed(at, []);
    both.push(first);
    const releases = new Releases(at, 'deposed');
    await releases.begin();
    const second = await disturbed(at, []);
    both.push(second);
    expect(first.proxy.writes()).to.be.greaterThan(0);
    first.controller.signal('SIGSTOP');
    await eventually('the second one leads', async () => second.proxy.writes() > 0, undefined, 60_000);
    await pause(500);
    const before_ = first.proxy.writes();
    first.controller.signal('SIGCONT');
    await releases.endAsUndisturbed();
    expect(first.proxy.writes()).to.equal(before_);
  });
});
