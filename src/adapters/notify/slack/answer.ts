import { isObject, type JsonObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import { AppError } from '#ports/errors.js';
import { shorten } from '../http/exchange.js';

const service = 'slack';

/** What Slack's Web API says beside the status: its answer, or an error when `ok` is not true. */
export function readSlackAnswer(text: string, retryAfterMs: number | undefined): JsonObject {
  const answer = parse(text);
  if (answer === undefined)
    throw new AppError('NotifyUnavailable', `${service}: no JSON came back: ${shorten(text)}`);
  if (answer['ok'] === true) return answer;
  throw refusal(textAt(answer, 'error') ?? 'no reason given', retryAfterMs);
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // Not an answer of Slack: something stands between.
    return undefined;
  }
}

const denied = new Set(
  'invalid_auth not_authed account_inactive token_revoked token_expired no_permission missing_scope not_allowed_token_type access_denied org_login_required ekm_access_denied'.split(
    ' ',
  ),
);
const passing = new Set(
  'ratelimited rate_limited internal_error fatal_error service_unavailable request_timeout team_added_to_org'.split(
    ' ',
  ),
);

function refusal(reason: string, retryAfterMs: number | undefined): AppError {
  const message = `${service} answered ${reason}`;
  if (denied.has(reason)) return new AppError('NotifyDenied', message);
  if (!passing.has(reason)) return new AppError('NotifyInvalid', message);
  return new AppError('NotifyUnavailable', message, retryAfterMs === undefined ? {} : { retryAfterMs });
}
