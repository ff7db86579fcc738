import type { Bucket, BucketSpec } from '#api/flux/bucket.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import { parseGoDuration } from '#core/time/duration.js';
import type { SecretValues } from '../git/git-credentials.js';
import type { SourceModel, SourceTarget } from '../source-model.js';
import { stalled, type SourceOutcome, type SourceProblem } from '../source-run.js';
import type { BucketIndex } from './bucket-index.js';

/** The objects that are downloaded. */
export interface BucketTarget extends SourceTarget, BucketIndex {}

/** What a Bucket is among the sources. */
export const bucketModel: SourceModel<Bucket, BucketTarget, BucketTarget> = {
  kind: 'Bucket',
  remote: 'the bucket',
  specProblem: ({ spec }) => specProblem(spec),
  needsLook: () => true,
  resolve: (_object, seen = { revision: '', objects: [] }) => ({ ok: true, value: seen }),
  // The rules decide what is in the index, and the index is the revision.
  contentOf: () => ({}),
  observedOf: () => ({}),
  isVerified: () => false,
  statusOf: ({ spec }) => ({ observedIgnore: spec.ignore }),
  storedMessage: ({ revision }) => `stored artifact: revision '${revision}'`,
  outdatedMessage: (_object, revision) => `new upstream revision '${revision}'`,
  newArtifactMessage: ({ spec }, { subject = '' }) =>
    `stored artifact with ${subject} fetched files from '${spec.bucketName}' bucket`,
};

/** Reads the Secret of `spec.secretRef`. */
export function parseBucketLogin(
  values: SecretValues,
  subject: string,
): SourceOutcome<{ readonly accessKey: string; readonly secretKey: string }> {
  const { accesskey: accessKey = '', secretkey: secretKey = '' } = values;
  if (accessKey !== '' && secretKey !== '') return { ok: true, value: { accessKey, secretKey } };
  const name = subject.slice(subject.lastIndexOf('/') + 1);
  const message = `invalid '${name}' secret data: required fields 'accesskey' and 'secretkey'`;
  return { ok: false, problem: { reason: reasons.authenticationFailed, message, isStalling: false } };
}

function specProblem(spec: BucketSpec): SourceProblem | undefined {
  if (!/^[^/\s@?#]+$/.test(spec.endpoint)) {
    return stalled(reasons.urlInvalid, `spec.endpoint: "${spec.endpoint}" is no host with or without a port`);
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(spec.bucketName)) {
    return stalled(reasons.urlInvalid, `spec.bucketName: "${spec.bucketName}" is no name of a bucket`);
  }
  if (parseGoDuration(spec.interval) === undefined) {
    return stalled(reasons.urlInvalid, `spec.interval: "${spec.interval}" is no duration`);
  }
  return providerProblem(spec);
}

function providerProblem({ provider = 'generic', sts, secretRef, serviceAccountName }: BucketSpec) {
  const refuse = (why: string) => stalled(reasons.authenticationFailed, why);
  if (sts !== undefined) {
    return stalled(
      'InvalidSTSConfiguration',
      'spec.sts: is not served; use accesskey and secretkey in spec.secretRef',
    );
  }
  if (provider === 'gcp' || provider === 'azure') {
    return refuse(`spec.provider: "${provider}" is not served; use generic, with the S3 API of the store`);
  }
  if (provider === 'aws' && secretRef === undefined) {
    const why =
      'spec.provider: "aws" is not served without spec.secretRef; put accesskey and secretkey into a Secret';
    return refuse(why);
  }
  if (serviceAccountName === undefined) return undefined;
  return refuse('spec.serviceAccountName: is not served; use accesskey and secretkey in spec.secretRef');
}
