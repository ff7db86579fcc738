/** One line of the text format: label values in the order of the family's label names. */
export type Sample = readonly [values: readonly string[], value: number];

/** A gauge whose samples are read from objects. */
export interface Family<T> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samplesOf: (object: T) => readonly Sample[];
}

/** Objects of one piece of text, so that whoever writes it can do something else in between. */
const chunkSize = 500;

/**
 * The families over these objects in Prometheus' text format, piece by piece; a family without samples is left out.
 */
export function* renderFamilies<T>(
  families: readonly Family<T>[],
  objects: readonly T[],
): Generator<string, void> {
  for (const family of families) {
    let isBegun = false;
    for (let from = 0; from < objects.length; from += chunkSize) {
      const lines = renderLines(family, objects, from);
      if (lines === '') continue;
      yield isBegun ? lines : `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} gauge\n${lines}`;
      isBegun = true;
    }
  }
}

/** Concatenation alone: some hundred thousand lines are written here. */
function renderLines<T>({ name, labels, samplesOf }: Family<T>, objects: readonly T[], from: number): string {
  const openings = labels.map((label, i) => `${i === 0 ? `${name}{` : '",'}${label}="`);
  const to = Math.min(objects.length, from + chunkSize);
  let text = '';
  for (const object of objects.slice(from, to)) {
    for (const [values, value] of samplesOf(object)) {
      for (const [i, opening] of openings.entries()) text += opening + escaped(values[i] ?? '');
      text += `"} ${value}\n`;
    }
  }
  return text;
}

function escaped(value: string): string {
  return /["\\\n]/.test(value)
    ? value
        .replaceAll('\\', '\\\\')
        .replaceAll('"', String.raw`\"`)
        .replaceAll('\n', String.raw`\n`)
    : value;
}
