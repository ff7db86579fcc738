// oxlint-disable-next-line no-control-regex -- the escape character is what begins a colour
const pieces = /\u001B\[[\d;]*m|[\s\S]/gu;
const plain = '\u001B[0m';

/** The line cut to so many columns with `…` at its end; colours take no columns and end with the line. */
export function fitLine(line: string, columns: number): string {
  const parts = line.match(pieces) ?? [];
  if (parts.filter(isVisible).length <= columns) return line;
  let kept = '';
  let width = 0;
  let isColoured = false;
  for (const part of parts) {
    if (isVisible(part) && ++width >= columns) break;
    if (!isVisible(part)) isColoured = part !== plain;
    kept += part;
  }
  return `${kept}…${isColoured ? plain : ''}`;
}

/** Lines that fit a terminal: none wider than it, and none above its first row. */
export function fitScreen(lines: readonly string[], columns: number, rows: number): readonly string[] {
  const most = Math.max(1, rows - 1);
  const shown =
    lines.length <= most
      ? lines
      : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more lines; the terminal is too low`];
  return shown.map((line) => fitLine(line, columns));
}

/** Blanks between words, but not between a number and its unit. */
const gaps = / (?!(?:%|s|min|h|d)(?![A-Za-z]))/;

/** Words over several lines of at most so many columns. */
export function wrapWords(text: string, columns: number): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(gaps)) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

function isVisible(part: string): boolean {
  return !part.startsWith('\u001B');
}
