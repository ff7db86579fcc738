import { toGoJson } from '../web/json-text.js';

/** One row of a grouped answer. */
export interface GroupedValue {
  /** The values of its tags, joined by commas. */
  readonly name: string;
  readonly value: number;
}

const maxGroups = 100;

/** Which group had which value. Of more than 100 the 50 lowest and the 50 highest, so that it fits into a status. */
export function groupsMetadata(groups: readonly GroupedValue[]): Readonly<Record<string, string>> {
  const json = (kept: readonly GroupedValue[]): string =>
    toGoJson(kept.map(({ name, value }) => ({ name, value })));
  if (groups.length <= maxGroups) return { groups: json(groups) };
  const sorted = groups.toSorted((a, b) => a.value - b.value);
  const half = maxGroups / 2;
  return { groups: json([...sorted.slice(0, half), ...sorted.slice(-half)]), groups_truncated: 'true' };
}
