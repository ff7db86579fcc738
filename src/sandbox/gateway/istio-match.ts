import { isObject, type JsonObject } from '#core/json/json.js';
import { numberAt, objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { RoutedRequest } from './routing.js';

/** Whether one of the route's matches holds; a route without any takes every request. */
export function matchesRoute(route: JsonObject, request: RoutedRequest, port: number | undefined): boolean {
  const matches = objectsAt(route, 'match');
  return matches.length === 0 || matches.some((match) => matchesRequest(match, request, port));
}

function matchesRequest(match: JsonObject, request: RoutedRequest, port: number | undefined): boolean {
  const [path = '', query = ''] = request.path.split('?');
  const ignoresCase = match.ignoreUriCase === true;
  const wantedPort = numberAt(match, 'port');
  return (
    (wantedPort === undefined || wantedPort === port) &&
    matchesText(match.uri, path, ignoresCase) &&
    matchesText(match.method, request.method) &&
    matchesText(match.authority, request.host) &&
    Object.entries(objectAt(match, 'headers')).every(([name, wanted]) =>
      matchesField(wanted, request.headers[name.toLowerCase()]),
    ) &&
    !Object.entries(objectAt(match, 'withoutHeaders')).some(([name, wanted]) =>
      matchesField(wanted, request.headers[name.toLowerCase()]),
    ) &&
    Object.entries(objectAt(match, 'queryParams')).every(([name, wanted]) =>
      matchesField(wanted, new URLSearchParams(query).get(name) ?? undefined),
    )
  );
}

/** A match without any word asks only that the field is there. */
function matchesField(wanted: unknown, value: string | undefined): boolean {
  return value !== undefined && matchesText(wanted, value);
}

function matchesText(wanted: unknown, value: string, ignoresCase = false): boolean {
  if (!isObject(wanted)) return true;
  const fold = (text: string): string => (ignoresCase ? text.toLowerCase() : text);
  const exact = textAt(wanted, 'exact');
  const prefix = textAt(wanted, 'prefix');
  const regex = textAt(wanted, 'regex');
  if (exact !== undefined) return fold(value) === fold(exact);
  if (prefix !== undefined) return fold(value).startsWith(fold(prefix));
  return regex === undefined || matchesWhole(regex, value);
}

/** Whether the whole text is described by the expression; one that cannot be read describes nothing. */
export function matchesWhole(regex: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${regex})$`).test(value);
  } catch {
    // A proxy refuses such a route, so that nothing ever takes it.
    return false;
  }
}
