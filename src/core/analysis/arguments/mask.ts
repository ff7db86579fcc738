const mask = '*****';
/** The code of a shorter text is a text that stands anywhere. */
const shortestInBase64 = 4;

/**
 * The text with every secret replaced by stars, in whatever form a program repeats it: as it is or without the blanks
 * around it, inside JSON (Go's, too, which escapes `<`, `>` and `&`), inside a URL or a form, in base64. The longest first,
 * so that none shows through another.
 */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.flatMap((secret) => [secret, secret.trim()]).flatMap(formsOf));
  return [...forms]
    .toSorted((a, b) => b.length - a.length)
    .reduce((masked, form) => masked.replaceAll(form, () => mask), text);
}

function formsOf(secret: string): readonly string[] {
  if (secret === '') return [];
  const json = JSON.stringify(secret).slice(1, -1);
  return [secret, json, asGoJson(json), ...inUrl(secret), ...inBase64(secret)];
}

function asGoJson(json: string): string {
  return json.replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** Nothing for a text that no URL can hold: one with half a surrogate pair. */
function inUrl(secret: string): readonly string[] {
  if (/\p{Surrogate}/u.test(secret)) return [];
  const usual = encodeURIComponent(secret);
  const strict = usual.replaceAll(
    /[!'()*]/g,
    (char) => `%${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()}`,
  );
  return [usual, strict, strict.replaceAll('%20', '+'), encodeURI(secret)];
}

function inBase64(secret: string): readonly string[] {
  if (secret.length < shortestInBase64) return [];
  const bytes = new TextEncoder().encode(secret);
  const whole = encode(bytes);
  const forms = [whole, whole.replace(/=+$/, ''), ...[0, 1, 2].map((offset) => amidOthers(bytes, offset))];
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** What a secret is always called inside the code of a longer text, for instance of `user:password`, at one of three offsets. */
function amidOthers(secret: Uint8Array, offset: number): string {
  const shifted = new Uint8Array(offset + secret.length);
  shifted.set(secret, offset);
  return encode(shifted).slice(Math.ceil((offset * 8) / 6), Math.floor((shifted.length * 8) / 6));
}

function encode(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(''));
}
