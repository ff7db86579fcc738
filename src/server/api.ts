import { gzipSync } from 'node:zlib';
import { addMs } from '#core/time/instant.js';
import { isObject } from '#core/json/json.js';
import type { Row } from '#core/view/wire/list.js';
import type { DetailAnswer, RowsAnswer } from '#core/view/wire/stream.js';
import type { ActDesk } from './act/act-desk.js';
import { sessionCookie, type TokenAuthenticator } from './auth/token.js';
import type { Viewer } from './auth/viewer.js';
import { json, problem } from './http/problem.js';
import type { ChangeFeed } from './model/change-feed.js';
import type { GitModel } from './model/git-model.js';
import type { RolloutKey } from './model/observe.js';
import type { PageModel } from './model/page-model.js';
import type { PageServerOptions } from './options.js';
import { parseWish, type StreamHub } from './stream/stream.js';

const maxBodyBytes = 16_384;
const signInDelayMs = 1000;

/** What the API's handlers share. */
export interface ApiParts {
  readonly options: PageServerOptions;
  readonly feed: ChangeFeed;
  readonly model: PageModel;
  readonly git: GitModel;
  readonly hub: StreamHub;
  readonly desk: ActDesk;
  readonly tokens: TokenAuthenticator | undefined;
}

/** The answer while the caches are not complete: half a list would look like a whole one. */
export function notReady({ isReady }: PageServerOptions): Response | undefined {
  if (isReady === undefined || isReady()) return undefined;
  return problem(503, 'Starting', 'the controller is still reading the cluster');
}

/** `GET /api/rows`: every row that the viewer may see. */
export async function answerRows(
  request: Request,
  viewer: Viewer,
  { model, feed, options }: ApiParts,
): Promise<Response> {
  const all = model.rows();
  const { seq } = feed;
  const namespaces = [...new Set(all.map((row) => row.namespace))];
  const rights = new Map(await Promise.all(namespaces.map((namespace) => rightsIn(viewer, namespace))));
  const rows: Row[] = all.flatMap((row) => {
    const can = rights.get(row.namespace);
    return can === undefined ? [] : [{ ...row, can }];
  });
  const body: RowsAnswer = { seq, now: options.clock.now(), rows, hidden: rows.length < all.length };
  return compressed(request, json(body));
}

async function rightsIn(
  viewer: Viewer,
  namespace: string,
): Promise<readonly [string, Awaited<ReturnType<Viewer['verbsIn']>> | undefined]> {
  const isSeen = await viewer.canSee(namespace);
  return [namespace, isSeen ? await viewer.verbsIn(namespace) : undefined];
}

/** `GET /api/rollouts/:ns/:name`. One that the viewer may not see does not exist. */
export async function answerDetail(
  request: Request,
  viewer: Viewer,
  key: RolloutKey,
  { model, feed, options }: ApiParts,
): Promise<Response> {
  if (!(await viewer.canSee(key.namespace))) return noSuchRollout(key);
  const can = await viewer.verbsIn(key.namespace);
  await model.prepareDetail(key);
  const { seq } = feed;
  const detail = model.detail(key, can);
  if (detail === undefined) return noSuchRollout(key);
  const body: DetailAnswer = { seq, now: options.clock.now(), detail };
  return compressed(request, json(body));
}

/** One that is not there, or not for this viewer: nobody learns which. */
export function noSuchRollout({ namespace, name }: RolloutKey): Response {
  return problem(404, 'NotFound', `Rollout/${namespace}/${name} does not exist, or you may not see it`);
}

/** The answer, compressed where it is worth it and the caller can read it. */
export async function compressed(request: Request, response: Response): Promise<Response> {
  const body = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  if (body.length < 1400 || !/\bgzip\b/.test(request.headers.get('accept-encoding') ?? ''))
    return new Response(body, { status: response.status, headers });
  headers.set('content-encoding', 'gzip');
  headers.set('vary', 'accept-encoding');
  return new Response(new Uint8Array(gzipSync(body, { level: 6 })), { status: response.status, headers });
}

/** `GET /api/stream`: changes as server-sent events. */
export function answerStream(request: Request, viewer: Viewer, { hub }: ApiParts): Response {
  const wish = parseWish(new URL(request.url).searchParams);
  return new Response(hub.open(viewer, wish), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}

/** The body of a request as JSON; `undefined` when it is too long or none. */
export async function readBody(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length > maxBodyBytes) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The caller answers that it is no object.
    return undefined;
  }
}

/** `POST /api/signin`: a token for a session. A wrong one is answered late. */
export async function answerSignIn(request: Request, { tokens, options }: ApiParts): Promise<Response> {
  if (tokens === undefined) return problem(404, 'NotFound', 'this page takes no tokens');
  const body = await readBody(request);
  const token = isObject(body) ? body['token'] : undefined;
  const session = typeof token === 'string' && token !== '' ? await tokens.signIn(token.trim()) : undefined;
  if (session === undefined) {
    const { clock } = options;
    await new Promise<void>((resolve) => {
      clock.schedule(addMs(clock.now(), signInDelayMs), resolve);
    });
    return problem(401, 'Unauthorized', 'the cluster does not know this token');
  }
  const response = json({ ok: true });
  const attributes = `Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=${session.maxAgeSeconds}`;
  response.headers.set('set-cookie', `${sessionCookie}=${session.id}; ${attributes}`);
  return response;
}

/** `POST /api/signout`. */
export function answerSignOut(request: Request, { tokens }: ApiParts): Response {
  tokens?.signOut(request.headers);
  const response = json({ ok: true });
  response.headers.set(
    'set-cookie',
    `${sessionCookie}=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0`,
  );
  return response;
}
