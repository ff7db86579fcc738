import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createGitCli } from '#adapters/git-cli/git-cli.js';
import { createGitHistory } from '#adapters/git-cli/git-history.js';
import { onAbortProblem } from '#core/gitops/on-abort/policy.js';
import { AppError } from '#ports/errors.js';
import type { GitHistory } from '#ports/git-history.js';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';
import { FakeArtifactStore } from '../fakes/artifact-store.js';
import { GitopsWorld } from '../fakes/gitops-world.js';
import { abort, imageOf, rolloutOf, shopFromGit, shopManifests, weightsOf } from './shop-from-git.js';

const revert = (branch: string) => ({
  'sluice.dev/on-abort': 'revert-commit',
  'sluice.dev/revert-branch': branch,
});
const extra = (value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: shop}\ndata: {a: "${value}"}\n`;

describe('sluice.dev/on-abort: revert-commit (issue 7, deliver 6)', () => {
  let folder: string;
  let work: string;
  let server: GitServer;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-on-abort-'));
    work = join(folder, 'work');
    git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'shop.git');
    git(folder, '-C', 'shop.git', 'config', 'http.receivepack', 'true');
    git(folder, 'clone', '--quiet', 'shop.git', 'work');
    git(work, 'checkout', '--quiet', '-B', 'main');
    server = await serveGit(folder);
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function git(cwd: string, ...args: readonly string[]): string {
    const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
    const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@shop.test'];
    const stdio: 'pipe'[] = ['pipe', 'pipe', 'pipe'];
    return execFileSync('git', [...who, ...args], { cwd, env, stdio })
      .toString()
      .trim();
  }

  function push(subject: string, files: Readonly<Record<string, string>>): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(work, { recursive: true });
      writeFileSync(join(work, path), text);
    }
    git(work, 'add', '.');
    git(work, 'commit', '--quiet', '-m', subject);
    git(work, 'push', '--quiet', 'origin', 'main');
    return git(work, 'rev-parse', 'HEAD');
  }

  const bare = (...args: readonly string[]) => git(join(folder, 'shop.git'), ...args);
  const commits = (branch: string) => bare('log', '--format=%s', branch).split('\n');

  /** The shop in the middle of its second version, which a person aborts. */
  async function abortedShop(branch: string, history: GitHistory = createGitHistory()) {
    push('first', { ...shopManifests('web:1', revert(branch)), 'other.yaml': extra('1') });
    const artifacts = new FakeArtifactStore();
    const real = { git: createGitCli(), artifacts, fetcher: artifacts, history };
    const world = new GitopsWorld([], real);
    const source = { url: `${server.url}/shop.git` };
    await shopFromGit({ world, source, files: {} });
    const { clock } = world.sandbox;
    const bad = push('second image', shopManifests('web:2', revert(branch)));
    push('something else', { 'other.yaml': extra('2') });
    await clock.advance(60_000);
    expect(await weightsOf(world)).to.deep.equal([80, 20]);
    await abort(world);
    await clock.advance(10_000);
    return { world, clock, bad };
  }

  it('pushes a revert with the evidence to the branch that is named, and nothing to the one that is reconciled', async () => {
    const { world, bad } = await abortedShop('back/web');
    const { status } = await rolloutOf(world);
    expect(commits('main')).to.deep.equal(['something else', 'second image', 'first']);
    expect(commits('back/web')[0]).to.match(/^Revert Rollout\/shop\/web to [0-9a-f]{12}$/);
    expect(bare('show', 'back/web:app.yaml')).to.contain('web:1').and.not.to.contain('web:2');
    expect(bare('show', 'back/web:other.yaml')).to.contain('a: "2"');
    const message = bare('log', '-1', '--format=%B', 'back/web');
    expect(message).to.contain(`This reverts commit ${bad} ("second image").`);
    expect(message).to.contain(`Commit ${bad} is by Ann <ann@shop.test> of `);
    expect(message).to.contain(
      `The release of Rollout/shop/web with the pod template hash ${status?.currentPodHash ?? ''} was aborted at ${status?.abortedAt ?? ''}:\n  ${status?.message ?? ''}`,
    );
    const said = `Rollout/shop/web was aborted, commit ${bare('rev-parse', 'back/web').slice(0, 12)} of branch back/web reverts ${bad.slice(0, 12)} "second image"`;
    expect(world.condition(await world.kustomization(), 'Reverted')).to.contain(`True RevertPushed: ${said}`);
    expect((await world.events('Kustomization')).filter((text) => text.includes(said))).to.have.length(1);
    expect(world.failures).to.deep.equal([]);
  }).timeout(30_000);

  it('goes back to the last good revision, not to one that was aborted before it', async () => {
    const { clock, world, bad } = await abortedShop('back');
    const worse = push('third image', shopManifests('web:3', revert('back')));
    await clock.advance(60_000);
    expect(await imageOf(world)).to.equal('web:3');
    await abort(world);
    await clock.advance(10_000);
    expect(bare('show', 'back:app.yaml')).to.contain('web:1');
    const message = bare('log', '-1', '--format=%B', 'back');
    expect(message).to.contain(`This reverts commit ${worse}`).and.to.contain(`This reverts commit ${bad}`);
  }).timeout(30_000);

  it('pushes once: not at later looks, and not after a restart that forgot everything', async () => {
    const { world, clock } = await abortedShop('back');
    const before = bare('rev-parse', 'back');
    await clock.advance(60_000);
    world.startControllers();
    await clock.advance(60_000);
    expect(bare('rev-parse', 'back')).to.equal(before);
    const told = (await world.events('Kustomization')).filter((text) => text.startsWith('RevertPushed'));
    expect(told).to.have.length(1);
  }).timeout(30_000);

  it('pushes once although it is killed between the push and the word of it', async () => {
    const real = createGitHistory();
    let pushes = 0;
    const dying: GitHistory = {
      open: (access, branches, work_) =>
        real.open(access, branches, (clone) =>
          work_({
            ...clone,
            push: async (commit, branch) => {
              await clone.push(commit, branch);
              pushes += 1;
              throw new AppError('ShuttingDown', 'the controller was killed');
            },
          }),
        ),
    };
    const { world, clock } = await abortedShop('back', dying);
    await clock.advance(60_000);
    expect(pushes).to.equal(1);
    expect(commits('back').filter((subject) => subject.startsWith('Revert'))).to.have.length(1);
    expect(world.condition(await world.kustomization(), 'Reverted')).to.match(/^True RevertPushed/);
  }).timeout(30_000);

  for (const [what, spec, why] of [
    [
      'a source without branches',
      { sourceRef: { kind: 'OCIRepository', name: 'app' } },
      'OCIRepository/flux-system/app has no branch to push to; revert-commit needs a GitRepository',
    ],
    [
      'another cluster',
      { kubeConfig: { secretRef: { name: 'far' } } },
      'is not served for Rollouts of another cluster (spec.kubeConfig); remove it',
    ],
  ] as const) {
    it(`refuses ${what} by name`, () => {
      const metadata = { name: 'app', namespace: 'flux-system', annotations: revert('back') };
      const sourceRef = { kind: 'GitRepository', name: 'app' } as const;
      const object = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata };
      const problem = onAbortProblem(
        { ...object, spec: { interval: '1m', prune: true, sourceRef, ...spec } },
        [],
      );
      expect(problem).to.equal(`Kustomization/flux-system/app: sluice.dev/on-abort: ${why}`);
    });
  }

  it('pushes to the branch that is reconciled when the user named it, and the workload goes back', async () => {
    const { world, clock } = await abortedShop('main');
    expect(commits('main')).to.have.length(4);
    await clock.advance(60_000);
    expect(commits('main')).to.have.length(4);
    expect(await imageOf(world)).to.equal('web:1');
    expect((await rolloutOf(world)).status?.phase).to.equal('Healthy');
    expect(world.condition(await world.kustomization(), 'Reverted')).to.equal(undefined);
  }).timeout(30_000);

  it('adds to a branch that has gone its own way, never by force', async () => {
    push('zero', { 'zero.yaml': extra('0') });
    git(work, 'checkout', '--quiet', '-B', 'back');
    writeFileSync(join(work, 'notes.md'), 'mine\n');
    git(work, 'add', '.');
    git(work, 'commit', '--quiet', '-m', 'mine');
    git(work, 'push', '--quiet', 'origin', 'back');
    git(work, 'checkout', '--quiet', 'main');
    git(work, 'rm', '--quiet', 'zero.yaml');
    await abortedShop('back');
    expect(bare('show', 'back:notes.md')).to.equal('mine');
    expect(bare('show', 'back:app.yaml')).to.contain('web:1');
    expect(commits('back')).to.include('mine').and.to.include('something else');
  }).timeout(30_000);

  it('says by condition and event why it could not push, and tries again', async () => {
    bare('config', 'http.receivepack', 'false');
    const { world, clock } = await abortedShop('back');
    const condition = world.condition(await world.kustomization(), 'Reverted');
    expect(condition).to.match(
      /^False RevertFailed: Rollout\/shop\/web was aborted, and no revert is in branch back: unable to push back to /,
    );
    expect(await world.events('Kustomization')).to.include(condition?.replace('False ', ''));
    bare('config', 'http.receivepack', 'true');
    await clock.advance(130_000);
    expect(commits('back')[0]).to.match(/^Revert/);
    expect(world.condition(await world.kustomization(), 'Reverted')).to.match(/^True RevertPushed/);
  }).timeout(30_000);
});
