import type { Random } from './routing.js';
import { matchesWhole } from './istio-match.js';

/**
 * Whether the canary takes the request, by the canary annotations without their prefix. A header rule that says
 * something wins, then the cookie, then the weight.
 */
export function takesCanary(
  settings: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
  random: Random,
): boolean {
  return byHeader(settings, headers) ?? byCookie(settings, headers) ?? byWeight(settings, random);
}

function byHeader(
  settings: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): boolean | undefined {
  const name = settings['canary-by-header'];
  const value = name === undefined ? undefined : headers[name.toLowerCase()];
  if (value === undefined) return undefined;
  const wanted = settings['canary-by-header-value'];
  const pattern = settings['canary-by-header-pattern'];
  if (wanted !== undefined && wanted !== '') return value === wanted ? true : undefined;
  if (pattern !== undefined && pattern !== '')
    return matchesWhole(`.*(?:${pattern}).*`, value) ? true : undefined;
  return alwaysOrNever(value);
}

function byCookie(
  settings: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): boolean | undefined {
  const name = settings['canary-by-cookie'];
  if (name === undefined) return undefined;
  const cookies = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const cookie = cookies.find((pair) => pair.startsWith(`${name}=`));
  return cookie === undefined ? undefined : alwaysOrNever(cookie.slice(name.length + 1));
}

function alwaysOrNever(value: string): boolean | undefined {
  return value === 'always' ? true : value === 'never' ? false : undefined;
}

function byWeight(settings: Readonly<Record<string, string>>, random: Random): boolean {
  const weight = Number(settings['canary-weight'] ?? 0);
  const total = Number(settings['canary-weight-total'] ?? 100);
  return random() * (total > 100 ? total : 100) < weight;
}
