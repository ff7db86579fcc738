import { isObject } from '#core/json/json.js';
import { AppError, type ErrorCode } from '#ports/errors.js';

/** An answer of the server that is not a success. */
export interface FailedResponse {
  readonly status: number;
  readonly body: string;
  readonly retryAfterMs?: number;
}

/** The error that a failed answer means, with the server's own message behind the subject. */
export function errorOfResponse(subject: string, response: FailedResponse): AppError {
  const status = parseStatus(response.body);
  const message = status.message ?? `server answered ${response.status}`;
  return new AppError(codeOf(response.status, status), `${subject}: ${message}`, {
    object: subject,
    ...(response.retryAfterMs === undefined ? {} : { retryAfterMs: response.retryAfterMs }),
  });
}

/** The error that a failure below HTTP means: refused, reset, timed out, bad certificate. */
export function errorOfTransport(subject: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const name = thrown instanceof Error ? thrown.name : '';
  const code = isObject(thrown) && typeof thrown['code'] === 'string' ? thrown['code'] : '';
  const message = describe(thrown);
  const isTimeout = name === 'TimeoutError' || /TIMEOUT|ETIMEDOUT/.test(code);
  return new AppError(isTimeout ? 'KubeTimeout' : 'KubeUnreachable', `${subject}: ${message}`, {
    object: subject,
    cause: thrown,
  });
}

interface StatusBody {
  readonly isStatus: boolean;
  readonly message?: string;
  readonly reason?: string;
  readonly causes: readonly string[];
}

function parseStatus(body: string): StatusBody {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // Not every failure is a Status: proxies and unknown paths answer plain text.
    const text = body.trim().slice(0, 300);
    return { isStatus: false, causes: [], ...(text === '' ? {} : { message: text }) };
  }
  if (!isObject(parsed) || parsed['kind'] !== 'Status') return { isStatus: false, causes: [] };
  const details = isObject(parsed['details']) ? parsed['details'] : {};
  const causes = Array.isArray(details['causes']) ? details['causes'] : [];
  return {
    isStatus: true,
    causes: causes.flatMap((cause: unknown) =>
      isObject(cause) && typeof cause['reason'] === 'string' ? [cause['reason']] : [],
    ),
    ...(typeof parsed['message'] === 'string' ? { message: parsed['message'] } : {}),
    ...(typeof parsed['reason'] === 'string' ? { reason: parsed['reason'] } : {}),
  };
}

/** How the API server begins what a webhook did instead of it. */
const isOfWebhook = /failed calling webhook|^admission webhook "/;

function codeOf(http: number, status: StatusBody): ErrorCode {
  switch (http) {
    case 401:
      return 'KubeUnauthorized';
    case 403:
      return 'KubeForbidden';
    case 404:
      return status.isStatus && status.message !== 'the server could not find the requested resource'
        ? 'KubeNotFound'
        : 'KubeNoSuchKind';
    case 408:
    case 504:
      return 'KubeTimeout';
    case 409:
      if (status.reason === 'AlreadyExists') return 'KubeAlreadyExists';
      return status.causes.includes('FieldManagerConflict') ? 'KubeApplyConflict' : 'KubeConflict';
    case 410:
      return 'KubeGone';
    case 422:
      return 'KubeInvalid';
    case 429:
      return 'KubeThrottled';
    default:
      if (http < 500) return 'KubeBadRequest';
      return isOfWebhook.test(status.message ?? '') ? 'KubeWebhookFailed' : 'KubeUnavailable';
  }
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  // Node reports a failure of both address families as one error without a message.
  const inner = thrown instanceof AggregateError ? thrown.errors.map(describe).join(', ') : '';
  return thrown.message || inner || thrown.name;
}
