import jsonpatch, { JsonPatchError, type Operation } from 'fast-json-patch';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { Resource } from '../resource-type.js';
import { badRequest, qualifiedName, StatusError } from '../status.js';

/** Applies an RFC 6902 patch to a copy. A failed `test` or a missing path is a 422, a malformed patch a 400. */
export function applyJsonPatch(resource: Resource, object: UnknownObject, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    );
  const copy = JSON.parse(JSON.stringify(object)) as unknown;
  const malformed = jsonpatch.validate(patch as Operation[]);
  if (
    malformed !== undefined &&
    malformed.name !== 'OPERATION_PATH_UNRESOLVABLE' &&
    isMalformed(malformed.name)
  )
    throw badRequest(`error decoding patch: ${malformed.name}`);
  try {
    return jsonpatch.applyPatch(copy, patch as Operation[], true).newDocument;
  } catch (thrown) {
    // The library throws for nothing else than an operation that the document does not allow.
    if (!(thrown instanceof JsonPatchError)) throw thrown;
    const { path, op } = thrown.operation as Operation;
    const why =
      op === 'test'
        ? `testing value ${path} failed: test failed`
        : `${op} operation does not apply: doc is missing path: "${path}": missing value`;
    throw new StatusError(
      422,
      'Invalid',
      `the server rejected our request due to an error in our request: ${why}`,
      {
        name: object.metadata.name,
        kind: qualifiedName(resource.type),
      },
    );
  }
}

function isMalformed(name: string): boolean {
  return (
    name === 'OPERATION_NOT_AN_OBJECT' || name === 'OPERATION_OP_INVALID' || name === 'OPERATION_PATH_INVALID'
  );
}
