import { chromium, type Page } from 'playwright-core';
import { chromiumFlags, findChromium } from './browser.js';

/** Takes a picture of an address: `tsx test/ui/screenshot.ts URL OUT.png [width] [light|dark]`. */
async function main(): Promise<void> {
  const [url, out, width = '1280', scheme = 'light'] = process.argv.slice(2);
  const executablePath = findChromium();
  if (url === undefined || out === undefined)
    throw new Error('usage: screenshot.ts URL OUT.png [width] [light|dark]');
  if (executablePath === undefined) throw new Error('no chromium found on PATH');
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  try {
    const colorScheme = scheme === 'dark' ? 'dark' : 'light';
    const page: Page = await browser.newPage({
      viewport: { width: Number(width), height: 800 },
      colorScheme,
      deviceScaleFactor: 2,
    });
    await page.goto(url);
    await page.locator('.row, .strip-plot canvas, .empty, .box').first().waitFor();
    await page.waitForTimeout(600);
    await page.screenshot({ path: out, fullPage: true });
  } finally {
    await browser.close();
  }
}

await main();
