/** Why an expression is refused or fails. Thrown inside this folder only; its doors return it as a value. */
export class ExprError extends Error {
  override readonly name = 'ExprError';
  /** Offset in the source, from 0; absent for most failures at run time. */
  readonly at?: number;

  constructor(message: string, at?: number) {
    super(message);
    if (at !== undefined) this.at = at;
  }
}
