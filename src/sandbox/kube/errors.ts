import { AppError, type ErrorCode } from '#ports/errors.js';
import type { Status } from '#sandbox/store/status.js';

const byReason: Readonly<Record<string, ErrorCode>> = {
  NotFound: 'KubeNotFound',
  AlreadyExists: 'KubeAlreadyExists',
  Conflict: 'KubeConflict',
  Invalid: 'KubeInvalid',
  BadRequest: 'KubeBadRequest',
  MethodNotAllowed: 'KubeBadRequest',
  UnsupportedMediaType: 'KubeBadRequest',
  Forbidden: 'KubeForbidden',
  Unauthorized: 'KubeUnauthorized',
  Expired: 'KubeGone',
  Gone: 'KubeGone',
  TooManyRequests: 'KubeThrottled',
  Timeout: 'KubeTimeout',
};

/** The error of a port for a `Status` of the API server; `object` names what was asked for. */
export function errorOf(status: Status, object: string): AppError {
  const isApplyConflict =
    status.details?.causes?.some((cause) => cause.reason === 'FieldManagerConflict') === true;
  const isUnknownPath = status.reason === 'NotFound' && status.details?.kind === undefined;
  const code = isApplyConflict
    ? 'KubeApplyConflict'
    : isUnknownPath
      ? 'KubeNoSuchKind'
      : (byReason[status.reason ?? ''] ?? 'KubeUnavailable');
  const seconds = status.details?.retryAfterSeconds;
  return new AppError(code, status.message ?? status.reason ?? 'request failed', {
    object,
    ...(seconds === undefined ? {} : { retryAfterMs: seconds * 1000 }),
  });
}
