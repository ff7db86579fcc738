import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { AppError } from '#ports/errors.js';

/**
 * What the server said of an object, for a message that names the object already; without the values of a Secret. What
 * the user cannot mend (a lost lease, a shutdown, a bug) is thrown on and ends the pass.
 */
export function problemText(thrown: unknown, object?: UnknownObject): string {
  if (!(thrown instanceof AppError) || thrown.class === 'Cancelled' || thrown.class === 'Bug') throw thrown;
  const said = withoutSubject(thrown);
  if (thrown.code === 'KubeNotFound' && said.startsWith('namespaces ')) {
    return `${said}; create it or add it to the source`;
  }
  return object?.kind === 'Secret' ? withoutValues(said, object) : said;
}

function withoutSubject({ message, object }: AppError): string {
  return object !== undefined && message.startsWith(`${object}: `)
    ? message.slice(object.length + 2)
    : message;
}

function withoutValues(text: string, { data, stringData }: UnknownObject): string {
  const values = [data, stringData].flatMap((map) => (isObject(map) ? Object.values(map) : []));
  return values.reduce<string>(
    (safe, value) => (typeof value === 'string' && value !== '' ? safe.replaceAll(value, '*****') : safe),
    text,
  );
}
