import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { PageAuth } from '#server/index.js';
import { buildPage } from '../../src/ui/build.js';
import { chromiumFlags, findChromium } from './browser.js';
import { fixtureKey, startFixture, type Fixture } from './fixture.js';
import type { World } from './world.js';

export interface Opened {
  readonly page: Page;
  /** Content policy reports, page errors, console errors and requests to other origins. */
  readonly faults: string[];
}

interface OpenOptions {
  readonly width?: number;
  readonly dark?: boolean;
  /** Comes without the key of the page. */
  readonly isStranger?: boolean;
}

interface Pages {
  readonly serve: (fill: (world: World) => void, auth?: PageAuth, port?: number) => Promise<Fixture>;
  readonly open: (fixture: Fixture, path: string, options?: OpenOptions) => Promise<Opened>;
}

/** A browser for the tests of the suite that calls this; they are skipped where there is none. */
export function usePages(): Pages {
  let browser: Browser;
  let assets: string;
  const fixtures: Fixture[] = [];

  before(async function () {
    const executablePath = findChromium();
    if (executablePath === undefined) {
      process.stderr.write('page tests skipped: no chromium on PATH\n');
      this.skip();
    }
    assets = await mkdtemp(join(tmpdir(), 'sluice-page-'));
    await buildPage(assets);
    browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    for (const { server } of fixtures.splice(0)) await server.close();
  });
  after(async () => {
    await browser?.close();
    if (assets !== undefined) await rm(assets, { recursive: true, force: true });
  });

  return {
    serve: async (fill, auth, port) => {
      const fixture = await startFixture(assets, fill, auth, port);
      fixtures.push(fixture);
      return fixture;
    },
    open: ({ server }, path, options = {}) => openPage(browser, new URL(server.url).origin, path, options),
  };
}

async function openPage(
  browser: Browser,
  origin: string,
  path: string,
  options: OpenOptions,
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 800 },
    colorScheme: options.dark === true ? 'dark' : 'light',
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
  });
  context.setDefaultTimeout(8000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) faults.push(`foreign: ${request.url()}`);
  });
  const key = options.isStranger === true ? '' : `#key=${fixtureKey}`;
  await page.goto(`${origin}${path}${key}`);
  return { page, faults };
}
