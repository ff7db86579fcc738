import { createHash, createSign } from 'node:crypto';
import { Agent, ProxyAgent, request, type Dispatcher } from 'undici';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import type { GitHubAppLogin, GitHubApps } from '#ports/github-app.js';

/** A token is asked for anew this long before the kept one expires. */
const marginMs = 5 * 60_000;
const maxKept = 100;

interface Kept {
  readonly token: string;
  readonly expiresAt: number;
}

/** Exchanges keys of GitHub Apps for tokens; keeps each until shortly before it expires. */
export function createGitHubApps(clock: Clock): GitHubApps {
  const kept = new Map<string, Kept>();
  return {
    async tokenOf(login, timeoutMs) {
      const id = createHash('sha256').update(JSON.stringify(login)).digest('hex');
      const known = kept.get(id);
      if (known !== undefined && known.expiresAt - marginMs > clock.now()) return known.token;
      const fresh = await new Exchange(login, clock.now(), timeoutMs).token();
      kept.delete(id);
      kept.set(id, fresh);
      const [oldest] = kept.keys();
      if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
      return fresh.token;
    },
  };
}

/** One exchange: where the app is installed, then the token. */
class Exchange {
  readonly #login: GitHubAppLogin;
  readonly #now: number;
  readonly #signal: AbortSignal;

  constructor(login: GitHubAppLogin, now: number, timeoutMs: number) {
    this.#login = login;
    this.#now = now;
    this.#signal = AbortSignal.timeout(timeoutMs);
  }

  async token(): Promise<Kept> {
    const dispatcher = dispatcherOf(this.#login);
    try {
      const { installation } = this.#login;
      const id = 'id' in installation ? installation.id : await this.#find(dispatcher, installation.owner);
      const path = `/app/installations/${encodeURIComponent(id)}/access_tokens`;
      const answer = await this.#call(dispatcher, 'POST', path);
      const { token, expires_at: expires } = answer.body;
      if (answer.status !== 201 || typeof token !== 'string') throw refused(this.#base(), answer.status);
      const expiresAt = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
      return { token, expiresAt: Number.isNaN(expiresAt) ? this.#now : expiresAt };
    } finally {
      await dispatcher.close();
    }
  }

  async #find(dispatcher: Dispatcher, owner: string): Promise<string> {
    for (const account of ['orgs', 'users']) {
      const answer = await this.#call(
        dispatcher,
        'GET',
        `/${account}/${encodeURIComponent(owner)}/installation`,
      );
      if (answer.status === 200 && typeof answer.body['id'] === 'number') return String(answer.body['id']);
      if (answer.status !== 404) throw refused(this.#base(), answer.status);
    }
    throw new AppError('GitDenied', `GitHub App: it is not installed for "${owner}" at ${this.#base()}`);
  }

  async #call(dispatcher: Dispatcher, method: 'GET' | 'POST', path: string) {
    const headers = {
      authorization: `Bearer ${jwtOf(this.#login, this.#now)}`,
      accept: 'application/vnd.github+json',
      'user-agent': 'sluice',
    };
    try {
      const { statusCode, body } = await request(`${this.#base()}${path}`, {
        method,
        headers,
        dispatcher,
        signal: this.#signal,
      });
      return { status: statusCode, body: objectOf(await body.text()) };
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new AppError('GitUnreachable', `GitHub App: ${this.#base()} could not be asked: ${why}`, {
        cause: thrown,
      });
    }
  }

  #base(): string {
    return (this.#login.baseUrl ?? 'https://api.github.com').replace(/\/+$/, '');
  }
}

/** Signed by the app for nine minutes; issued a minute ago, for clocks that differ. */
function jwtOf({ appId, privateKey }: GitHubAppLogin, now: number): string {
  const seconds = Math.floor(now / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ alg: 'RS256', typ: 'JWT' });
  const text = `${head}.${part({ iat: seconds - 60, exp: seconds + 540, iss: appId })}`;
  try {
    return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
  } catch (thrown) {
    // The library's words may quote the key.
    throw new AppError('GitDenied', "GitHub App: key 'githubAppPrivateKey' is no RSA private key in PEM", {
      cause: thrown instanceof Error ? thrown.name : undefined,
    });
  }
}

function dispatcherOf({ caCertificate, proxy }: GitHubAppLogin): Dispatcher {
  const tls = caCertificate === undefined ? {} : { ca: caCertificate };
  if (proxy === undefined) return new Agent({ connect: tls });
  const { address, username = '', password = '' } = proxy;
  const login = Buffer.from(`${username}:${password}`).toString('base64');
  const token = username === '' && password === '' ? {} : { token: `Basic ${login}` };
  return new ProxyAgent({ uri: address, requestTls: tls, ...token });
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // Not an answer of the API; the status tells.
    return {};
  }
}

function refused(base: string, status: number): AppError {
  return new AppError(
    'GitDenied',
    `GitHub App: ${base} answered ${status}; check the keys of spec.secretRef`,
  );
}
