import type { GitRepository } from '#api/flux/git-repository.js';
import { fluxConditions as types, fluxReasons as reasons } from '#api/flux/words.js';
import type { SecretValues } from '#core/gitops/source/git/git-credentials.js';
import type { GitTarget } from '#core/gitops/source/git/git-model.js';
import { splitCommit, splitTag } from '#core/gitops/source/git/signed-object.js';
import { verifiesHead, verifiesTag } from '#core/gitops/source/git/verification-mode.js';
import type { SourceOutcome } from '#core/gitops/source/source-run.js';
import type { GitCheckout } from '#ports/git-remote.js';
import type { Kube } from '#ports/kube.js';
import type { SignatureVerifier, TrustedKeys } from '#ports/signatures.js';
import { readSecret } from '../source/secrets.js';

interface Ports {
  readonly kube: Kube;
  readonly signatures: SignatureVerifier;
}

/** Checks the signatures that the spec asks for, the tag's first. @returns the words of the condition; `undefined` when none is asked for. */
export async function verifyCheckout(
  { kube, signatures }: Ports,
  object: GitRepository,
  target: GitTarget,
  checkout: GitCheckout,
): Promise<SourceOutcome<string> | undefined> {
  const { verify } = object.spec;
  if (verify === undefined) return undefined;
  const trusted = await readTrusted(kube, object, verify.secretRef.name);
  if (!trusted.ok) return trusted;
  const said: string[] = [];
  if (verifiesTag(verify)) {
    const tag = await verifyTag(signatures, trusted.value, target, checkout);
    if (!tag.ok) return tag;
    said.push(tag.value);
  }
  if (verifiesHead(verify)) {
    const head = await verifyHead(signatures, trusted.value, checkout);
    if (!head.ok) return head;
    said.push(head.value);
  }
  return { ok: true, value: `verified signature of${said.map((line) => `\n\t- ${line}`).join('')}` };
}

async function readTrusted(
  kube: Kube,
  { metadata }: GitRepository,
  name: string,
): Promise<SourceOutcome<TrustedKeys>> {
  const reference = { namespace: metadata.namespace ?? '', name, field: 'spec.verify.secretRef' };
  const read = await readSecret(kube, reference, (values) => ({ ok: true, value: trustedKeysOf(values) }));
  if (read.ok) return read;
  return failed(reasons.verificationError, `PGP public keys secret error: ${read.problem.message}`);
}

/** Keys that end with `.sshpub` hold authorized_keys; everything else is an armored PGP ring. */
function trustedKeysOf(values: SecretValues): TrustedKeys {
  const entries = Object.entries(values);
  const of = (isSsh: boolean) =>
    entries.filter(([key]) => key.endsWith('.sshpub') === isSsh).map(([, value]) => value);
  return { pgp: of(false), ssh: of(true) };
}

async function verifyTag(
  signatures: SignatureVerifier,
  trusted: TrustedKeys,
  { ref = '', commit }: GitTarget,
  { tagObject }: GitCheckout,
): Promise<SourceOutcome<string>> {
  const short = ref.replace('refs/tags/', '');
  const name = `${short}@${algorithmOf(commit)}:${tagObject?.hash ?? commit}`;
  const { payload, signature } = splitTag(tagObject?.content ?? new Uint8Array());
  if (signature === '') {
    const message = `cannot verify signature of tag '${name}' since it is not signed`;
    return failed(reasons.invalidGitObject, message);
  }
  const verdict = await signatures.verify({ payload, signature }, trusted);
  if (verdict.ok) return { ok: true, value: `tag '${name}' with key '${verdict.key}'` };
  const message = `signature verification of tag '${name}' failed: unable to verify Git tag: ${verdict.why}`;
  return failed(reasons.invalidTagSignature, message);
}

async function verifyHead(
  signatures: SignatureVerifier,
  trusted: TrustedKeys,
  { commit, commitObject }: GitCheckout,
): Promise<SourceOutcome<string>> {
  const verdict = await signatures.verify(splitCommit(commitObject), trusted);
  if (verdict.ok) return { ok: true, value: `commit '${commit}' with key '${verdict.key}'` };
  const message = `signature verification of commit '${commit}' failed: unable to verify Git commit: ${verdict.why}`;
  return failed(reasons.invalidCommitSignature, message);
}

function algorithmOf(commit: string): string {
  return commit.length === 64 ? 'sha256' : 'sha1';
}

function failed(reason: string, message: string): SourceOutcome<never> & { readonly ok: false } {
  return { ok: false, problem: { reason, message, isStalling: false, condition: types.sourceVerified } };
}
