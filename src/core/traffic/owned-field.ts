/**
 * Fields of one object that a running release writes and that nobody else may fight over.
 *
 * A path is a JSON pointer (RFC 6901) with two more kinds of segment: `*` is any index or key, and `name=beta` is
 * every element of a list whose field `name` is `beta` (the element itself is owned then, with all that is in it).
 * An owned path that the manifest does not have is no difference; one that it has is ignored.
 */
export interface OwnedField {
  /** `''` for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly paths: readonly string[];
  /** Paths that are its while a release runs, and between releases as long as the manifest does not say them. */
  readonly returning?: readonly string[];
  /** No release runs. */
  readonly isAtRest?: boolean;
  /** Who sets them, as `Kind/namespace/name`; absent when nobody asks. */
  readonly holder?: string;
}
