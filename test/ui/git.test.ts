import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { isObject } from '#core/json/json.js';
import { commits, putGit, putGitEvent, putSource } from './git-scenes.js';
import { usePages } from './pages.js';
import { putHealthy } from './stories.js';

describe('the view of Git in a browser', function () {
  this.timeout(20_000);
  const { serve, open } = usePages();
  const payments = '/git/Kustomization/shop/payments';

  it('draws sources, Kustomizations, what they need and what they manage, with revision, health and drift', async () => {
    const { page, faults } = await open(await serve(putGit), '/git');
    await page.locator('.box').first().waitFor();
    const text = async (name: string): Promise<string> =>
      (await page.locator('a.box', { hasText: name }).first().textContent()) ?? '';
    expect(await text('shop-repo')).to.contain('Git main 3f2a91c');
    expect(await text('payments')).to.match(/main 3f2a91c · drift 1 · 1 leased$/);
    expect(await text('reports')).to.contain('Failed · nothing yet · next main 3f2a91c');
    expect(await text('checkout')).to.contain('Rollout · Paused 20');
    expect(await page.locator('.box.kinds', { hasText: 'Deployment' }).textContent()).to.equal(
      'Service 1Deployment 1',
    );
    expect(await page.locator('.edge.need').count()).to.equal(2);
    expect(await page.locator('.graph').textContent()).to.contain('needs infra');
    expect(await page.locator('nav [aria-current]').textContent()).to.equal('Git');
    expect(await page.getByRole('link', { name: /healthy.*payments/ }).count()).to.equal(1);
    expect(faults).to.deep.equal([]);
  });

  it('is driven by keys: g g, filter, and says what is wrong with a filter', async () => {
    const { page } = await open(await serve(putGit), '/rollouts');
    await page.locator('.row').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('g');
    await page.waitForURL('**/git');
    await page.locator('a.box').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('is:drifted');
    await page.locator('a.box', { hasText: 'infra' }).waitFor({ state: 'detached' });
    expect(await page.locator('a.box b').allTextContents()).to.deep.equal([
      'shop-repo',
      'payments',
      'checkout',
    ]);
    expect(page.url()).to.contain('q=is');
    await page.locator('#filter').fill('is:nothing');
    expect(await page.locator('.filter-note').textContent()).to.contain('one of failing, held, drifted');
    await page.locator('#filter').fill('zzz');
    await page.locator('.empty', { hasText: 'Nothing matches' }).waitFor();
    await page.locator('#filter').focus();
    await page.keyboard.press('Escape');
    await page.locator('a.box', { hasText: 'reports' }).waitFor();
    await page.locator('a.box', { hasText: 'payments' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${payments}`);
  });

  it('shows one Kustomization: its commit on one line of time, inventory, drift, leases, history', async () => {
    const { page, faults } = await open(await serve(putGit), payments);
    await page.locator('#trail').waitFor();
    const main = (await page.locator('main').textContent()) ?? '';
    for (const words of [
      'main 3f2a91c is applied: 1 of 3 objects healthy. Drift was set back once in the last hour.',
      'main 3f2a91c ann “raise the limit”',
      'kubectl-edit changed spec.replicas, spec.template.spec.containers[app].image, set back',
      'of Rollout/shop/checkout, returns after promotion',
      'Available: 2/3',
      'HealthCheckFailed',
      'Prunesyes',
    ])
      expect(main).to.contain(words);
    const stops = page.getByRole('list', { name: 'Commit' }).locator('li b');
    expect(await stops.allTextContents()).to.deep.equal(['fetched', 'applied']);
    const release = page.getByRole('list', { name: 'Release of checkout' }).locator('li b');
    expect((await release.allTextContents()).at(-1)).to.equal('paused');
    expect(main).not.to.contain('hunter2');
    expect(faults).to.deep.equal([]);
  });

  it('shows the same line of time on the page of the Rollout', async () => {
    const { page, faults } = await open(await serve(putGit), '/rollouts/shop/checkout');
    await page.locator('#trail').waitFor();
    const trail = page.locator('#trail');
    expect(await trail.textContent()).to.contain('applied by payments');
    expect(await trail.locator('li b').allTextContents()).to.deep.equal([
      'fetched',
      'applied',
      'revision 42 began',
      '5 %',
      '20 %',
      'paused',
    ]);
    expect(faults).to.deep.equal([]);
  });

  it('reconciles at once, and suspends through a dialog that says what will happen', async () => {
    const fixture = await serve(putGit);
    const { page, faults } = await open(fixture, payments);
    const live = () => fixture.world.get(kinds.kustomization, 'shop', 'payments');
    await page.locator('.act', { hasText: 'Reconcile' }).click();
    await page.locator('.last', { hasText: 'observed ✓' }).waitFor();
    expect(live()?.metadata.annotations?.['reconcile.fluxcd.io/requestedAt']).to.match(/^2026-03-04T05:26/);
    await page.keyboard.press('h');
    const dialog = page.locator('dialog.ask');
    expect(await dialog.textContent()).to.contain('main 3f2a91c stays, newer commits wait');
    await dialog.locator('input').fill('INC-7');
    await dialog.locator('.confirm').click();
    await page.locator('.phase', { hasText: 'Suspended' }).waitFor();
    const spec = live()?.['spec'];
    expect(isObject(spec) && spec['suspend']).to.equal(true);
    await page.getByRole('button', { name: /^Resume/ }).waitFor();
    expect(await page.locator('#events').textContent()).to.contain('ann asked for suspend: INC-7');
    await page.keyboard.press('r');
    expect(await page.locator('dialog.ask').textContent()).to.contain('it is suspended: resume it first');
    expect(faults).to.deep.equal([]);
  });

  it('follows the stream: a new commit, drift, and what is deleted', async () => {
    const fixture = await serve(putGit);
    const { page } = await open(fixture, '/git');
    await page.locator('a.box', { hasText: 'infra' }).waitFor();
    putSource(fixture.world, 'shop-repo', commits.new);
    await page.locator('a.box', { hasText: 'infra' }).filter({ hasText: 'next main 77aa01c' }).waitFor();
    putGitEvent(fixture.world, 'kustomizations-infra', 'Kustomization', {
      name: 'infra',
      minutes: 0,
      reason: 'Progressing',
      message: 'ConfigMap/shop/settings configured: kubectl-edit changed data.v',
    });
    await page.locator('a.box', { hasText: 'infra' }).filter({ hasText: 'drift 1' }).waitFor();
    fixture.world.remove(kinds.kustomization, 'shop', 'reports');
    await page.locator('a.box', { hasText: 'reports' }).waitFor({ state: 'detached' });
    await page.locator('a.box', { hasText: 'infra' }).click();
    await page.locator('main', { hasText: 'Nobody has changed' }).waitFor({ state: 'detached' });
    await page.locator('.phase').waitFor();
    fixture.world.remove(kinds.kustomization, 'shop', 'infra');
    await page.locator('.strip', { hasText: /was deleted \d+\u00a0s ago/ }).waitFor();
    expect(await page.locator('.act[aria-disabled=false]').count()).to.equal(0);
  });

  it('tells three kinds of empty apart, and names the right that an act lacks', async () => {
    const nothing = await open(await serve(() => undefined), '/git');
    await nothing.page.locator('.empty', { hasText: 'No source and no Kustomization exists yet' }).waitFor();
    const gone = await open(await serve(putGit), '/git/Kustomization/shop/absent');
    await gone.page.locator('.empty', { hasText: 'does not exist, or you may not see it' }).waitFor();
    const signedIn = async (path: string, fill: typeof putGit) => {
      const { page } = await open(await serve(fill, { mode: 'token' }), path);
      await page.locator('input[type=password]').fill('good');
      await page.keyboard.press('Enter');
      return page;
    };
    const hidden = await signedIn('/git', (world) => {
      putHealthy(world);
      world.put(kinds.kustomization, {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: 'secret', namespace: 'elsewhere' },
      });
    });
    await hidden.locator('.empty', { hasText: 'none that you may see' }).waitFor();
    const seen = await signedIn('/git/GitRepository/shop/shop-repo', putGit);
    await seen.locator('.act', { hasText: 'Suspend' }).click({ force: true });
    expect(await seen.locator('dialog.ask').textContent()).to.contain(
      'Please allow the verb suspend on gitrepositories.source.toolkit.fluxcd.io in namespace shop.',
    );
  });

  for (const [width, dark] of [
    [360, true],
    [768, false],
    [1280, true],
  ] as const)
    it(`never scrolls sideways at ${width}, and reads as a nested list where it is narrow`, async () => {
      const fixture = await serve(putGit);
      const { page, faults } = await open(fixture, '/git', { width, dark });
      for (const path of ['', payments, '/git/GitRepository/shop/shop-repo', '/rollouts/shop/checkout']) {
        if (path !== '') await page.goto(new URL(path, fixture.server.url).href);
        await page
          .locator(path.startsWith('/rollouts') ? '#trail' : 'a.box')
          .first()
          .waitFor();
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(over, path).to.be.at.most(0);
      }
      await page.goto(new URL('/git', fixture.server.url).href);
      await page.locator('a.box').first().waitFor();
      const isDrawn = await page.locator('.graph > svg').isVisible();
      expect(isDrawn).to.equal(width >= 1200);
      expect(faults).to.deep.equal([]);
    });
});
