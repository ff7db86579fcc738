/** A schema as a CustomResourceDefinition has it: plain JSON. */
export type StructuralSchema = Readonly<Record<string, unknown>>;

const copied = [
  'type',
  'format',
  'description',
  'default',
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
] as const;

/**
 * The Kubernetes form of a schema made with TypeBox: maps by `additionalProperties`, closed lists of words by `enum`,
 * everything else that Kubernetes does not know left out.
 */
export function toStructural(schema: object): StructuralSchema {
  const source: Record<string, unknown> = { ...schema };
  const result: Record<string, unknown> = {};
  for (const key of copied) if (source[key] !== undefined) result[key] = source[key];
  for (const key of Object.keys(source)) if (key.startsWith('x-kubernetes-')) result[key] = source[key];
  const required = requiredFields(source);
  if (required.length > 0) result['required'] = required;
  if (source['const'] !== undefined) result['enum'] = [source['const']];
  if (isObject(source['items'])) result['items'] = toStructural(source['items']);
  if (isObject(source['properties']) && Object.keys(source['properties']).length > 0) {
    result['properties'] = mapValues(source['properties'], (inner) => toStructural(inner));
  }
  const values = isObject(source['patternProperties']) ? Object.values(source['patternProperties']) : [];
  if (isObject(values[0])) result['additionalProperties'] = toStructural(values[0]);
  return Array.isArray(source['anyOf']) ? { ...result, ...fromUnion(source, source['anyOf']) } : result;
}

/** A field with a default is never missing: the API server fills it in before it checks. */
function requiredFields(source: Readonly<Record<string, unknown>>): readonly unknown[] {
  const properties = isObject(source['properties']) ? source['properties'] : {};
  const hasDefault = (name: unknown): boolean => {
    const property = properties[String(name)];
    return isObject(property) && property['default'] !== undefined;
  };
  return Array.isArray(source['required']) ? source['required'].filter((name) => !hasDefault(name)) : [];
}

function fromUnion(source: Record<string, unknown>, members: readonly unknown[]): StructuralSchema {
  const words = members.flatMap((member) =>
    isObject(member) && member['const'] !== undefined ? [member['const']] : [],
  );
  if (words.length === members.length) return { type: typeof words[0], enum: words };
  return source['x-kubernetes-int-or-string'] === true
    ? { anyOf: [{ type: 'integer' }, { type: 'string' }] }
    : { 'x-kubernetes-preserve-unknown-fields': true };
}

function mapValues(
  object: Readonly<Record<string, unknown>>,
  map: (value: object) => StructuralSchema,
): StructuralSchema {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, isObject(value) ? map(value) : value]),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
