/** Why a template is refused or fails. Thrown inside this folder only; its door returns it as a value. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** Offset in the source, from 0; absent where only the executor knows the place. */
  readonly at?: number;

  constructor(message: string, at?: number) {
    super(message);
    if (at !== undefined) this.at = at;
  }
}
