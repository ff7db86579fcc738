/** What the first of these messages holds that one of the private keys opens; `undefined` when none does. */
export async function unlockPgp(
  messages: readonly string[],
  keys: readonly string[],
): Promise<Uint8Array | undefined> {
  if (messages.length === 0 || keys.length === 0) return undefined;
  const openpgp = await import('openpgp');
  const decryptionKeys = (
    await Promise.all(keys.map((armoredKeys) => openpgp.readPrivateKeys({ armoredKeys }).catch(() => [])))
  ).flat();
  for (const armoredMessage of messages) {
    try {
      const message = await openpgp.readMessage({ armoredMessage });
      const { data } = await openpgp.decrypt({ message, decryptionKeys, format: 'binary' });
      return data;
    } catch {
      // It is for somebody else; another may be for us.
    }
  }
  return undefined;
}
