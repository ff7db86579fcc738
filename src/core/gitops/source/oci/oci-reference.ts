import type { OciRepositoryRef, OciRepositorySpec } from '#api/flux/oci-repository.js';
import { fluxReasons } from '#api/flux/words.js';
import { RE2JS } from 're2js';
import { stalled, type SourceOutcome } from '../source-run.js';
import { byVersion, isVersion, parseRange } from '../version-range.js';

/** Where a repository of artifacts is. */
export interface OciAddress {
  /** Host and port of the API. */
  readonly registry: string;
  readonly repository: string;
  /** As people write it, for messages. */
  readonly shown: string;
}

/** Reads `oci://<registry>/<repository>`. */
export function parseOciUrl(url: string): SourceOutcome<OciAddress> {
  const invalid = (why: string): SourceOutcome<OciAddress> => {
    return {
      ok: false,
      problem: stalled(fluxReasons.urlInvalid, `URL validation failed for '${url}': ${why}`),
    };
  };
  const match = /^oci:\/\/([^/@?#\s]+)\/([^?#\s]+)$/.exec(url);
  if (match === null) return invalid("URL must be in format 'oci://<domain>/<org>/<repo>'");
  const [, host = '', path = ''] = match;
  const tag = /[:@](.*)$/.exec(path)?.[1];
  if (tag !== undefined) return invalid(`URL must not contain a tag; remove ':${tag}'`);
  if (!/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(path)) {
    return invalid(`"${path}" is no name of a repository`);
  }
  const isHub = host === 'docker.io' || host === 'index.docker.io';
  const repository = isHub && !path.includes('/') ? `library/${path}` : path;
  const registry = isHub ? 'registry-1.docker.io' : host;
  return { ok: true, value: { registry, repository, shown: `${host}/${path}` } };
}

/** Whether the registry must be asked which manifest is meant. */
export function needsOciLook(ref: OciRepositoryRef | undefined): boolean {
  return (ref?.digest ?? '') === '';
}

/** The tag that a spec names by itself; `undefined` when it must be chosen from all. */
export function plainTagOf(ref: OciRepositoryRef | undefined): string | undefined {
  if ((ref?.semver ?? '') !== '') return undefined;
  return ref?.tag === undefined || ref.tag === '' ? 'latest' : ref.tag;
}

/**
 * The tag of the highest version in the range, of those that the filter matches. The tags of Helm charts have `_` where
 * the version has `+`.
 */
export function chooseTag(
  { ref = {}, layerSelector = {} }: Pick<OciRepositorySpec, 'ref' | 'layerSelector'>,
  tags: readonly string[],
): { readonly ok: true; readonly tag: string } | { readonly ok: false; readonly why: string } {
  const { semver: range = '', semverFilter = '' } = ref;
  const wanted = parseRange(range);
  if (wanted === undefined) return { ok: false, why: `semver '${range}' parse error` };
  let matches: (tag: string) => boolean;
  try {
    const filter = RE2JS.compile(semverFilter);
    matches = (tag) => filter.matcher(tag).find();
  } catch {
    return { ok: false, why: `spec.ref.semverFilter: "${semverFilter}" is no regular expression` };
  }
  const isChart = layerSelector.mediaType?.startsWith('application/vnd.cncf.helm.') === true;
  const versions = tags
    .filter((tag) => semverFilter === '' || matches(tag))
    .map((tag) => ({ tag, version: isChart ? tag.replaceAll('_', '+') : tag }))
    .filter(({ version }) => isVersion(version) && wanted.has(version))
    .sort((a, b) => byVersion(a.version, b.version));
  const [best] = versions;
  return best === undefined
    ? { ok: false, why: `no match found for semver: ${range}` }
    : { ok: true, tag: best.tag };
}
