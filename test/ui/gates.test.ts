import { expect } from 'chai';
import { putCompared, putManyMeasured } from './gate-stories.js';
import { usePages } from './pages.js';
import type { World } from './world.js';

describe('the plots of gates', function () {
  this.timeout(20_000);
  const { serve, open } = usePages();
  const fill = (world: World): void => {
    putCompared(world);
    putManyMeasured(world);
  };

  it('say of a comparison what its interval came to, in words, as a plot and as a table', async () => {
    const { page, faults } = await open(await serve(fill), '/rollouts/shop/compared');
    const strip = page.locator('[role=img][aria-label^="payment-errors: canary fails 1.9 times as often"]');
    await strip.locator('canvas').waitFor();
    expect(await strip.getAttribute('aria-label')).to.match(
      /, between 1\.3 and 2\.5; more than the 1\.26 that is tolerated; fails above 1\.26, good enough below 1\.5, \d+ looks shown$/,
    );
    const text = (await page.locator('#gates').textContent()) ?? '';
    for (const words of ['1 of 1', 'good enough', 'at this weight, to decide', '1.9 (1.3–2.5)']) {
      expect(text).to.contain(words);
    }
    expect(await page.locator('[role=img][aria-label$=" decides"]').count()).to.equal(4);
    await page.keyboard.press('v');
    const looks = page.locator('table', { hasText: 'Ratio (possible)' }).first().locator('tbody tr');
    await looks.first().waitFor();
    expect(await looks.count()).to.equal(22);
    expect(await looks.last().textContent()).to.match(/^05:25:001\.5 \(1\.1–2\.1\)-?\d/);
    expect(faults).to.deep.equal([]);
  });

  it('are walked by the arrow keys, which say each measurement', async () => {
    const { page, faults } = await open(await serve(fill), '/rollouts/shop/compared');
    const strip = page.locator('[role=img][aria-label^="errors: "]');
    await strip.locator('canvas').waitFor();
    await strip.focus();
    const said: string[] = [];
    for (const key of ['End', 'ArrowLeft', 'Home', 'ArrowLeft', 'ArrowRight', 'Escape']) {
      await page.keyboard.press(key);
      said.push((await strip.locator('xpath=following-sibling::*[@role="status"]').textContent()) ?? '');
    }
    expect(said.map((words) => words.slice(0, 8))).to.deep.equal([
      '05:25:00',
      '05:24:00',
      '05:04:00',
      '05:04:00',
      '05:05:00',
      '',
    ]);
    expect(said[0]).to.equal('05:25:00: 1.5 (1.1–2.1)');
    expect(faults).to.deep.equal([]);
  });

  it('stand one measurement, five hundred, and such as are no number', async () => {
    const { page, faults } = await open(await serve(fill), '/rollouts/shop/measured', { dark: true });
    await page.locator('[role=img][aria-label^="five-hundred: 500 measurements"] canvas').waitFor();
    const odd = page.locator('[role=img][aria-label^="odd: 8 measurements, last [NaN]"]');
    await odd.focus();
    const said: string[] = [];
    for (let i = 0; i < 9; i += 1) {
      await page.keyboard.press(i === 0 ? 'Home' : 'ArrowRight');
      const words = await odd.locator('xpath=following-sibling::*[@role="status"]').textContent();
      said.push((words ?? '').slice(10));
    }
    expect(said).to.deep.equal([
      'pass, 210',
      'no data, [NaN]',
      'fail, [+Inf]',
      'no data, []',
      'source error, Prometheus answers 503',
      'fail, [-Inf]',
      'pass, 480',
      'fail, 9000',
      'no data, [NaN]',
    ]);
    expect(await page.locator('#gates').textContent()).to.match(
      /each-pod10 measured10 pass.*\d–\d+ in 12 values/,
    );
    expect(faults).to.deep.equal([]);
  });

  it('never scroll sideways at 360', async () => {
    const fixture = await serve(fill);
    for (const name of ['compared', 'measured']) {
      const { page } = await open(fixture, `/rollouts/shop/${name}`, { width: 360 });
      await page.locator('.strip-plot canvas').nth(3).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(360);
    }
  });
});
