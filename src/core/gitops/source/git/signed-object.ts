/** A commit or tag object in the parts that a signature is checked with. */
export interface SignedObject {
  /** What was signed: the object without the signature. */
  readonly payload: Uint8Array;
  /** Armored; empty when the object is not signed. */
  readonly signature: string;
}

/** Takes the signature out of a commit: the header `gpgsig` (`gpgsig-sha256`) with its continuation lines. */
export function splitCommit(object: Uint8Array): SignedObject {
  const text = toBytesText(object);
  const end = text.indexOf('\n\n');
  const head = text.slice(0, end < 0 ? text.length : end + 1);
  const match = /^gpgsig(?:-sha256)? (.*\n(?: .*\n)*)/m.exec(head);
  if (match === null) return { payload: object, signature: '' };
  const payload = text.slice(0, match.index) + text.slice(match.index + match[0].length);
  return { payload: toBytes(payload), signature: (match[1] ?? '').replaceAll(/^ /gm, '') };
}

/** Takes the signature off the end of an annotated tag. */
export function splitTag(object: Uint8Array): SignedObject {
  const text = toBytesText(object);
  const match = /^-----BEGIN (?:PGP SIGNATURE|PGP MESSAGE|SSH SIGNATURE|SIGNED MESSAGE)-----$/m.exec(text);
  if (match === null) return { payload: object, signature: '' };
  return { payload: toBytes(text.slice(0, match.index)), signature: text.slice(match.index) };
}

/** One character a byte, so that nothing is lost on the way back. */
function toBytesText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
