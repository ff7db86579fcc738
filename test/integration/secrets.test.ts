import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { kubeconfigFor } from '#sandbox/http/kubeconfig.js';
import { FakeHttpServer } from '#test/fakes/http-server.js';
import { startCluster } from '../../bench/cluster.js';
import { until } from '../../bench/probe.js';
import { startController } from '../../src/main.js';

const namespace = 'default';
const words = { token: 'tok-5f2c9e81d7', password: 'pw <&> 71d0aa93c4' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const secret = (name: string, data: Readonly<Record<string, string>>): UnknownObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace, name },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
});

/** Everywhere that somebody reads: what must be empty of each secret. */
interface Readable {
  readonly where: string;
  readonly text: string;
}

describe('secrets', function () {
  this.timeout(60_000);
  let folder: string;
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  let backend: FakeHttpServer;
  let kubeconfig: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-secrets-'));
    cluster = await startCluster(1, { canary: {} });
    kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigFor(cluster.url));
    backend = await FakeHttpServer.start();
    // A far side that repeats whatever it is told, in its answers and in its errors.
    backend.answer = ({ path, headers, body }, response) => {
      const isGit = path.includes('.git');
      const isAnonymous = headers.authorization === undefined;
      response.statusCode = path.startsWith('/fails') || isGit ? 500 : 200;
      // Git shows its credentials only to a server that asks for them.
      if (isGit && isAnonymous) response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' });
      const said = `${headers.authorization ?? ''} ${path} ${body}`;
      response.end(
        JSON.stringify({ said, decoded: Buffer.from(said.split(' ')[1] ?? '', 'base64').toString() }),
      );
    };
  });
  after(async () => {
    await backend.stop();
    await cluster.close();
    await rm(folder, { recursive: true });
  });

  it('are used, and are in no log, event, status, metric or page, though the far side repeats them', async () => {
    let log = '';
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        log += chunk.toString();
        done();
      },
    });
    await createAll();
    const process_ = await startController({
      kubeconfig,
      metricsPort: 0,
      healthzPort: 0,
      pagePort: 0,
      pageKey: 'page-key',
      pageAssets: folder,
      bindAddress: '127.0.0.1',
      storagePath: join(folder, 'artifacts'),
      log: { stream, level: 'debug' },
      // The others follow one Secret by its name, and the metadata of those that carry a label of Flux.
      controllers: ['rollout', 'experiment', 'analysis-run', 'git-repository', 'plugin'],
      env: {},
    });
    try {
      await process_.ready;
      await until('the run is over', async () => /Failed|Error|Success/.test(phaseOf(await run())), 30);
      await until(
        'git was asked',
        () => Promise.resolve(backend.seen.some(({ path }) => path.includes('.git'))),
        30,
      );
      await until('git has failed', async () => /500/.test(JSON.stringify(await repository())), 30);
      const used = backend.seen.map(({ headers }) => headers.authorization ?? '').join(' ');
      expect(used).to.contain(words.token);
      expect(used).to.contain(base64(`user:${words.password}`));
      const readable = [
        { where: 'log', text: log },
        { where: 'metrics', text: await read(`http://127.0.0.1:${process_.metricsPort}/metrics`) },
        ...(await objects()),
        ...(await pages(process_.pageUrl ?? '')),
      ];
      for (const { where, text } of readable) {
        expect(text, where).not.to.equal('');
        for (const word of Object.values(words)) {
          for (const form of [
            word,
            base64(word),
            encodeURIComponent(word),
            JSON.stringify(word).slice(1, -1),
          ])
            expect(text, where).not.to.contain(form);
        }
      }
      expect(requestsForSecrets(readable[1]?.text ?? '')).to.deep.equal(['get']);
    } finally {
      await process_.stop();
    }
  });

  const phaseOf = (object: UnknownObject | undefined): string =>
    JSON.stringify((object as { status?: { phase?: string } } | undefined)?.status?.phase ?? '');
  const run = () => cluster.kube.get({ kind: kinds.analysisRun, namespace, name: 'asks' });
  const repository = () => cluster.kube.get({ kind: kinds.gitRepository, namespace, name: 'code' });

  async function createAll(): Promise<void> {
    const at = (path: string, name: string) => ({
      name,
      successCondition: 'result == "never"',
      provider: {
        web: {
          url: `${backend.url}/${path}?q={{args.token}}`,
          jsonPath: '{$.said}',
          headers: [{ key: 'Authorization', value: 'Bearer {{args.token}}' }],
        },
      },
    });
    const args = [{ name: 'token', valueFrom: { secretKeyRef: { name: 'tokens', key: 'token' } } }];
    await cluster.kube.create(kinds.secret, secret('tokens', { token: words.token }));
    await cluster.kube.create(kinds.secret, secret('git', { username: 'user', password: words.password }));
    await cluster.kube.create(kinds.analysisRun, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { namespace, name: 'asks' },
      spec: { args, metrics: [at('answers', 'answers'), at('fails', 'fails')] },
    } as UnknownObject);
    await cluster.kube.create(kinds.gitRepository, {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { namespace, name: 'code' },
      spec: { interval: '1m', url: `${backend.url}/code.git`, secretRef: { name: 'git' } },
    } as UnknownObject);
  }

  async function objects(): Promise<readonly Readable[]> {
    const all = [kinds.analysisRun, kinds.gitRepository, kinds.event, kinds.rollout, kinds.configMap];
    const lists = await Promise.all(all.map(async (kind) => (await cluster.kube.list(kind)).items));
    return lists.map((items, i) => ({ where: all[i]?.kind ?? '', text: JSON.stringify(items) }));
  }

  async function pages(url: string): Promise<readonly Readable[]> {
    const base = url.split('/#')[0] ?? '';
    const paths = ['/api/rows', `/api/rollouts/${namespace}/app-0`];
    return Promise.all(
      paths.map(async (path) => ({ where: path, text: await read(`${base}${path}`, 'page-key') })),
    );
  }
});

async function read(url: string, key?: string): Promise<string> {
  const headers = { connection: 'close', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
  return await (await fetch(url, { headers })).text();
}

/** The verbs with which Secrets were asked for. */
function requestsForSecrets(metrics: string): readonly string[] {
  const found = metrics.matchAll(/^sluice_kube_requests_total\{verb="(\w+)",kind="Secret"/gm);
  return [...new Set([...found].map(([, verb = '']) => verb))];
}
