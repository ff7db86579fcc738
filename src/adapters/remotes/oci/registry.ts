import { createHash } from 'node:crypto';
import { AppError } from '#ports/errors.js';
import type { OciAccess, OciLayer, OciRegistry } from '#ports/oci-registry.js';
import { withRemote, type RemoteAnswer } from '../http/open-remote.js';
import { parseManifest } from './manifest.js';
import { RegistrySession } from './session.js';

const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

const mebibyte = 1024 * 1024;
const maxLayerBytes = 256 * mebibyte;
/** A listing of tags that has no end is cut off by an error. */
const maxTagPages = 1000;

/** The distribution API of container registries. */
export function createOciRegistry(): OciRegistry {
  return {
    listTags: (access) => inSession(access, listTags),
    digestOf: (access, tag) => inSession(access, (session) => digestOf(session, tag)),
    manifest: (access, reference) => inSession(access, (session) => readManifest(session, reference)),
    blob: (access, layer) => inSession(access, (session) => readBlob(session, layer)),
  };
}

function inSession<T>(access: OciAccess, work: (session: RegistrySession) => Promise<T>): Promise<T> {
  const { registry, caCertificate, clientCertificate, isTlsUnchecked, proxy, timeoutMs } = access;
  const options = {
    name: `registry ${registry}`,
    isTlsUnchecked,
    timeoutMs,
    ...(caCertificate === undefined ? {} : { caCertificate }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(proxy === undefined ? {} : { proxy }),
  };
  return withRemote(options, (remote) => work(new RegistrySession(remote, access)));
}

async function listTags(session: RegistrySession): Promise<readonly string[]> {
  const tags: string[] = [];
  let path: string | undefined = '/tags/list?n=1000';
  for (let page = 0; path !== undefined; page += 1) {
    if (page === maxTagPages) throw new AppError('RemoteInvalid', `${session.name} lists tags without end`);
    const answer: RemoteAnswer = await session.get(path, 'application/json');
    tags.push(...textsOf(answer.body));
    path = session.nextPage(answer.headers['link']);
  }
  return tags;
}

async function digestOf(session: RegistrySession, tag: string): Promise<string> {
  const path = `/manifests/${tag}`;
  const head = await session.head(path, manifestTypes);
  const said = head.headers['docker-content-digest'];
  if (head.status === 200 && said !== undefined && /^sha256:[0-9a-f]{64}$/.test(said)) return said;
  return sha256(checked(session, await session.get(path, manifestTypes), tag).body);
}

async function readManifest(session: RegistrySession, reference: string) {
  const { body } = checked(session, await session.get(`/manifests/${reference}`, manifestTypes), reference);
  if (reference.startsWith('sha256:') && sha256(body) !== reference) throw corrupt(session, reference);
  const parsed = parseManifest(session.name, body);
  if ('digest' in parsed) return readManifest(session, parsed.digest);
  return parsed;
}

async function readBlob(session: RegistrySession, { digest, size }: OciLayer): Promise<Uint8Array> {
  const limit = Math.min(maxLayerBytes, size > 0 ? size : maxLayerBytes);
  if (size > maxLayerBytes) {
    const mebibytes = maxLayerBytes / mebibyte;
    throw new AppError('RemoteInvalid', `${session.name}: layer ${digest} is larger than ${mebibytes} MiB`);
  }
  const { body } = checked(session, await session.get(`/blobs/${digest}`, '*/*', limit), digest);
  if (sha256(body) !== digest) throw corrupt(session, digest);
  return body;
}

function checked(session: RegistrySession, answer: RemoteAnswer, what: string): RemoteAnswer {
  if (answer.status === 200) return answer;
  throw new AppError('RemoteUnreachable', `${session.name} answered ${answer.status} for ${what}`);
}

function textsOf(body: Buffer): readonly string[] {
  try {
    const { tags }: { tags?: unknown } = JSON.parse(body.toString()) ?? {};
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  } catch {
    throw new AppError('RemoteInvalid', 'the list of tags is no JSON');
  }
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function corrupt({ name }: RegistrySession, digest: string): AppError {
  return new AppError('RemoteInvalid', `${name} sent something else than ${digest}`);
}
