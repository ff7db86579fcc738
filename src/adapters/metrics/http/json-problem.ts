/** Why a text is no JSON, in the words of Go's decoder: `invalid character '<' looking for beginning of value`. */
export function jsonProblem(text: string): string {
  const scanner = new Scanner(text);
  try {
    scanner.value();
    scanner.end();
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown.message;
    throw thrown;
  }
  return 'the text is no JSON';
}

/** Never leaves this file. */
class Problem extends Error {}

const escapes = /["\\/bfnrt]/;
const maxDepth = 10_000;

class Scanner {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): void {
    const char = this.#next();
    if (char === '{') this.#nest(() => this.#object());
    else if (char === '[') this.#nest(() => this.#array());
    else if (char === '"') this.#string();
    else if (char === '-' || /\d/.test(char)) this.#number(char);
    else if (char === 't') this.#word('true');
    else if (char === 'f') this.#word('false');
    else if (char === 'n') this.#word('null');
    else this.#refuse(char, 'looking for beginning of value');
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) this.#refuse(this.#text.charAt(this.#at), 'after top-level value');
  }

  #nest(read: () => void): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new Problem('exceeded max depth');
    read();
    this.#depth -= 1;
  }

  #object(): void {
    if (this.#peek() === '}') return void this.#next();
    for (;;) {
      const quote = this.#next();
      if (quote !== '"') this.#refuse(quote, 'looking for beginning of object key string');
      this.#string();
      const colon = this.#next();
      if (colon !== ':') this.#refuse(colon, 'after object key');
      this.value();
      const after = this.#next();
      if (after === '}') return;
      if (after !== ',') this.#refuse(after, 'after object key:value pair');
    }
  }

  #array(): void {
    if (this.#peek() === ']') return void this.#next();
    for (;;) {
      this.value();
      const after = this.#next();
      if (after === ']') return;
      if (after !== ',') this.#refuse(after, 'after array element');
    }
  }

  #string(): void {
    for (;;) {
      const char = this.#raw();
      if (char === '"') return;
      if (char < ' ') this.#refuse(char, 'in string literal');
      if (char !== '\\') continue;
      const escape = this.#raw();
      if (escape === 'u') this.#hex();
      else if (!escapes.test(escape)) this.#refuse(escape, 'in string escape code');
    }
  }

  #hex(): void {
    for (let i = 0; i < 4; i += 1) {
      const digit = this.#raw();
      if (!/[\da-fA-F]/.test(digit)) this.#refuse(digit, 'in \\u hexadecimal character escape');
    }
  }

  #number(first: string): void {
    const digit = first === '-' ? this.#digit('in numeric literal') : first;
    if (digit !== '0') this.#digits();
    if (this.#text.charAt(this.#at) === '.') {
      this.#at += 1;
      this.#digit('after decimal point in numeric literal');
      this.#digits();
    }
    if (!/[eE]/.test(this.#text.charAt(this.#at))) return;
    this.#at += 1;
    if (/[+-]/.test(this.#text.charAt(this.#at))) this.#at += 1;
    this.#digit('in exponent of numeric literal');
    this.#digits();
  }

  #digit(where: string): string {
    const char = this.#raw();
    if (!/\d/.test(char)) this.#refuse(char, where);
    return char;
  }

  #digits(): void {
    while (/\d/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #word(word: string): void {
    for (const expected of word.slice(1)) {
      const char = this.#raw();
      if (char !== expected) this.#refuse(char, `in literal ${word} (expecting '${expected}')`);
    }
  }

  #skip(): void {
    while (/[ \t\r\n]/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #peek(): string {
    this.#skip();
    return this.#text.charAt(this.#at);
  }

  /** The next character after white space. */
  #next(): string {
    this.#skip();
    return this.#raw();
  }

  #raw(): string {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) throw new Problem('unexpected end of JSON input');
    const char = String.fromCodePoint(code);
    this.#at += char.length;
    return char;
  }

  #refuse(char: string, where: string): never {
    throw new Problem(`invalid character ${quoted(char)} ${where}`);
  }
}

/** Go reads bytes: of a character beyond ASCII it shows the first one. */
function quoted(char: string): string {
  if (char === "'") return String.raw`'\''`;
  if (char === '"') return `'"'`;
  const byte = Buffer.from(char, 'utf8')[0] ?? 0;
  const known: Readonly<Record<number, string>> = {
    7: 'a',
    8: 'b',
    9: 't',
    10: 'n',
    11: 'v',
    12: 'f',
    13: 'r',
    92: '\\',
  };
  if (byte in known) return `'\\${known[byte]}'`;
  if (byte >= 0xa1 && byte !== 0xad) return `'${String.fromCodePoint(byte)}'`;
  if (byte >= 0x7f) return byte === 0x7f ? String.raw`'\x7f'` : `'\\u00${byte.toString(16)}'`;
  return byte < 32 ? `'\\x${byte.toString(16).padStart(2, '0')}'` : `'${char}'`;
}
