import { expect } from 'chai';
import type { UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { isObject } from '#core/json/json.js';
import { usePages } from './pages.js';
import { before as minutesAgo } from './scenes.js';
import { putAll, putHealthy, putPaused } from './stories.js';

describe('the page in a browser', function () {
  this.timeout(20_000);
  const { serve, open } = usePages();

  const checkout = '/rollouts/shop/checkout';
  const plots = '.strip-plot canvas';

  it('lists what needs a person first, in words', async () => {
    const { page, faults } = await open(await serve(putAll), '/');
    await page.locator('.row').first().waitFor();
    const names = await page.locator('.row .name b').allTextContents();
    expect(names.slice(0, 4)).to.deep.equal([
      'cart',
      'a-very-long-name-of-a-rollout-that-reaches-sixty-three-characters',
      'checkout',
      'billing',
    ]);
    expect(await page.locator('.row').nth(2).textContent()).to.contain(
      'Waiting for a person for 12\u00a0min',
    );
    expect(page.url()).not.to.contain('key=');
    expect(faults).to.deep.equal([]);
  });

  it('draws a rollout: sentence, ladder, plots, chain, pods, events, without a report or a foreign request', async () => {
    const { page, faults } = await open(await serve(putAll), checkout);
    await page.locator(plots).nth(3).waitFor();
    const text = (await page.locator('main').textContent()) ?? '';
    for (const words of [
      'Canary gets 20\u00a0% (observed 20\u00a0%)',
      'the pause at step 4 of 7 has no end',
      'a person promotes or aborts',
      '2 / 2 ready',
      'Traffic weight updated from 5 to 20',
      'fails at 3',
    ])
      expect(text).to.contain(words);
    expect(await page.locator('.block.current').textContent()).to.contain('20\u00a0%');
    expect(await page.locator('[role=img][aria-label^="success-rate: 6 measurements"]').count()).to.equal(1);
    expect(faults).to.deep.equal([]);
  });

  it('promotes through the dialog and shows sent, written, observed', async () => {
    const fixture = await serve(putAll);
    const { page, faults } = await open(fixture, checkout);
    await page.locator(plots).first().waitFor();
    await page.keyboard.press('p');
    const dialog = page.locator('dialog.ask');
    expect(await dialog.textContent()).to.contain(
      'Ends the pause at step 4 of 7. Next: 20 % → 50 %, then pause 10 min.',
    );
    await page.keyboard.press('Enter');
    await page.locator('.last', { hasText: 'observed ✓' }).waitFor();
    const status = fixture.world.get(kinds.rollout, 'shop', 'checkout')?.['status'];
    expect(isObject(status) && status['pauseConditions']).to.equal(undefined);
    const acts = fixture.world.cache
      .list(kinds.event, { namespace: 'shop' })
      .filter((event) => event['reason'] === 'OperatorAction')
      .map((event) => String(event['message']));
    expect(acts.some((message) => message.startsWith('ann asked for promote at step 4'))).to.equal(true);
    expect(faults).to.deep.equal([]);
  });

  it('marks in an open dialog what changed and does not send the old plan', async () => {
    const fixture = await serve(putAll);
    const { page } = await open(fixture, checkout);
    await page.locator(plots).first().waitFor();
    await page.keyboard.press('p');
    const rollout = fixture.world.get(kinds.rollout, 'shop', 'checkout') as UnknownObject & {
      status: object;
    };
    const moved = {
      ...rollout.status,
      currentStepIndex: 5,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: minutesAgo(0) }],
    };
    fixture.world.put(kinds.rollout, { ...rollout, status: moved } as UnknownObject);
    const changed = page.locator('dialog.ask .changed');
    await changed.waitFor();
    expect(await changed.textContent()).to.contain('Ends the pause at step 6 of 7');
    expect(await page.locator('dialog.ask .confirm').textContent()).to.equal('Show the new plan');
  });

  it('is driven by keys: filter, move, open, table; a single key never acts', async () => {
    const { page } = await open(await serve(putAll), '/rollouts');
    await page.locator('.row').first().waitFor();
    for (const key of ['j', 'j', 'j', 'k', 'j', 'Enter']) await page.keyboard.press(key);
    await page.waitForURL(`**${checkout}`);
    await page.locator(plots).first().waitFor();
    expect(await page.locator('nav [aria-current]').count()).to.equal(0);
    const titles: string[] = [];
    for (const key of ['p', 'P', 'a', 'r', 'h', 'e', 'u']) {
      await page.keyboard.press(key);
      titles.push((await page.locator('dialog.ask h2').textContent()) ?? '');
      await page.keyboard.press('Escape');
      await page.locator('dialog.ask').waitFor({ state: 'detached' });
    }
    expect(titles).to.deep.equal([
      'Promote shop/checkout revision 42',
      'Promote shop/checkout to 100 %',
      'Abort shop/checkout revision 42',
      'Retry is not possible now',
      'Pause shop/checkout',
      'Restart the pods of shop/checkout',
      'Undo shop/checkout',
    ]);
    await page.keyboard.press('?');
    expect(await page.locator('dialog.keys').textContent()).to.contain('A single key opens');
    await page.keyboard.press('Escape');
    await page.locator('dialog.keys').waitFor({ state: 'detached' });
    await page.keyboard.press('v');
    expect(await page.locator('.plots, .main-column').textContent()).to.contain('as plots');
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.waitForURL('**/rollouts');
    await page.keyboard.press('/');
    await page.keyboard.type('is:degraded');
    await page.locator('.row').nth(2).waitFor({ state: 'detached' });
    expect(await page.locator('.row').count()).to.equal(2);
    expect(page.url()).to.contain('q=is');
    await page.keyboard.press('Escape');
    await page.locator('.row').nth(7).waitFor();
  });

  it('says why an action is disabled, and which right is missing', async () => {
    const fixture = await serve(putAll, { mode: 'token' });
    const { page, faults } = await open(fixture, checkout);
    await page.locator('input[type=password]').fill('wrong');
    await page.keyboard.press('Enter');
    await page.locator('[role=alert]', { hasText: 'does not know this token' }).waitFor();
    await page.locator('input[type=password]').fill('good');
    await page.keyboard.press('Enter');
    await page.locator(plots).first().waitFor();
    expect(await page.locator('.act[aria-keyshortcuts=u]').getAttribute('aria-disabled')).to.equal('true');
    await page.locator('.act[aria-keyshortcuts=u]').click({ force: true });
    expect(await page.locator('dialog.ask').textContent()).to.contain(
      'Please allow the verb undo on rollouts.argoproj.io in namespace shop.',
    );
    expect(faults.filter((fault) => !fault.includes('401'))).to.deep.equal([]);
  });

  it('marks a cell whose value changed, and nothing at first sight', async () => {
    const fixture = await serve((world) => putHealthy(world, 'checkout'));
    const { page } = await open(fixture, '/rollouts');
    await page.locator('.row').first().waitFor();
    expect(await page.locator('[data-changed]').count()).to.equal(0);
    putPaused(fixture.world);
    await page.locator('.state[data-changed]').waitFor();
    expect(await page.locator('.name[data-changed]').count()).to.equal(0);
  });

  it('keeps grey blocks and says why while the controller still reads the cluster', async () => {
    const fixture = await serve(putAll);
    const { page } = await open(fixture, '/absent');
    await page.route('**/api/rows', (route) =>
      route.fulfill({
        status: 503,
        json: { code: 'Starting', message: 'the controller is still reading', requestId: 'id-7' },
      }),
    );
    await page.goto(new URL('/rollouts', fixture.server.url).href);
    await page.locator('.strip.wait').waitFor();
    expect(await page.locator('.strip.wait').textContent()).to.contain('still reading (request id-7)');
    expect(await page.locator('.bone').count()).to.equal(6);
    await page.unroute('**/api/rows');
    await page.locator('.strip.wait button').click();
    await page.locator('.row').first().waitFor();
  });

  it('says that the status is behind the spec, and that nothing may be seen', async () => {
    const fixture = await serve(putPaused);
    const rollout = fixture.world.get(kinds.rollout, 'shop', 'checkout') as UnknownObject;
    const metadata = { ...rollout.metadata, generation: 5 };
    fixture.world.put(kinds.rollout, { ...rollout, metadata });
    const { page } = await open(fixture, checkout);
    await page.locator('.strip', { hasText: 'The status is behind the spec' }).waitFor();
    const hidden = await serve((world) => putHealthy(world, 'secret', 'elsewhere'), { mode: 'token' });
    const stranger = await open(hidden, '/rollouts');
    await stranger.page.locator('input[type=password]').fill('good');
    await stranger.page.keyboard.press('Enter');
    await stranger.page.locator('h2', { hasText: 'none that you may see' }).waitFor();
  });

  it('says that it is stale when the stream dies, and recovers', async () => {
    const fixture = await serve(putPaused);
    const { page } = await open(fixture, checkout);
    await page.locator('.live.live').waitFor();
    await page.locator(plots).first().waitFor();
    expect(await page.evaluate(isHatched)).to.equal(false);
    await page.route('**/api/stream**', (route) => route.abort());
    const { port } = fixture.server;
    await fixture.server.close();
    await page.locator('.strip.wait').waitFor();
    expect(await page.locator('.strip.wait').textContent()).to.match(/No live data since/);
    expect(await page.locator('.sentence').first().textContent()).to.contain('Canary gets');
    await page.waitForFunction(isHatched);
    await page.unroute('**/api/stream**');
    await serve(putPaused, undefined, port);
    await page.locator('.strip.wait button').click();
    await page.locator('.live.live').waitFor();
  });

  it('tells three kinds of empty apart and names what is missing', async () => {
    const nothing = await open(await serve(() => undefined), '/rollouts');
    await nothing.page.locator('.empty').waitFor();
    expect(await nothing.page.locator('.empty').textContent()).to.contain('No rollout exists yet');
    const some = await serve(putAll);
    const none = await open(some, '/rollouts?q=nothing-like-this');
    await none.page.locator('.empty').waitFor();
    expect(await none.page.locator('.empty').textContent()).to.contain('Nothing matches');
    const gone = await open(some, '/rollouts/shop/absent');
    await gone.page.locator('.empty').waitFor();
    expect(await gone.page.locator('.empty').textContent()).to.contain('does not exist');
    const { page: stranger } = await open(some, '/', { isStranger: true });
    await stranger.locator('.empty').waitFor();
    expect(await stranger.locator('.empty').textContent()).to.contain('does not have the page key');
  });

  it('keeps the last state of a rollout that is deleted', async () => {
    const fixture = await serve(putPaused);
    const { page } = await open(fixture, checkout);
    await page.locator(plots).first().waitFor();
    fixture.world.remove(kinds.rollout, 'shop', 'checkout');
    await page.locator('.strip', { hasText: /was deleted \d+\u00a0s ago/ }).waitFor();
    expect(await page.locator('.act[aria-disabled=false]').count()).to.equal(0);
  });

  for (const width of [360, 768, 1280, 1920])
    it(`never scrolls sideways at ${width}`, async () => {
      const fixture = await serve(putAll);
      const { page, faults } = await open(fixture, '/rollouts', { width, dark: width === 768 });
      await page.locator('.row').first().waitFor();
      const paths = ['', checkout, '/rollouts/shop/ledger', '/rollouts/shop/billing'];
      const long = '/rollouts/shop/a-very-long-name-of-a-rollout-that-reaches-sixty-three-characters';
      for (const path of [...paths, long]) {
        if (path !== '') await page.goto(new URL(path, fixture.server.url).href);
        await page
          .locator(path === '' ? '.row' : plots)
          .first()
          .waitFor();
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(over, path).to.be.at.most(0);
      }
      expect(faults).to.deep.equal([]);
    });

  it('moves nothing while the storm goes on under the pointer', async () => {
    const fixture = await serve((world) => {
      for (let i = 0; i < 60; i += 1) putHealthy(world, `app-${String(i).padStart(2, '0')}`);
    });
    const { page } = await open(fixture, '/rollouts');
    await page.locator('.row').first().waitFor();
    await page.locator('.row').nth(3).hover();
    await page.evaluate(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
      }).observe({ type: 'layout-shift', buffered: false });
    });
    const before = await page.locator('.row .name b').allTextContents();
    for (let round = 0; round < 8; round += 1) {
      putPaused(fixture.world, `app-${String(40 + round).padStart(2, '0')}`);
      await page.waitForTimeout(60);
    }
    await page.locator('.moves:not([disabled])').waitFor();
    expect(await page.locator('.row .name b').allTextContents()).to.deep.equal(before);
    expect(await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)).to.deep.equal([]);
    await page.keyboard.press('.');
    expect(await page.locator('.row .name b').first().textContent()).to.equal('app-40');
  });

  it('follows the system theme, keeps the chosen one, and has no light panel in the dark', async () => {
    const fixture = await serve(putAll);
    const { page } = await open(fixture, checkout, { dark: true });
    await page.locator(plots).first().waitFor();
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await background()).to.equal('rgb(15, 18, 23)');
    await page.keyboard.press('t');
    expect(await background()).to.equal('rgb(255, 255, 255)');
    await page.reload();
    expect(await page.locator('html').getAttribute('data-theme')).to.equal('light');
  });

  it('keeps few rows in the document however many there are', async () => {
    const fixture = await serve((world) => {
      for (let i = 0; i < 500; i += 1) putHealthy(world, `app-${i}`, `ns-${i % 7}`);
    });
    const { page } = await open(fixture, '/rollouts');
    await page.locator('.row').first().waitFor();
    expect(await page.locator('[role=table]').getAttribute('aria-rowcount')).to.equal('500');
    expect(await page.locator('.row').count()).to.be.below(60);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.locator('[aria-rowindex="500"]').waitFor();
  });
});

/** In the page: whether the right end of the first plot is painted, as it is when nobody knows what happened. */
function isHatched(): boolean {
  const canvas = document.querySelector<HTMLCanvasElement>('.strip-plot canvas');
  const context = canvas?.getContext('2d') ?? null;
  if (canvas === null || context === null) return false;
  const { data } = context.getImageData(canvas.width - 40, Math.round(canvas.height * 0.35), 20, 20);
  let painted = 0;
  for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 0) painted += 1;
  return painted > 60;
}
