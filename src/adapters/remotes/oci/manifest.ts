import { AppError } from '#ports/errors.js';
import type { OciLayer, OciManifest } from '#ports/oci-registry.js';

type Json = Readonly<Record<string, unknown>>;

/** A manifest, or of an index the digest of the manifest for linux/amd64 (else of the first). */
export function parseManifest(name: string, body: Buffer): OciManifest | { readonly digest: string } {
  const json = read(name, body);
  const { manifests } = json;
  if (Array.isArray(manifests)) {
    const all = manifests.map(object);
    const fitting = all.find(({ platform }) => {
      const { os, architecture } = object(platform);
      return os === 'linux' && architecture === 'amd64';
    });
    const { digest } = fitting ?? all[0] ?? {};
    if (typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest)) return { digest };
    throw new AppError('RemoteInvalid', `${name} sent an index without a manifest`);
  }
  const layers = Array.isArray(json['layers'])
    ? json['layers'].map((layer) => layerOf(name, object(layer)))
    : [];
  return { annotations: texts(json['annotations']), layers };
}

function layerOf(name: string, { mediaType, digest, size, annotations }: Json): OciLayer {
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new AppError('RemoteInvalid', `${name} sent a manifest with a layer without a SHA-256 digest`);
  }
  return {
    digest,
    mediaType: typeof mediaType === 'string' ? mediaType : '',
    size: typeof size === 'number' ? size : 0,
    annotations: texts(annotations),
  };
}

function read(name: string, body: Buffer): Json {
  try {
    return object(JSON.parse(body.toString()));
  } catch {
    throw new AppError('RemoteInvalid', `${name} sent a manifest that is no JSON`);
  }
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function texts(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(object(value)).filter((entry): entry is [string, string] => {
    return typeof entry[1] === 'string';
  });
  return Object.fromEntries(entries);
}
