import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import type { BucketAccess, BucketObject, ObjectStore } from '#ports/object-store.js';
import { withRemote, type Remote, type RemoteAnswer } from '../http/open-remote.js';
import { readErrorCode, readListing } from './listing.js';
import { encodeS3, queryOf, signS3, type S3Request } from './sign.js';

const maxObjectBytes = 64 * 1024 * 1024;
/** A bucket with more objects (1000 a page) is refused. */
const maxPages = 100;

/** Stores that speak S3, by paths (`https://endpoint/bucket/key`); without a login nothing is signed. */
export function createObjectStore(clock: Clock): ObjectStore {
  const session = <T>(access: BucketAccess, work: (bucket: BucketSession) => Promise<T>) => {
    const { endpoint, caCertificate, clientCertificate, proxy, timeoutMs } = access;
    const options = {
      name: `bucket ${access.bucket} at ${endpoint}`,
      timeoutMs,
      ...(caCertificate === undefined ? {} : { caCertificate }),
      ...(clientCertificate === undefined ? {} : { clientCertificate }),
      ...(proxy === undefined ? {} : { proxy }),
    };
    return withRemote(options, (remote) => work(new BucketSession(remote, access, clock, options.name)));
  };
  return {
    hasBucket: (access) => session(access, (bucket) => bucket.exists()),
    list: (access, prefix) => session(access, (bucket) => bucket.list(prefix)),
    get: (access, key) => session(access, (bucket) => bucket.get(key)),
  };
}

/** Calls to one bucket. */
class BucketSession {
  readonly #remote: Remote;
  readonly #access: BucketAccess;
  readonly #clock: Clock;
  readonly #name: string;

  constructor(remote: Remote, access: BucketAccess, clock: Clock, name: string) {
    this.#remote = remote;
    this.#access = access;
    this.#clock = clock;
    this.#name = name;
  }

  async exists(): Promise<boolean> {
    const answer = await this.#send('GET', '', [
      ['list-type', '2'],
      ['max-keys', '1'],
    ]);
    if (answer.status === 404) return false;
    this.#check(answer);
    return true;
  }

  async list(prefix: string): Promise<readonly BucketObject[]> {
    const objects: BucketObject[] = [];
    let token: string | undefined;
    for (let page = 0; page < maxPages; page += 1) {
      const query: [string, string][] = [
        ['list-type', '2'],
        ['encoding-type', 'url'],
      ];
      if (prefix !== '') query.push(['prefix', prefix]);
      if (token !== undefined) query.push(['continuation-token', token]);
      const answer = await this.#send('GET', '', query);
      this.#check(answer);
      const listing = readListing(answer.body.toString());
      objects.push(...listing.objects);
      token = listing.next;
      if (token === undefined) return objects;
    }
    throw new AppError(
      'RemoteInvalid',
      `${this.#name} has more than ${maxPages * 1000} objects; set spec.prefix`,
    );
  }

  async get(key: string) {
    const path = `/${key.split('/').map(encodeS3).join('/')}`;
    const answer = await this.#send('GET', path, []);
    if (answer.status === 404) return undefined;
    this.#check(answer);
    return { key, etag: (answer.headers['etag'] ?? '').replaceAll('"', ''), content: answer.body };
  }

  #send(method: 'GET', path: string, query: S3Request['query']): Promise<RemoteAnswer> {
    const { endpoint, bucket, region, isInsecure, login } = this.#access;
    const full = `/${encodeS3(bucket)}${path}`;
    const request = { method, host: endpoint, path: full, query };
    const headers = login === undefined ? {} : signS3(request, { ...login, region, now: this.#clock.now() });
    const search = query.length === 0 ? '' : `?${queryOf(query)}`;
    const url = `${isInsecure ? 'http' : 'https'}://${endpoint}${full}${search}`;
    return this.#remote.call({ method, url, headers, maxBytes: maxObjectBytes });
  }

  #check({ status, body }: RemoteAnswer): void {
    if (status === 200) return;
    const code = readErrorCode(body.toString());
    const said = `${this.#name} answered ${status}${code === undefined ? '' : ` ${code}`}`;
    throw new AppError(status === 401 || status === 403 ? 'RemoteDenied' : 'RemoteUnreachable', said);
  }
}
