/**
 * The catalogue of errors that cross a port. The class decides retry, condition and log level in one place
 * (src/runtime/controller); docs/errors.md says what a user does about each code.
 */
export type ErrorClass =
  'InvalidSpec' | 'Missing' | 'Denied' | 'Conflict' | 'Transient' | 'Cancelled' | 'Bug';

export const errorCodes = {
  KubeBadRequest: 'InvalidSpec',
  KubeInvalid: 'InvalidSpec',
  KubeNotFound: 'Missing',
  KubeNoSuchKind: 'Missing',
  KubeForbidden: 'Denied',
  KubeUnauthorized: 'Transient',
  KubeConflict: 'Conflict',
  KubeAlreadyExists: 'Conflict',
  KubeApplyConflict: 'InvalidSpec',
  KubeGone: 'Transient',
  KubeThrottled: 'Transient',
  KubeUnavailable: 'Transient',
  KubeWebhookFailed: 'Transient',
  KubeUnreachable: 'Transient',
  KubeTimeout: 'Transient',
  NotLeader: 'Cancelled',
  ShuttingDown: 'Cancelled',
  ConfigInvalid: 'InvalidSpec',
  ToolMissing: 'Missing',
  PortInUse: 'InvalidSpec',
  GitUnreachable: 'Transient',
  GitDenied: 'Denied',
  GitRefMissing: 'Missing',
  GitInvalid: 'InvalidSpec',
  GitPathMissing: 'InvalidSpec',
  RemoteUnreachable: 'Transient',
  RemoteDenied: 'Denied',
  RemoteMissing: 'Missing',
  RemoteInvalid: 'InvalidSpec',
  ArtifactMissing: 'Missing',
  ArtifactCorrupt: 'Transient',
  BuildFailed: 'InvalidSpec',
  NotifyDenied: 'Denied',
  NotifyInvalid: 'InvalidSpec',
  NotifyUnavailable: 'Transient',
  BrokenInvariant: 'Bug',
} as const satisfies Record<string, ErrorClass>;

export type ErrorCode = keyof typeof errorCodes;

/** The only error type that crosses a port. `message` is lower case, subject first, without secrets. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** `Kind/namespace/name`, when one object is meant. */
  readonly object?: string;
  /** When the server said how long to wait (Retry-After). */
  readonly retryAfterMs?: number;

  constructor(
    code: ErrorCode,
    message: string,
    details: { object?: string; cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.object !== undefined) this.object = details.object;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }

  get class(): ErrorClass {
    return errorCodes[this.code];
  }
}

/** Whatever was thrown, as an AppError; what is not one already is a broken invariant. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('BrokenInvariant', message, { cause: thrown });
}
