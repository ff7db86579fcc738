import { AppError } from '#ports/errors.js';
import type { OciAccess } from '#ports/oci-registry.js';
import type { Remote, RemoteAnswer, RemoteCall } from '../http/open-remote.js';
import { askToken, basicOf, parseChallenge } from './token.js';

const maxRedirects = 5;

/** Calls to one repository of a registry; logs in when the registry asks for it, once. */
export class RegistrySession {
  readonly name: string;
  readonly #remote: Remote;
  readonly #access: OciAccess;
  #authorization: string | undefined;

  constructor(remote: Remote, access: OciAccess) {
    this.name = `registry ${access.registry}`;
    this.#remote = remote;
    this.#access = access;
  }

  /** Throws RemoteDenied and RemoteMissing. @param path - below the repository. */
  async get(path: string, accept: string, maxBytes?: number): Promise<RemoteAnswer> {
    const limit = maxBytes === undefined ? {} : { maxBytes };
    const answer = await this.#send({ method: 'GET', url: this.#url(path), headers: { accept }, ...limit });
    const what = `${this.name}/${this.#access.repository}${path.split('?')[0] ?? ''}`;
    if (answer.status === 404) throw new AppError('RemoteMissing', `${what}: not found`);
    if (answer.status === 401 || answer.status === 403) {
      throw new AppError('RemoteDenied', `${what}: the registry answered ${answer.status}`);
    }
    if (answer.status !== 200) {
      throw new AppError('RemoteUnreachable', `${what}: the registry answered ${answer.status}`);
    }
    return answer;
  }

  head(path: string, accept: string): Promise<RemoteAnswer> {
    return this.#send({ method: 'HEAD', url: this.#url(path), headers: { accept } });
  }

  /** The path of the next page that a `Link` header names, if it is of the same repository. */
  nextPage(link: string | undefined): string | undefined {
    const target = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
    if (target === undefined) return undefined;
    const base = this.#url('');
    const full = new URL(target, base).toString();
    return full.startsWith(base) ? full.slice(base.length) : undefined;
  }

  #url(path: string): string {
    const { registry, repository, isInsecure } = this.#access;
    return `${isInsecure ? 'http' : 'https'}://${registry}/v2/${repository}${path}`;
  }

  async #send(call: RemoteCall): Promise<RemoteAnswer> {
    const first = await this.#follow(call);
    if (first.status !== 401 || this.#authorization !== undefined) return first;
    this.#authorization = await this.#logIn(first.headers['www-authenticate'] ?? '');
    return this.#authorization === undefined ? first : this.#follow(call);
  }

  /** Whoever is redirected to gets no credentials. */
  async #follow(call: RemoteCall): Promise<RemoteAnswer> {
    const auth = this.#authorization === undefined ? {} : { authorization: this.#authorization };
    let answer = await this.#remote.call({ ...call, headers: { ...call.headers, ...auth } });
    let from = call.url;
    for (let hops = 0; [301, 302, 303, 307, 308].includes(answer.status); hops += 1) {
      const next = new URL(answer.headers['location'] ?? '', from);
      const isAllowed = next.protocol === 'https:' || (next.protocol === 'http:' && this.#access.isInsecure);
      if (hops === maxRedirects || !isAllowed) {
        throw new AppError('RemoteInvalid', `${this.name} redirects to where it must not be followed`);
      }
      from = next.toString();
      const isHome = next.host === this.#access.registry;
      answer = await this.#remote.call({
        ...call,
        url: from,
        headers: { ...call.headers, ...(isHome ? auth : {}) },
      });
    }
    return answer;
  }

  async #logIn(header: string): Promise<string | undefined> {
    const { login, repository, isInsecure } = this.#access;
    const challenge = parseChallenge(header);
    if (challenge === undefined) return undefined;
    if (challenge.scheme === 'basic') return basicOf(login);
    const scope = challenge.scope ?? `repository:${repository}:pull`;
    const token = await askToken(this.#remote, { ...challenge, scope, isInsecure }, login);
    return `Bearer ${token}`;
  }
}
