import { isObject, type JsonObject } from '#core/json/json.js';
import { objectAt, textAt } from '#core/json/read.js';
import { AppError } from '#ports/errors.js';

/** A text that the service cannot do without. Throws NotifyInvalid. */
export function required(service: string, options: unknown, field: string): string {
  const value = textAt(options, field) ?? '';
  if (value !== '') return value;
  throw new AppError('NotifyInvalid', `${service}: ${field} is missing in the options of the service`);
}

/** What a map of the options holds for the recipient. Throws NotifyInvalid. */
export function forRecipient(service: string, options: unknown, field: string, recipient: string): string {
  const map = objectAt(options, field);
  const value = Object.hasOwn(map, recipient) ? map[recipient] : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new AppError(
    'NotifyInvalid',
    `${service}: ${field} has nothing for the recipient ${JSON.stringify(recipient)}`,
  );
}

/** Whether an option is on: `true`, or the text `true` as a template writes it. Absent: off. */
export function flag(options: unknown, field: string): boolean {
  const value = isObject(options) ? options[field] : undefined;
  return value === true || value === 'true';
}

/** A text of the template that holds JSON; `undefined` when it is empty. Throws NotifyInvalid. */
export function jsonAt(service: string, block: JsonObject | undefined, field: string): unknown {
  const text = textAt(block, field) ?? '';
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    throw new AppError('NotifyInvalid', `${service}: ${field} of the template is no JSON: ${thrown.message}`);
  }
}

/** The fields of the template that are texts and not empty. */
export function texts(
  block: JsonObject | undefined,
  ...fields: readonly string[]
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = textAt(block, field) ?? '';
      return value === '' ? [] : [[field, value]];
    }),
  );
}
