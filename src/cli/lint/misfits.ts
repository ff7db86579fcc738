import { objectSchema } from '#api/crd.js';
import { kindDefinitions } from '#api/definitions.js';
import { apiVersionOf } from '#api/kinds.js';
import type { StructuralSchema } from '#api/schema/structural.js';
import { findUnknownFields } from '#api/schema/unknown-fields.js';
import { compileValidator, type Validator } from '#api/schema/validate.js';
import { routerSchemas } from '#providers/index.js';
import type { Manifest } from '../manifests.js';

/** Something wrong with a document, at a place in its file. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What a controller or the API server would refuse; otherwise it would be lost silently. */
  readonly isError: boolean;
  readonly text: string;
}

/** A finding at a field of a document, or where the document begins. */
export function findingAt(manifest: Manifest, isError: boolean, text: string, path = ''): Finding {
  const { file, line } = manifest;
  const place = manifest.object === undefined ? { line: 1, column: 1 } : manifest.locate(path);
  return { file, line: line + place.line - 1, column: place.column, isError, text };
}

/** What does not fit the schema of its kind, or is no object; the API server would refuse it. Kinds of others fit. */
export function misfitsOf(manifest: Manifest): readonly Finding[] {
  if (manifest.object === undefined) return [findingAt(manifest, true, manifest.problem)];
  const { apiVersion, kind, metadata } = manifest.object;
  const subject = `${kind}/${metadata.name}`;
  const schema = schemaOf(apiVersion, kind);
  if (schema === undefined)
    return unknownKind(apiVersion, kind, subject).map((text) => findingAt(manifest, true, text));
  return schema
    .validate(manifest.object)
    .map(({ path, message }) => findingAt(manifest, true, `${subject}: ${path}: ${message}`, path));
}

/** Fields that the schema of its kind does not know: mostly misspelt, and dropped by the API server. */
export function unknownFieldsOf(manifest: Manifest): readonly Finding[] {
  if (manifest.object === undefined) return [];
  const { apiVersion, kind, metadata } = manifest.object;
  const schema = schemaOf(apiVersion, kind);
  if (schema === undefined) return [];
  return findUnknownFields(schema.structure, manifest.object).map((path) => {
    const text = `${kind}/${metadata.name}: ${path}: unknown field, the API server would drop it`;
    return findingAt(manifest, false, text, path);
  });
}

/** A group that is served here in a version or kind that is not is mostly a slip. */
function unknownKind(apiVersion: string, kind: string, subject: string): readonly string[] {
  const sameKind = kindDefinitions.find(
    (one) => one.kind.kind === kind && one.kind.group === apiVersion.split('/')[0],
  );
  if (sameKind === undefined) return [];
  return [`${subject}: apiVersion ${apiVersion} is not served; use ${apiVersionOf(sameKind.kind)}`];
}

interface KindSchema {
  readonly structure: StructuralSchema;
  readonly validate: Validator;
}

const schemas = new Map<string, KindSchema>();

function schemaOf(apiVersion: string, kind: string): KindSchema | undefined {
  const definition = kindDefinitions.find(
    (one) => apiVersionOf(one.kind) === apiVersion && one.kind.kind === kind,
  );
  if (definition === undefined) return undefined;
  const structure = objectSchema(definition, routerSchemas);
  const known = schemas.get(kind) ?? { structure, validate: compileValidator(structure) };
  schemas.set(kind, known);
  return known;
}
