import type { UnknownObject } from '#api/k8s/meta.js';
import type { ResourceType } from './resource-type.js';

/** One reason why an object was refused, with the path of the field. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** Kubernetes' `Status` object, the body of every error. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
}

/** A request that the API server refuses. Thrown inside the store only; `handle` turns it into a response. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === '' ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

type Named = Pick<ResourceType, 'group' | 'plural'>;

/** `rollouts.argoproj.io`, or `pods` in the core group. */
export function qualifiedName(type: Named): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`;
}

function detailsOf(type: Named, name: string): StatusDetails {
  return { name, ...(type.group === '' ? {} : { group: type.group }), kind: type.plural };
}

export function notFound(type: Named, name: string): StatusError {
  return new StatusError(
    404,
    'NotFound',
    `${qualifiedName(type)} "${name}" not found`,
    detailsOf(type, name),
  );
}

/** The answer for a path that no kind serves. */
export function noSuchResource(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** @param isDeleting - whether the object that is there is about to go. */
export function alreadyExists(type: Named, name: string, isDeleting = false): StatusError {
  const message = `${isDeleting ? 'object is being deleted: ' : ''}${qualifiedName(type)} "${name}" already exists`;
  return new StatusError(409, 'AlreadyExists', message, detailsOf(type, name));
}

/** @param because - default: the text for a stale resourceVersion. */
export function conflict(
  type: Named,
  name: string,
  because = 'the object has been modified; please apply your changes to the latest version and try again',
): StatusError {
  const message = `Operation cannot be fulfilled on ${qualifiedName(type)} "${name}": ${because}`;
  return new StatusError(409, 'Conflict', message, detailsOf(type, name));
}

/** The 409 of a write that was meant for an object with another uid. */
export function uidConflict(type: ResourceType, stored: UnknownObject, uid: string): StatusError {
  const { namespace, name, uid: actual } = stored.metadata;
  const group = type.isCustom ? [type.group] : [];
  const key = [
    '/registry',
    ...group,
    type.plural,
    ...(namespace === undefined ? [] : [namespace]),
    name,
  ].join('/');
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${actual}`;
  const text = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
  return conflict(type, name, text);
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function forbidden(
  type: Named,
  name: string,
  because: string,
  causes?: readonly Cause[],
): StatusError {
  const details = { ...detailsOf(type, name), ...(causes === undefined ? {} : { causes }) };
  return new StatusError(
    403,
    'Forbidden',
    `${qualifiedName(type)} "${name}" is forbidden: ${because}`,
    details,
  );
}

export function methodNotAllowed(): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  );
}

export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

/** A list or watch from a version that does not exist yet. */
export function tooLargeVersion(asked: number, current: number): StatusError {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return new StatusError(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });
}

/** 422 with each cause; its message lists them as the API server does. */
export function invalid(
  type: Pick<ResourceType, 'group' | 'kind'>,
  name: string,
  causes: readonly Cause[],
): StatusError {
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`;
  const texts = causes.map((c) => (c.field === undefined ? c.message : `${c.field}: ${c.message}`));
  const unique = [...new Set(texts)];
  const list = unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`;
  const details = { name, ...(type.group === '' ? {} : { group: type.group }), kind: type.kind, causes };
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${list}`, details);
}

/** The answer to a deletion that removed the object at once. */
export function deletedStatus(type: Named, name: string, uid: string | undefined): Status {
  const details = { ...detailsOf(type, name), ...(uid === undefined ? {} : { uid }) };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details, code: 200 };
}
