/** One step of a path, from every value that was found so far. */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | Key
  | { readonly kind: 'all' }
  | { readonly kind: 'deep' }
  | Slice
  | { readonly kind: 'union'; readonly paths: readonly Path[] }
  | Filter
  | { readonly kind: 'constant'; readonly value: string | number | boolean }
  /** `range` and `end`; any other is found to be none when the path is walked. */
  | { readonly kind: 'word'; readonly name: string };

export type Path = readonly Step[];

/** `['a.b']`, which client-go reads as the path `.a.b`; where that leads nowhere it is the name of one key. */
interface Key {
  readonly kind: 'key';
  readonly name: string;
  /** Absent when it cannot be read as a path. */
  readonly path?: Path;
}

/** `[2]`, `[1:]`, `[::2]`. */
export interface Slice {
  readonly kind: 'slice';
  readonly from?: number;
  readonly to?: number;
  /** One item alone. */
  readonly isIndex: boolean;
  readonly by?: number;
}

/** `[?(@.a==1)]`, or without a test `[?(@.a)]`. */
export interface Filter {
  readonly kind: 'filter';
  readonly left: Path;
  readonly test?: string;
  readonly right?: Path;
}
