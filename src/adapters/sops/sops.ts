import { createDecipheriv } from 'node:crypto';
import { serviceKeyText, type KeyGroup, type SopsMetadata } from '#core/gitops/sops/metadata.js';
import { combineShares } from '#core/gitops/sops/shamir.js';
import { AppError } from '#ports/errors.js';
import type { DecryptionKeys, KeyServices, Sops } from '#ports/sops.js';
import { unlockAge } from './age.js';
import { unlockPgp } from './pgp.js';

/**
 * SOPS in this process: keys of age and OpenPGP. @param services - opens what key services have sealed; absent: that
 * stays closed. The libraries are loaded when they are first needed.
 */
export function createSops(services?: KeyServices): Sops {
  return {
    unlock: (metadata, keys) => unlock(metadata, keys, services),
    open(dataKey, { data, iv, tag }, path) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', dataKey, Buffer.from(iv, 'base64'));
        decipher.setAAD(Buffer.from(path));
        decipher.setAuthTag(Buffer.from(tag, 'base64'));
        return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString(
          'utf8',
        );
      } catch (thrown) {
        throw new AppError(
          'BuildFailed',
          `the value at ${path.slice(0, -1)} does not open with the data key`,
          {
            cause: thrown,
          },
        );
      }
    },
  };
}

async function unlock(
  { groups, threshold }: SopsMetadata,
  keys: DecryptionKeys,
  services: KeyServices | undefined,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const closed: string[] = [];
  for (const group of groups) {
    const opened = await openGroup(group, keys, services);
    if (opened.part === undefined) closed.push(opened.whyNot);
    else parts.push(opened.part);
    if (parts.length === threshold) break;
  }
  const dataKey = groups.length === 1 ? parts[0] : combine(parts, threshold);
  if (dataKey !== undefined) return dataKey;
  throw new AppError(
    'BuildFailed',
    `cannot get sops data key: ${whyClosed(closed, groups.length, threshold)}`,
  );
}

function combine(parts: readonly Uint8Array[], threshold: number): Uint8Array | undefined {
  if (parts.length < threshold) return undefined;
  return threshold === 1 ? undefined : combineShares(parts);
}

function whyClosed(closed: readonly string[], groups: number, threshold: number): string {
  if (groups === 1) return `no key opens it; it is encrypted for ${closed.join()}`;
  const of = `${threshold} of ${groups} key groups must open`;
  return closed.length === 0
    ? `${of}, but their parts make no key`
    : `${of}; no key opens those that are encrypted for ${closed.join('; ')}`;
}

type Opened = { readonly part: Uint8Array } | { readonly part?: undefined; readonly whyNot: string };

async function openGroup(
  group: KeyGroup,
  keys: DecryptionKeys,
  services: KeyServices | undefined,
): Promise<Opened> {
  const part = (await unlockAge(group.age, keys.age)) ?? (await unlockPgp(group.pgp, keys.pgp));
  if (part !== undefined) return { part };
  const refusals: string[] = [];
  for (const key of group.services) {
    try {
      if (services === undefined) refusals.push(`${key.service}, which is not served`);
      else return { part: await services.unseal(key, keys) };
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      refusals.push(`${serviceKeyText(key)} (${thrown.message})`);
    }
  }
  const asked = [
    ...(group.age.length > 0 ? [`age (${keys.age.length} identities in the Secret)`] : []),
    ...(group.pgp.length > 0 ? [`pgp (${keys.pgp.length} keys in the Secret)`] : []),
    ...refusals,
  ];
  return { whyNot: asked.join(', ') || 'nobody' };
}
