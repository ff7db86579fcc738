import { AppError } from '#ports/errors.js';

/** The error that this work ends with; throws when it ends well, or with an error that is not ours. */
export async function failure(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}
