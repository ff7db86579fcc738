import { AppError } from '#ports/errors.js';

/** What the first of these files holds that one of the identities opens; `undefined` when none does. */
export async function unlockAge(
  files: readonly string[],
  identities: readonly string[],
): Promise<Uint8Array | undefined> {
  if (files.length === 0 || identities.length === 0) return undefined;
  const age = await import('age-encryption');
  const decrypter = new age.Decrypter();
  for (const identity of identities) {
    try {
      decrypter.addIdentity(identity);
    } catch (thrown) {
      throw new AppError('BuildFailed', 'an age identity does not parse', { cause: thrown });
    }
  }
  for (const file of files) {
    try {
      return await decrypter.decrypt(age.armor.decode(file.trim()), 'uint8array');
    } catch {
      // It is for somebody else; another may be for us.
    }
  }
  return undefined;
}
