import { StatusError } from '../status.js';
import { pathsOf, printPath, type FieldSet } from './field-set.js';
import type { Manager } from './managers.js';

/** The 409 of an apply that would take fields from other managers. */
export function applyConflict(conflicts: ReadonlyMap<Manager, FieldSet>): StatusError {
  const all = [...conflicts]
    .flatMap(([manager, fields]) =>
      pathsOf(fields).map((path) => ({ manager: printManager(manager), path: printPath(path) })),
    )
    .sort((a, b) => (a.manager === b.manager ? 0 : a.manager < b.manager ? -1 : 1));
  const causes = all.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: path,
  }));
  return new StatusError(409, 'Conflict', messageOf(all), { causes });
}

function messageOf(all: readonly { readonly manager: string; readonly path: string }[]): string {
  const [first] = all;
  if (all.length === 1 && first !== undefined)
    return `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.path}`;
  const managers = [...new Set(all.map((one) => one.manager))];
  const parts = managers.map((manager) => {
    const paths = all.filter((one) => one.manager === manager).map((one) => `- ${one.path}`);
    return `conflicts with ${manager}:\n${paths.join('\n')}`;
  });
  return `Apply failed with ${all.length} conflicts: ${parts.join('\n')}`;
}

function printManager(manager: Manager): string {
  const name = JSON.stringify(manager.manager);
  const subresource =
    manager.subresource === undefined ? '' : ` with subresource ${JSON.stringify(manager.subresource)}`;
  const using = manager.operation === 'Update' ? ` using ${manager.apiVersion}` : '';
  return `${name}${subresource}${using}`;
}
