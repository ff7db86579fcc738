import { readFields, type WireField } from './wire.js';

/** A message that JSON does not show as an object; `value` is `undefined` for a zero time. */
export interface Special {
  readonly value: unknown;
}

/** Decodes the messages with a JSON form of their own: times, quantities, int-or-strings, raw JSON. */
export function decodeSpecial(definition: string, bytes: Buffer): Special | undefined {
  switch (definition.slice(definition.lastIndexOf('.') + 1)) {
    case 'Time':
      return { value: timeOf(readFields(bytes), false) };
    case 'MicroTime':
      return { value: timeOf(readFields(bytes), true) };
    case 'Quantity':
      return { value: textAt(readFields(bytes), 1) };
    case 'IntOrString':
      return { value: intOrString(readFields(bytes)) };
    case 'RawExtension':
    case 'FieldsV1':
    case 'JSON':
      return { value: JSON.parse(textAt(readFields(bytes), 1) || 'null') as unknown };
    default:
      return undefined;
  }
}

function textAt(fields: readonly WireField[], number: number): string {
  const field = fields.find((one) => one.number === number);
  return field?.kind === 'bytes' ? field.value.toString('utf8') : '';
}

function numberAt(fields: readonly WireField[], number: number): number | undefined {
  const field = fields.find((one) => one.number === number);
  return field === undefined || field.kind === 'bytes' ? undefined : Number(BigInt.asIntN(64, field.value));
}

function timeOf(fields: readonly WireField[], hasMicros: boolean): string | undefined {
  const seconds = numberAt(fields, 1);
  if (seconds === undefined) return undefined;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (!hasMicros) return `${whole}Z`;
  const micros = Math.floor((numberAt(fields, 2) ?? 0) / 1000);
  return `${whole}.${String(micros).padStart(6, '0')}Z`;
}

function intOrString(fields: readonly WireField[]): number | string {
  return numberAt(fields, 1) === 1 ? textAt(fields, 3) : (numberAt(fields, 2) ?? 0);
}
