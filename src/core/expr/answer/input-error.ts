/** Why something that was given as JSON cannot be taken. Thrown inside this folder only. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
