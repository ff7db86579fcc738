import type { UnknownObject } from '#api/k8s/meta.js';
import type { Instant } from '#core/time/instant.js';
import type { PrinterColumn, Resource } from '#sandbox/store/resource-type.js';
import { builtinColumns } from './builtin-columns.js';
import { ageColumn, ageOf, nameColumn, type Column } from './column.js';
import { valuesAt } from './json-path.js';

/** How much of each object a table carries. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** The body that `kubectl get` prints: a table of the objects. */
export function tableOf(
  resource: Resource,
  objects: readonly UnknownObject[],
  metadata: unknown,
  include: IncludeObject,
  now: Instant,
): unknown {
  const columns = columnsOf(resource);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(({ name, type, format = '', description = '', priority }) => ({
      name,
      type: type === 'date' && !resource.type.isCustom ? 'string' : type,
      format,
      description,
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((one) => one.cell(object, now)),
      ...(include === 'None' ? {} : { object: include === 'Object' ? object : partialMetadata(object) }),
    })),
  };
}

/** An object as PartialObjectMetadata. */
export function partialMetadata(object: UnknownObject): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function columnsOf(resource: Resource): readonly Column[] {
  const { type, version } = resource;
  if (type.columnsOf !== undefined) return [nameColumn, ...type.columnsOf(version).map(customColumn)];
  return builtinColumns[type.storageKey] ?? [nameColumn, ageColumn];
}

function customColumn(definition: PrinterColumn): Column {
  const { name, format, description, priority = 0, jsonPath } = definition;
  const type = definition.type as Column['type'];
  return {
    name,
    type,
    priority,
    cell: (object, now) => customCell(type, valuesAt(object, jsonPath), now),
    ...(format === undefined ? {} : { format }),
    ...(description === undefined ? {} : { description }),
  };
}

function customCell(type: Column['type'], values: readonly unknown[], now: Instant): unknown {
  const [first] = values;
  if (first === undefined || first === null) return null;
  if (type === 'date') return ageOf(first, now);
  if (type === 'integer' || type === 'number') return typeof first === 'number' ? first : null;
  if (type === 'boolean') return typeof first === 'boolean' ? first : null;
  return typeof first === 'string' ? first : JSON.stringify(first);
}
