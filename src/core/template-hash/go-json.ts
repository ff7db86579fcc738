import { isObject } from '#core/json/json.js';
import { goKinds, type FieldTable, type GoField, type GoKind } from './field-table.js';
import { canonicalQuantity } from './quantity.js';

/**
 * The text that Go's encoding/json gives for a value of a struct of the table: fields in the struct's order, unknown
 * ones left out, keys of maps sorted, zero values dropped where Go drops them, `<`, `>` and `&` escaped.
 */
export function encodeGoStruct(table: FieldTable, struct: string, value: unknown): string {
  const source = isObject(value) ? value : {};
  const parts = (table.get(struct) ?? []).flatMap((field) => {
    const text = encodeField(table, field, source[field.name]);
    return text === undefined ? [] : [`${goString(field.name)}:${text}`];
  });
  return `{${parts.join(',')}}`;
}

/** Go's JSON of a list of structs; an absent list is `null`. */
export function encodeGoList(
  table: FieldTable,
  struct: string,
  items: readonly unknown[] | undefined,
): string {
  if (items === undefined) return 'null';
  return `[${items.map((item) => encodeGoStruct(table, struct, item)).join(',')}]`;
}

function encodeField(table: FieldTable, field: GoField, value: unknown): string | undefined {
  if (value === undefined || value === null) return absentText(table, field);
  if (Array.isArray(value) && value.length === 0) return field.zero === undefined ? undefined : '[]';
  const text = encodeValue(table, field.type, value);
  const isStruct = field.type !== undefined && table.has(field.type);
  if (isStruct || field.pointer || field.zero !== undefined) return text;
  return text === '""' || text === '0' || text === 'false' || text === '{}' ? undefined : text;
}

function absentText(table: FieldTable, field: GoField): string | undefined {
  if (field.zero !== '{}' || field.type === undefined) return field.zero;
  return field.type === 'Quantity' ? '"0"' : encodeGoStruct(table, field.type, {});
}

function encodeValue(table: FieldTable, type: string | undefined, value: unknown): string {
  if (type === undefined) return encodeJson(value);
  if (isGoKind(type)) return encodeKind(table, type, value);
  return Array.isArray(value) ? encodeGoList(table, type, value) : encodeGoStruct(table, type, value);
}

function encodeKind(table: FieldTable, kind: GoKind, value: unknown): string {
  switch (kind) {
    case 'Quantity':
      return encodeQuantity(value);
    case 'Quantities':
      return encodeMap(value, encodeQuantity);
    case 'StringMatches':
      return encodeMap(value, (match) => encodeGoStruct(table, 'StringMatch', match));
    case 'Json':
      return encodeJson(value);
  }
}

function isGoKind(type: string): type is GoKind {
  return goKinds.some((kind) => kind === type);
}

function encodeQuantity(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number'
    ? goString(canonicalQuantity(value))
    : goString('0');
}

function encodeJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(',')}]`;
  if (isObject(value)) return encodeMap(value, encodeJson);
  return typeof value === 'string' ? goString(value) : JSON.stringify(value ?? null);
}

function encodeMap(value: unknown, encodeItem: (item: unknown) => string): string {
  if (!isObject(value)) return '{}';
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${goString(key)}:${encodeItem(value[key])}`).join(',')}}`;
}

function goString(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
