/** How Go writes one field of a struct. */
export interface GoField {
  readonly name: string;
  /** What is written when the value is absent; `undefined`: nothing. `{}` stands for an empty struct. */
  readonly zero?: string;
  /** A pointer: a zero value that was given is written, where others drop it. */
  readonly pointer: boolean;
  /** Name of a struct of the same table, or one of the {@link GoKind special kinds}; absent for scalars and their maps. */
  readonly type?: string;
}

/** Types that are no struct of the table. */
export const goKinds = ['Quantity', 'Quantities', 'Json', 'StringMatches'] as const;
export type GoKind = (typeof goKinds)[number];

/** The fields of each struct in the order in which Go writes them; embedded structs are spread. */
export type FieldTable = ReadonlyMap<string, readonly GoField[]>;

/**
 * Reads `Struct: field, field:Type, ...Embedded` lines. After the name of a field, `*` marks a pointer to a scalar and
 * `!` one that is always written: `!` alone as `""` (a struct as its empty self), `!0`, `!null` and `!false` as said.
 */
export function parseFieldTable(text: string): FieldTable {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => /^(\w+): (.*)$/.exec(line.trim()))
    .filter((match) => match !== null);
  const source = new Map(lines.map(([, name = '', fields = '']) => [name, fields.split(', ')]));
  const spread = (name: string): readonly GoField[] =>
    (source.get(name) ?? []).flatMap((field) =>
      field.startsWith('...') ? spread(field.slice(3)) : [parseField(field)],
    );
  return new Map([...source.keys()].map((name) => [name, spread(name)]));
}

function parseField(text: string): GoField {
  const match = /^(\w+)(\*?)(!(?:0|null|false)?)?(?::(\w+))?$/.exec(text);
  const [, name = text, pointer = '', mark, type] = match ?? [];
  const zero =
    mark === undefined ? undefined : mark === '!' ? (type === undefined ? '""' : '{}') : mark.slice(1);
  return {
    name,
    pointer: pointer === '*',
    ...(zero === undefined ? {} : { zero }),
    ...(type === undefined ? {} : { type }),
  };
}
