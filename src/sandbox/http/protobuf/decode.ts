import { gunzipSync } from 'node:zlib';
import { isObject, type JsonObject } from '#core/json/json.js';
import { groupOf } from '#core/kube/object.js';
import { builtinSchema, definitionNameOf, definitionOf } from '#sandbox/store/builtin/definitions.js';
import { fieldSchema, type Schema } from '#sandbox/store/schema/schema.js';
import { packedFields } from './fields-data.js';
import { decodeSpecial } from './special.js';
import { readFields, type WireField } from './wire.js';

/**
 * Names by field number for each message. `*name` is a pointer in Go, so that its zero value counts; `>message` is a
 * message whose fields are the owner's own in JSON.
 */
type FieldTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

let table: FieldTable | undefined;

function tableOfFields(): FieldTable {
  table ??= JSON.parse(gunzipSync(Buffer.from(packedFields, 'base64')).toString('utf8')) as FieldTable;
  return table;
}

const magic = Buffer.from('k8s\0');

/** An object in Kubernetes' protobuf encoding as JSON; `undefined` when it is of no built-in kind or malformed. */
export function decodeProtobuf(bytes: Buffer): JsonObject | undefined {
  if (!bytes.subarray(0, 4).equals(magic)) return undefined;
  try {
    return decodeEnvelope(readFields(bytes.subarray(4)));
  } catch (thrown) {
    // Bytes that end too early or make no sense are a bad request, not a fault.
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

function decodeEnvelope(fields: readonly WireField[]): JsonObject | undefined {
  const [type, raw] = [bytesAt(fields, 1), bytesAt(fields, 2)];
  const typeFields = type === undefined ? [] : readFields(type);
  const apiVersion = bytesAt(typeFields, 1)?.toString('utf8') ?? '';
  const kind = bytesAt(typeFields, 2)?.toString('utf8') ?? '';
  const name = definitionNameOf(groupOf(apiVersion), apiVersion.slice(apiVersion.indexOf('/') + 1), kind);
  if (name === undefined) return undefined;
  return { apiVersion, kind, ...decodeMessage(name, builtinSchema(name), raw ?? Buffer.alloc(0)) };
}

function bytesAt(fields: readonly WireField[], number: number): Buffer | undefined {
  const field = fields.find((one) => one.number === number);
  return field?.kind === 'bytes' ? field.value : undefined;
}

function decodeMessage(name: string, schema: Schema, bytes: Buffer): JsonObject {
  const names = tableOfFields()[name] ?? {};
  let result: Record<string, unknown> = {};
  for (const field of readFields(bytes)) {
    const entry = names[field.number] ?? '';
    if (entry.startsWith('>') && field.kind === 'bytes')
      result = { ...result, ...decodeMessage(entry.slice(1), schema, field.value) };
    else addField(result, schema, entry, field);
  }
  return result;
}

function addField(result: Record<string, unknown>, schema: Schema, entry: string, field: WireField): void {
  const isPointer = entry.startsWith('*');
  const name = isPointer ? entry.slice(1) : entry;
  const known = fieldSchema(schema, name);
  if (known === undefined) return;
  const current = result[name];
  if (known.type === 'array') {
    result[name] = [...(Array.isArray(current) ? current : []), decodeValue(known.items ?? {}, field)];
    return;
  }
  if (isMap(known) && field.kind === 'bytes') {
    result[name] = {
      ...(isObject(current) ? current : {}),
      ...decodeEntry(known.additionalProperties, field.value),
    };
    return;
  }
  const value = decodeValue(known, field);
  if (value !== undefined && (isPointer || !isZero(value))) result[name] = value;
}

function isMap(schema: Schema): schema is Schema & { readonly additionalProperties: Schema } {
  return typeof schema.additionalProperties === 'object';
}

function decodeEntry(schema: Schema, bytes: Buffer): JsonObject {
  const fields = readFields(bytes);
  const key = bytesAt(fields, 1)?.toString('utf8') ?? '';
  const value = fields.find((field) => field.number === 2);
  return { [key]: value === undefined ? '' : decodeValue(schema, value) };
}

function decodeValue(schema: Schema, field: WireField): unknown {
  if (field.kind !== 'bytes') return decodeNumber(schema, field);
  const name = definitionOf(schema);
  const special = name === undefined ? undefined : decodeSpecial(name, field.value);
  if (special !== undefined) return special.value;
  if (schema.type === 'string') return field.value.toString(schema.format === 'byte' ? 'base64' : 'utf8');
  return name === undefined ? undefined : decodeMessage(name, schema, field.value);
}

function decodeNumber(schema: Schema, field: WireField & { readonly kind: 'varint' | 'fixed' }): unknown {
  if (schema.type === 'boolean') return field.value !== 0n;
  if (field.kind === 'varint') return Number(BigInt.asIntN(64, field.value));
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64LE(field.value);
  return bits.readDoubleLE();
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false;
}
