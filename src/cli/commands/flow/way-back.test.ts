import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { createCliWorld, letLook, type CliWorld } from '#test/fakes/cli-io.js';

const labels = { 'kustomize.toolkit.fluxcd.io/name': 'app', 'kustomize.toolkit.fluxcd.io/namespace': 'shop' };
const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@shop.test'];

function deployment(image: string): object {
  return {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
  };
}

const manifest = (image: string): string =>
  `# The shop.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 1
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: ${image}
`;

/** A ReplicaSet of the Deployment with a pod of its own. */
function owned(image: string): readonly KubeObject[] {
  const owner = (kind: string, name: string) => [
    { apiVersion: 'apps/v1', kind, name, uid: name, controller: true },
  ];
  const meta = (name: string, ownerReferences: unknown) => ({ name, namespace: 'shop', ownerReferences });
  const spec = { containers: [{ name: 'web', image }] };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: meta('web-abc', owner('Deployment', 'web')),
      spec: deployment(image),
    },
    { apiVersion: 'v1', kind: 'Pod', metadata: meta('web-abc-1', owner('ReplicaSet', 'web-abc')), spec },
  ] as unknown as readonly KubeObject[];
}

describe('the way between an object and its commit', () => {
  let folder: string;
  let work: string;
  let bare: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-way-'));
    [work, bare] = [join(folder, 'work'), join(folder, 'app.git')];
    git(folder, 'init', '--quiet', '--bare', '-b', 'main', bare);
    git(folder, 'clone', '--quiet', bare, work);
    git(work, 'checkout', '--quiet', '-B', 'main');
    await commit('first', { 'deploy/web.yaml': manifest('web:1'), 'deploy/other.yaml': config('1') });
    await commit('new image', { 'deploy/web.yaml': manifest('web:2') });
    await commit('something else', { 'deploy/other.yaml': config('2') });
    git(work, 'push', '--quiet', 'origin', 'main');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const config = (a: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: shop}\ndata: {a: "${a}"}\n`;

  function git(cwd: string, ...args: readonly string[]): string {
    return execFileSync('git', [...identity, ...args], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  async function commit(subject: string, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(work, path)), { recursive: true });
      await writeFile(join(work, path), text);
    }
    git(work, 'add', '.');
    git(work, 'commit', '--quiet', '-m', subject);
  }

  async function createWorld(files: Readonly<Record<string, string>> = {}, ref: object = { branch: 'main' }) {
    const revision = `main@sha1:${git(work, 'rev-parse', 'HEAD')}`;
    const conditions = [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Succeeded',
        message: 'm',
        lastTransitionTime: '2026-01-02T03:00:00Z',
      },
    ];
    const objects: readonly KubeObject[] = [
      Object.assign(
        {
          apiVersion: 'source.toolkit.fluxcd.io/v1',
          kind: 'GitRepository',
          metadata: { name: 'app', namespace: 'shop' },
        },
        { spec: { url: 'https://git.test/app.git', interval: '1m', ref }, status: { conditions } },
      ),
      Object.assign(
        {
          apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
          kind: 'Kustomization',
          metadata: { name: 'app', namespace: 'shop' },
        },
        {
          spec: {
            interval: '1m',
            prune: true,
            path: './deploy',
            sourceRef: { kind: 'GitRepository', name: 'app' },
          },
          status: { conditions, lastAppliedRevision: revision },
        },
      ),
      Object.assign(
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop', labels } },
        {
          spec: deployment('web:2'),
          status: {
            observedGeneration: 1,
            replicas: 1,
            updatedReplicas: 1,
            readyReplicas: 1,
            availableReplicas: 1,
            conditions: [
              { type: 'Available', status: 'True' },
              { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
            ],
          },
        },
      ),
    ];
    // Only PATH: the user's own settings of git must not matter.
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
    return createCliWorld({ objects, files, env });
  }

  /** What the controllers would do: fetch and apply what is on the branch, as soon as they are asked. */
  async function actAsControllers(world: CliWorld, done: Promise<number>): Promise<number> {
    const ended: { code?: number } = {};
    void done.then((code) => (ended.code = code));
    while (ended.code === undefined) {
      const head = git(bare, 'rev-parse', 'main');
      for (const kind of [kinds.gitRepository, kinds.kustomization]) {
        const key = { kind, namespace: 'shop', name: 'app' };
        const object = await world.kube.get(key);
        if (object?.metadata.annotations?.['reconcile.fluxcd.io/requestedAt'] === undefined) continue;
        const revision = `main@sha1:${head}`;
        const artifact = { path: 'p', url: 'http://x', revision, lastUpdateTime: '2026-01-02T03:00:00Z' };
        const status = kind === kinds.kustomization ? { lastAppliedRevision: revision } : { artifact };
        await world.kube.patch(key, { type: 'merge', body: { status } }, { subresource: 'status' });
      }
      await letLook(world, 250);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return ended.code;
  }

  it('goes back: says what it will do, reverts what brought the state, and follows it until it is healthy', async () => {
    const world = await createWorld();
    const running = world.start(`rollback deployment/web --repository ${bare} --yes -m errors`);
    expect(await actAsControllers(world, running.done), world.err()).to.equal(0);
    const [first, second] = git(work, 'log', '--format=%h').split('\n').toReversed();
    const out = world.out();
    expect(out).to.contain(`Deployment/shop/web goes back to its state of ${first ?? ''}`);
    expect(out)
      .to.contain(`revert ${second ?? ''}`)
      .and.to.contain('"new image" by Ann <ann@shop.test> at ');
    expect(out).not.to.contain('something else');
    expect(out.trimEnd().split('\n').slice(-3)).to.deep.equal([
      'fetched by GitRepository/shop/app',
      'applied by Kustomization/shop/app',
      'Deployment/shop/web is healthy',
    ]);
    expect(git(bare, 'show', 'main:deploy/web.yaml')).to.contain('image: web:1');
    expect(git(bare, 'show', 'main:deploy/other.yaml')).to.contain('a: "2"');
    expect(git(bare, 'log', '-1', '--format=%B', 'main'))
      .to.contain('errors')
      .and.to.contain('This reverts commit');
  }).timeout(30_000);

  it('does nothing when the plan is not agreed to', async () => {
    const world = await createWorld({ '-': 'n' });
    const before = git(bare, 'rev-parse', 'main');
    const { code, out, err } = await world.run(`rollback deployment/web --repository ${bare}`);
    expect([code, err]).to.deep.equal([1, 'go on? [y/N] error: nothing was done\n']);
    expect(out).to.contain('goes back to its state of');
    expect(git(bare, 'rev-parse', 'main')).to.equal(before);
  }).timeout(30_000);

  it('shows with --dry-run what it would do, and nothing else', async () => {
    const world = await createWorld();
    const before = git(bare, 'rev-parse', 'main');
    const { code, out } = await world.run(
      `rollback deployments.apps/web --repository ${relative(process.cwd(), bare)} --dry-run`,
    );
    expect([code, out.split('\n')[0]]).to.deep.equal([
      0,
      `Deployment/shop/web goes back to its state of ${git(work, 'rev-parse', '--short=12', 'HEAD~2')} "first":`,
    ]);
    expect(git(bare, 'rev-parse', 'main')).to.equal(before);
  }).timeout(30_000);

  /** Runs in the repository when somebody pushes to it. */
  async function onPush(script: string): Promise<void> {
    await writeFile(join(bare, 'hooks/pre-receive'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  it('goes on top of what somebody else pushed meanwhile', async () => {
    const world = await createWorld();
    await commit('meanwhile', { 'deploy/other.yaml': config('3') });
    git(work, 'push', '--quiet', 'origin', 'HEAD:meanwhile');
    await onPush(
      'test -e moved && exit 0; touch moved; unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main meanwhile',
    );
    const running = world.start(`rollback deployment/web --repository ${bare} --yes`);
    expect(await actAsControllers(world, running.done), world.err()).to.equal(0);
    expect(git(bare, 'log', '-2', '--format=%s', 'main').split('\n')[1]).to.equal('meanwhile');
    expect(git(bare, 'show', 'main:deploy/web.yaml')).to.contain('image: web:1');
    expect(git(bare, 'show', 'main:deploy/other.yaml')).to.contain('a: "3"');
  }).timeout(30_000);

  it('says so, and what to do, when there is no right to push', async () => {
    const world = await createWorld();
    await onPush('echo "you may not push" >&2; exit 1');
    const { code, err } = await world.run(`rollback deployment/web --repository ${bare} --yes`);
    expect(code).to.equal(1);
    expect(err)
      .to.contain('error: nothing was pushed: git push: ')
      .and.to.contain('push to a branch of yours with --branch');
  }).timeout(30_000);

  it('pushes a branch for review, and leaves the cluster alone', async () => {
    const world = await createWorld();
    const { code, out } = await world.run(
      `rollback kustomization/app --repository ${bare} --branch back --yes`,
    );
    expect(code).to.equal(0);
    expect(out).to.contain('pushed ').and.to.contain(' to back');
    expect(git(bare, 'show', 'back:deploy/other.yaml')).to.contain('a: "1"');
    expect(git(bare, 'show', 'main:deploy/other.yaml')).to.contain('a: "2"');
  }).timeout(30_000);

  it('goes back as far as a named commit', async () => {
    const world = await createWorld();
    const first = git(work, 'rev-parse', 'HEAD~2');
    const line = `rollback kustomization/app --to ${first} --repository ${bare} --branch back --yes`;
    expect((await world.run(line)).code).to.equal(0);
    expect(git(bare, 'diff', '--stat', first, 'back')).to.equal('');
  }).timeout(30_000);

  it('says beforehand what it will do: the commits, their authors and the branch', async () => {
    const world = await createWorld({ '-': 'n' });
    const { out } = await world.run(`rollback deployment/web --repository ${bare}`);
    const [, second = '', first = ''] = git(work, 'log', '--format=%h', '--abbrev=12').split('\n');
    const at = git(work, 'log', '-1', '--format=%aI', second);
    expect(out.split('\n')).to.deep.equal([
      `Deployment/shop/web goes back to its state of ${first} "first":`,
      `  revert ${second} "new image" by Ann <ann@shop.test> at ${at}`,
      '  push one commit to main of https://git.test/app.git',
      '',
    ]);
  }).timeout(30_000);

  it('goes on when it is agreed to, in one commit for several that brought the state', async () => {
    await commit('another image', { 'deploy/web.yaml': manifest('web:3') });
    git(work, 'push', '--quiet', 'origin', 'main');
    const to = git(work, 'rev-parse', 'HEAD~3');
    const world = await createWorld({ '-': 'y' });
    const running = world.start(`rollback deployment/web --to ${to} --repository ${bare}`);
    expect(await actAsControllers(world, running.done), world.err()).to.equal(0);
    expect(git(bare, 'show', 'main:deploy/web.yaml')).to.contain('image: web:1');
    expect(git(bare, 'show', 'main:deploy/other.yaml')).to.contain('a: "2"');
    expect(git(bare, 'rev-list', '--count', 'main')).to.equal('5');
    const message = git(bare, 'log', '-1', '--format=%B', 'main');
    expect(message.match(/This reverts commit/g)).to.have.length(2);
  }).timeout(30_000);

  it('reverts what a merge brought', async () => {
    git(work, 'checkout', '--quiet', '-B', 'feature');
    await commit('third image', { 'deploy/web.yaml': manifest('web:3') });
    git(work, 'checkout', '--quiet', 'main');
    git(work, 'merge', '--quiet', '--no-ff', '-m', 'merge feature', 'feature');
    git(work, 'push', '--quiet', 'origin', 'main');
    const world = await createWorld();
    const line = `rollback deployment/web --repository ${bare} --branch back --yes`;
    expect((await world.run(line)).code).to.equal(0);
    expect(git(bare, 'show', 'back:deploy/web.yaml')).to.contain('image: web:2');
  }).timeout(30_000);

  it('says so and pushes nothing when what came since stands in the way', async () => {
    await commit('a comment beside the image', {
      'deploy/web.yaml': manifest('web:2 # since the incident'),
    });
    git(work, 'push', '--quiet', 'origin', 'main');
    const before = git(bare, 'rev-parse', 'main');
    const world = await createWorld();
    const { code, err } = await world.run(`rollback deployment/web --repository ${bare} --yes`);
    expect(code).to.equal(1);
    expect(err).to.contain('git revert: ');
    expect(git(bare, 'rev-parse', 'main')).to.equal(before);
  }).timeout(30_000);

  it('refuses a commit that is not among the last ones, and one that had the same state', async () => {
    const world = await createWorld();
    const head = git(work, 'rev-parse', 'HEAD~1');
    for (const [to, why] of [
      ['feedbeef', 'Deployment/shop/web: no commit feedbeef in the last 3 commits of the branch'],
      [head, `Deployment/shop/web: commit ${head.slice(0, 12)} has the same state already`],
    ] as const) {
      const { code, err } = await world.run(`rollback deployment/web --to ${to} --repository ${bare} --yes`);
      expect([code, err]).to.deep.equal([1, `error: ${why}\n`]);
    }
  }).timeout(30_000);

  it('refuses a source that follows no branch', async () => {
    const world = await createWorld({}, { tag: 'v1' });
    const { code, err } = await world.run(`rollback deployment/web --repository ${bare} --yes`);
    expect(code).to.equal(1);
    expect(err).to.contain('it follows no branch');
  });

  it('traces an object to commit, author and line, its image too', async () => {
    const world = await createWorld();
    const { code, out, err } = await world.run(`trace deployment/web --repository ${bare}`);
    expect([code, err]).to.deep.equal([0, '']);
    const [third, second, first] = git(work, 'log', '--format=%h').split('\n');
    const at = (ref: string) => git(work, 'log', '-1', '--format=%aI', ref);
    expect(out.split('\n')).to.deep.equal([
      'Object:         Deployment/shop/web',
      'Kustomization:  Kustomization/shop/app (Ready True)',
      'Source:         GitRepository/shop/app https://git.test/app.git',
      `Revision:       main@sha1:${git(work, 'rev-parse', 'HEAD')}`,
      `Commit:         ${third ?? ''} "something else" by Ann <ann@shop.test> at ${at('HEAD')}`,
      `File:           deploy/web.yaml:1 (${first ?? ''} "first" by Ann at ${at('HEAD~2')})`,
      `Image:          deploy/web.yaml:17 (${second ?? ''} "new image" by Ann at ${at('HEAD~1')})`,
      '',
    ]);
  }).timeout(30_000);

  for (const [image, wanted] of [
    ['web:2', (hash: string) => `deploy/web.yaml:17 (${hash} "new image" by Ann at `],
    ['web:1', (hash: string) => `web:1 is not in this commit; it came with (${hash} "first" by Ann at `],
  ] as const) {
    it(`traces the image of a pod through its owners: ${image}`, async () => {
      const world = await createWorld();
      const [, second = '', first = ''] = git(work, 'log', '--format=%h').split('\n');
      for (const object of owned(image)) await world.put(object);
      const { code, out, err } = await world.run(`trace pod/web-abc-1 --repository ${bare}`);
      expect([code, err]).to.deep.equal([0, '']);
      expect(out).to.contain('Object:         Pod/shop/web-abc-1\nMade by:        Deployment/shop/web\n');
      const last = out.trimEnd().split('\n').at(-1) ?? '';
      expect(last).to.contain(`Image:          ${wanted(image === 'web:2' ? second : first)}`);
    }).timeout(30_000);
  }

  it('traces what a generator made to its line of the kustomization', async () => {
    const kustomization =
      'resources: [web.yaml, other.yaml]\nconfigMapGenerator:\n  - name: other\n  - name: settings\n    literals: [a=1]\n';
    await commit('settings', { 'deploy/kustomization.yaml': kustomization });
    git(work, 'push', '--quiet', 'origin', 'main');
    const world = await createWorld();
    const metadata = { name: 'settings-h29d89cmmt', namespace: 'shop', labels };
    await world.kube.create(kinds.configMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    const { out } = await world.run(`trace cm/settings-h29d89cmmt --repository ${bare}`);
    expect(out).to.contain('File:           deploy/kustomization.yaml:4 (');
  }).timeout(30_000);

  it('says what the cluster knows when the repository is out of reach', async () => {
    const world = await createWorld();
    const { code, out, err } = await world.run(`trace deploy/web --repository ${folder}/absent`);
    expect(code).to.equal(0);
    expect(out).to.contain('Kustomization:  Kustomization/shop/app');
    expect(err).to.contain('note: the repository cannot be read');
  }).timeout(30_000);

  it('knows nothing of what no Kustomization has applied', async () => {
    const world = await createWorld();
    await world.put(
      Object.assign(
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'alien', namespace: 'shop' } },
        { data: {} },
      ),
    );
    expect(await world.run('trace cm/alien')).to.deep.include({
      code: 1,
      err: 'error: ConfigMap/shop/alien: no Kustomization has applied it\n',
    });
    expect((await world.run('trace web')).code).to.equal(2);
  });
});
