import type { UnknownObject } from '#api/k8s/meta.js';
import { parseInstant, type Instant } from '#core/time/instant.js';
import { humanDuration } from '#core/time/human-duration.js';

/** One column of a printed table. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority: number;
  readonly cell: (object: UnknownObject, now: Instant) => unknown;
}

/** A column that is always shown. */
export function column(name: string, cell: Column['cell'], type: Column['type'] = 'string'): Column {
  return { name, type, priority: 0, cell, ...(name === 'Name' ? { format: 'name' } : {}) };
}

/** A column of `-o wide`. */
export function wide(name: string, cell: Column['cell']): Column {
  return { name, type: 'string', priority: 1, cell };
}

export const nameColumn = column('Name', (object) => object.metadata.name);

export const ageColumn = column('Age', (object, now) => ageOf(object.metadata.creationTimestamp, now));

/** How long ago a time was, in kubectl's words. */
export function ageOf(time: unknown, now: Instant): string {
  const at = typeof time === 'string' ? parseInstant(time) : undefined;
  return at === undefined ? '<unknown>' : humanDuration(now - at);
}
