import { globTest, parseFilter, type Filter, type FilterKeys } from '#core/view/row-filter.js';
import type { GitRow } from '#core/view/wire/git.js';

const classes: Readonly<Record<string, (row: GitRow) => boolean>> = {
  failing: (row) => row.attention.class <= 2,
  held: (row) => row.held > 0,
  drifted: (row) => row.drift > 0,
  leased: (row) => row.leased > 0,
  suspended: (row) => row.isSuspended,
  waiting: (row) => row.mark === 'wait',
  ready: (row) => row.mark === 'ok',
};

const keys: FilterKeys<GitRow> = {
  is: (value) => classes[value] ?? `is: one of ${Object.keys(classes).join(', ')}`,
  ns: (value) => globTest(value, (row) => row.namespace),
  kind: (value) => (row) => row.kind.toLowerCase().startsWith(value.toLowerCase()),
  commit: (value) => (row) => (row.commit ?? '').startsWith(value),
};

/** The filter of the graph: the grammar of the list with `is`, `ns`, `kind` and `commit`. */
export function parseGitFilter(text: string): Filter<GitRow> {
  return parseFilter(text, keys, (row) => [`${row.namespace}/${row.name}`, row.revision]);
}
