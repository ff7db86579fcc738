import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { AppError, toAppError } from '#ports/errors.js';
import { ActDesk } from './act/act-desk.js';
import * as api from './api.js';
import { answerAct } from './api-act.js';
import { answerGitDetail, answerGitRows } from './api-git.js';
import { pageKeyAuthenticator } from './auth/page-key.js';
import { TokenAuthenticator } from './auth/token.js';
import { cookieOf, type Authenticator, type Viewer } from './auth/viewer.js';
import { checkPageAddress } from './http/address.js';
import { loadAssets, type Assets } from './http/assets.js';
import { forgeryProblem, isLoopbackHost } from './http/guard.js';
import { securityHeaders } from './http/headers.js';
import { problem } from './http/problem.js';
import { ChangeFeed } from './model/change-feed.js';
import { GitModel } from './model/git-model.js';
import { PageModel } from './model/page-model.js';
import type { PageServerOptions } from './options.js';
import { StreamHub } from './stream/stream.js';

/** A page that is being served. */
export interface PageServer {
  /** With the page key in the fragment when one is needed: what to open in a browser. */
  readonly url: string;
  readonly port: number;
  /** Ends every stream and frees the port. */
  close(): Promise<void>;
}

interface Context {
  Bindings: HttpBindings;
  Variables: { viewer: Viewer };
}

/**
 * Serves the page and its API. Fails with an AppError: `PortInUse`, or `ConfigInvalid` when the address and the way to
 * sign in do not fit (a page key is for loopback only, a token needs TLS).
 */
export async function createPageServer(options: PageServerOptions): Promise<PageServer> {
  const host = options.host ?? '127.0.0.1';
  checkPageAddress(host, options.auth);
  const assets = await loadAssets(options.assetsDir);
  const parts = modelsOf(options);
  const { model, git } = parts;
  const hub = new StreamHub(parts, options.clock, options.log);
  const tokens =
    options.auth.mode === 'token' ? new TokenAuthenticator(options.kube, options.clock) : undefined;
  const desk = new ActDesk(options.clock);
  const authenticator = tokens ?? localAuthenticator(options);
  const bound = { port: options.port };
  const app = buildApp({ options, ...parts, hub, desk, tokens }, { authenticator, assets, bound, host });
  const server = createAdaptorServer({ fetch: app.fetch });
  try {
    bound.port = await listen(server, host, options.port);
  } catch (thrown) {
    model.close();
    git.close();
    throw thrown;
  }
  const key = options.auth.mode === 'page-key' ? `#key=${options.auth.key}` : '';
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${bound.port}/${key}`,
    port: bound.port,
    close: () => {
      hub.close();
      model.close();
      git.close();
      return close(server);
    },
  };
}

/** Rollouts and Git know of each other: a commit ends in releases, and a release began with a commit. */
function modelsOf(options: PageServerOptions): Pick<api.ApiParts, 'feed' | 'model' | 'git'> {
  const feed = new ChangeFeed(options.clock);
  const git: GitModel = new GitModel(options, feed, {
    release: (key) => model.release(key),
    touch: (key) => model.touch(key),
  });
  const model = new PageModel(options, feed, (release) => git.trailOf(release));
  return { feed, model, git };
}

function localAuthenticator({ auth }: PageServerOptions): Authenticator {
  const user = auth.mode === 'token' ? undefined : auth.user;
  return pageKeyAuthenticator(auth.mode === 'page-key' ? auth.key : undefined, user ?? 'page');
}

function listen(server: ServerType, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const message = isTaken
        ? `port ${port} on ${host} is in use; stop what listens there or choose another port`
        : `cannot listen on ${host}:${port}: ${error.message}`;
      reject(new AppError(isTaken ? 'PortInUse' : 'ConfigInvalid', message, { cause: error }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(isAddressInfo(address) ? address.port : port);
    });
  });
}

function isAddressInfo(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}

interface Front {
  readonly authenticator: Authenticator;
  readonly assets: Assets;
  /** Set when the server listens. */
  readonly bound: { readonly port: number };
  readonly host: string;
}

function buildApp(parts: api.ApiParts, front: Front): Hono<Context> {
  const { auth, log } = parts.options;
  const headers = securityHeaders(auth.mode === 'token' && auth.isTlsInFront === true);
  const app = new Hono<Context>();
  app.use(async (c, next) => {
    const isForeign = auth.mode !== 'token' && !isLoopbackHost(c.req.header('host'), front.bound.port);
    if (isForeign) c.res = problem(421, 'WrongHost', 'this page answers only to a loopback address');
    else await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  });
  app.onError((thrown) => {
    const error = toAppError(thrown);
    log.error('the page failed to answer', { code: error.code, error: error.message });
    return problem(error.class === 'Transient' ? 503 : 500, error.code, error.message);
  });
  addApi(app, parts, front);
  addPage(app, front);
  return app;
}

function addApi(app: Hono<Context>, parts: api.ApiParts, { authenticator }: Front): void {
  app.use('/api/*', async (c, next) => {
    const viewer = await authenticator.identify(c.req.raw.headers);
    const isWriting = c.req.method !== 'GET';
    const forged = isWriting
      ? forgeryProblem(c.req.raw.headers, c.req.header('host') ?? '', viewer)
      : undefined;
    if (forged !== undefined) return problem(403, 'Forged', forged);
    const isOpen = c.req.path === '/api/signin' || c.req.path === '/api/mode';
    if (viewer === undefined && !isOpen)
      return problem(401, 'Unauthorized', 'who are you?', { mode: authenticator.mode });
    if (viewer !== undefined) c.set('viewer', viewer);
    const early = isOpen ? undefined : api.notReady(parts.options);
    if (early !== undefined) return early;
    await next();
    return undefined;
  });
  app.get('/api/mode', (c) => c.json({ mode: authenticator.mode }));
  app.get('/api/me', (c) => c.json({ name: c.get('viewer').name, mode: authenticator.mode }));
  app.get('/api/rows', (c) => api.answerRows(c.req.raw, c.get('viewer'), parts));
  app.get('/api/rollouts/:namespace/:name', (c) =>
    api.answerDetail(c.req.raw, c.get('viewer'), c.req.param(), parts),
  );
  app.get('/api/git', (c) => answerGitRows(c.req.raw, c.get('viewer'), parts));
  app.get('/api/git/:kind/:namespace/:name', (c) =>
    answerGitDetail(c.req.raw, c.get('viewer'), c.req.param(), parts),
  );
  app.get('/api/stream', (c) => api.answerStream(c.req.raw, c.get('viewer'), parts));
  app.post('/api/act', (c) => answerAct(c.req.raw, c.get('viewer'), parts));
  app.post('/api/signin', (c) => api.answerSignIn(c.req.raw, parts));
  app.post('/api/signout', (c) => api.answerSignOut(c.req.raw, parts));
  app.all('/api/*', () => problem(404, 'NotFound', 'there is no such endpoint'));
}

function addPage(app: Hono<Context>, { assets }: Front): void {
  app.get('/assets/:file', (c) => {
    const asset = assets.files.get(c.req.param('file'));
    if (asset === undefined) return problem(404, 'NotFound', 'there is no such file');
    const isGzip = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
    return new Response(isGzip ? asset.gzipped : asset.body, {
      headers: {
        'content-type': asset.type,
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
        ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
      },
    });
  });
  app.get('/favicon.ico', () => new Response(null, { status: 204 }));
  app.get('*', (c) => {
    if (assets.shell === undefined)
      return problem(503, 'NotBuilt', 'the page was not built; run "make ui" and start again');
    const chosen = cookieOf(c.req.raw.headers, 'sluice-theme');
    const theme = chosen === 'light' || chosen === 'dark' ? chosen : 'auto';
    const shell = assets.shell.replace('data-theme="auto"', `data-theme="${theme}"`);
    return new Response(shell, {
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    });
  });
}
