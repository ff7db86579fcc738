import type { OciRepository, OciRepositorySpec, OciRepositoryStatus } from '#api/flux/oci-repository.js';
import { fluxConditions as types, fluxReasons as reasons } from '#api/flux/words.js';
import { findCondition } from '#core/kube/conditions.js';
import { parseGoDuration } from '#core/time/duration.js';
import type { SourceModel, SourceTarget } from '../source-model.js';
import { stalled, type SourceProblem } from '../source-run.js';
import { generationOf } from '../source-status.js';
import { needsOciLook, parseOciUrl } from './oci-reference.js';

/** The manifest that the registry names now. */
export interface OciSeen {
  readonly tag: string;
  readonly digest: string;
}

/** The manifest that is pulled. */
export interface OciTarget extends SourceTarget {
  readonly digest: string;
}

/** What an OCIRepository is among the sources. */
export const ociModel: SourceModel<OciRepository, OciSeen, OciTarget> = {
  kind: 'OCIRepository',
  remote: 'the registry',
  specProblem: ({ spec }) => specProblem(spec),
  needsLook: ({ spec }) => needsOciLook(spec.ref),
  resolve: ({ spec: { ref } }, seen) => {
    if (seen !== undefined) {
      const { tag, digest } = seen;
      return { ok: true, value: { digest, revision: `${tag}@${digest}` } };
    }
    const digest = ref?.digest ?? '';
    return { ok: true, value: { digest, revision: digest } };
  },
  contentOf: ({ spec: { ignore, layerSelector } }) => ({
    ...(ignore === undefined ? {} : { observedIgnore: ignore }),
    ...(layerSelector === undefined ? {} : { observedLayerSelector: layerSelector }),
  }),
  observedOf: ({ observedIgnore, observedLayerSelector }: OciRepositoryStatus) => ({
    ...(observedIgnore === undefined ? {} : { observedIgnore }),
    ...(observedLayerSelector === undefined ? {} : { observedLayerSelector }),
  }),
  needsVerification: (object, { revision }) => {
    if (object.spec.verify === undefined) return false;
    const said = findCondition(object.status?.conditions, types.sourceVerified);
    const isChecked = said?.status === 'True' && said.observedGeneration === generationOf(object);
    return object.status?.artifact?.revision !== revision || !isChecked;
  },
  isVerified: ({ spec }) => spec.verify !== undefined,
  storedMessage: ({ revision }) => `stored artifact for digest '${revision}'`,
  outdatedMessage: ({ spec }, revision) =>
    `new revision '${revision}' for '${referenceOf(spec.url, revision)}'`,
  newArtifactMessage: ({ spec }, { revision, metadata = {} }) => {
    const base = `stored artifact with revision '${revision}' from '${spec.url}'`;
    const source = metadata['org.opencontainers.image.source'] ?? '';
    const origin = metadata['org.opencontainers.image.revision'] ?? '';
    return source === '' || origin === ''
      ? base
      : `${base}, origin source '${source}', origin revision '${origin}'`;
  },
};

/** `ghcr.io/org/app:tag`, or with the digest when no tag is known. */
export function referenceOf(url: string, revision: string): string {
  const address = url.replace(/^oci:\/\//, '');
  const at = revision.indexOf('@');
  return at < 0 ? `${address}@${revision}` : `${address}:${revision.slice(0, at)}`;
}

function specProblem(spec: OciRepositorySpec): SourceProblem | undefined {
  const address = parseOciUrl(spec.url);
  if (!address.ok) return address.problem;
  if (parseGoDuration(spec.interval) === undefined) {
    return stalled(reasons.urlInvalid, `spec.interval: "${spec.interval}" is no duration`);
  }
  const digest = spec.ref?.digest ?? '';
  if (digest !== '' && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    return stalled(reasons.urlInvalid, `spec.ref.digest: "${digest}" is no digest of the form sha256:<hex>`);
  }
  if (spec.provider !== undefined && spec.provider !== 'generic') {
    return stalled(
      reasons.authenticationFailed,
      `spec.provider: "${spec.provider}" is not served; use generic with a Secret in spec.secretRef`,
    );
  }
  return verifyProblem(spec);
}

function verifyProblem({ verify }: OciRepositorySpec): SourceProblem | undefined {
  if (verify === undefined) return undefined;
  const refuse = (why: string): SourceProblem => {
    return { ...stalled(reasons.verificationError, why), condition: types.sourceVerified };
  };
  if (verify.provider === 'notation') {
    return refuse(
      'spec.verify.provider: "notation" is not served; use cosign with a key in spec.verify.secretRef',
    );
  }
  if (verify.secretRef !== undefined) return undefined;
  return refuse(
    'spec.verify: cosign without a key is not served; name a Secret with *.pub in spec.verify.secretRef',
  );
}
