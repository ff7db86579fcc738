/** The first thing that is wrong with a spec, in the words of Kubernetes' field errors. */
export interface SpecError {
  /** For instance `spec.strategy.steps[0].setWeight`. */
  readonly path: string;
  /** What stands behind the path: `Invalid value: 120: SetWeight needs to be between 0 and 100`. */
  readonly message: string;
}

/** A rule looks at something when it is asked and says what is wrong, if anything. */
export type Rule = () => SpecError | undefined;

/** The first error of rules that are asked in this order; those behind it are not asked. */
export function firstError(rules: readonly Rule[]): SpecError | undefined {
  for (const rule of rules) {
    const error = rule();
    if (error !== undefined) return error;
  }
  return undefined;
}

/** The condition message of a Rollout that has the error. */
export function describeSpecError(rolloutName: string, error: SpecError): string {
  return `The Rollout ${JSON.stringify(rolloutName)} is invalid: ${error.path}: ${error.message}`;
}

export function invalid(path: string, value: unknown, text: string): SpecError {
  return { path, message: `Invalid value: ${printValue(value)}: ${text}` };
}

export function required(path: string, text = ''): SpecError {
  return { path, message: text === '' ? 'Required value' : `Required value: ${text}` };
}

export function internal(path: string, text: string): SpecError {
  return { path, message: `Internal error: ${text}` };
}

export function forbidden(path: string, text: string): SpecError {
  return { path, message: `Forbidden: ${text}` };
}

export function duplicate(path: string, value: unknown): SpecError {
  return { path, message: `Duplicate value: ${printValue(value)}` };
}

export function notFound(path: string, value: unknown): SpecError {
  return { path, message: `Not found: ${printValue(value)}` };
}

/** `words` are all that are allowed, in the order in which they are named. */
export function unsupported(path: string, value: unknown, words: readonly string[]): SpecError {
  const list = words.map((word) => JSON.stringify(word)).join(', ');
  return { path, message: `Unsupported value: ${printValue(value)}: supported values: ${list}` };
}

function printValue(value: unknown): string {
  return JSON.stringify(value ?? null);
}
