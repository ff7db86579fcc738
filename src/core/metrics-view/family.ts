/** One line of the text format: label values in the order of the family's label names. */
export type Sample = readonly [values: readonly string[], value: number];

/** A gauge whose samples are read from objects. */
export interface Family<T> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samplesOf: (object: T) => readonly Sample[];
}

/** The families over these objects in Prometheus' text format; a family without samples is left out. */
export function renderFamilies<T>(families: readonly Family<T>[], objects: readonly T[]): string {
  return families.map((family) => renderFamily(family, objects)).join('');
}

function renderFamily<T>({ name, help, labels, samplesOf }: Family<T>, objects: readonly T[]): string {
  const lines: string[] = [];
  for (const object of objects) {
    for (const [values, value] of samplesOf(object)) {
      const pairs = labels.map((label, i) => `${label}="${escaped(values[i] ?? '')}"`).join(',');
      lines.push(`${name}{${pairs}} ${value}\n`);
    }
  }
  return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function escaped(value: string): string {
  return /["\\\n]/.test(value)
    ? value
        .replaceAll('\\', '\\\\')
        .replaceAll('"', String.raw`\"`)
        .replaceAll('\n', String.raw`\n`)
    : value;
}
