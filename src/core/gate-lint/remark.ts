/** `error`: a run would be refused or never say anything. `warning`: it says something else than is meant, mostly. */
export type Level = 'error' | 'warning' | 'note';

/** Something to be said about a gate. */
export interface Remark {
  readonly level: Level;
  /** Its name, in docs/analysis.md too. */
  readonly rule: string;
  /** The field, for instance `spec.metrics[0].successCondition`. */
  readonly path: string;
  readonly message: string;
  /** Offset in the text of the field, where one is meant. */
  readonly at?: number;
}

/** A text somewhere below a value, with its path. */
export interface TextLeaf {
  readonly path: string;
  readonly text: string;
}

/** Every text below a value, in order. */
export function textsBelow(value: unknown, path: string): readonly TextLeaf[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, i) => textsBelow(item, `${path}[${i}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsBelow(inner, `${path}.${key}`));
}
