import { kinds } from '#api/kinds.js';
import type { GitDetail, GitRef, GitRow } from '#core/view/wire/git.js';
import type { Viewer } from './auth/viewer.js';
import type { GitModel } from './model/git-model.js';
import { gitKindOf, refText } from './model/observe-git.js';

/** Whether the viewer may see a source or Kustomization. */
export async function canSeeGit(viewer: Viewer, ref: GitRef): Promise<boolean> {
  const kind = gitKindOf(ref);
  return kind !== undefined && viewer.canSee(ref.namespace, kind);
}

/** The rows that the viewer may see, with what that one may do, and without states of Rollouts elsewhere. */
export async function rowsFor(viewer: Viewer, rows: readonly GitRow[]): Promise<readonly GitRow[]> {
  const seen = await Promise.all(rows.map((row) => rowFor(viewer, row)));
  return seen.flatMap((row) => row ?? []);
}

/** One row for a viewer; `undefined` when that one may not see it. */
export async function rowFor(viewer: Viewer, row: GitRow): Promise<GitRow | undefined> {
  const kind = gitKindOf(row);
  if (kind === undefined || !(await viewer.canSee(row.namespace, kind))) return undefined;
  const can = await viewer.gitVerbsIn(row.namespace, kind);
  const sees = await visibleNamespaces(viewer, row);
  const rollouts = row.rollouts.map((one) =>
    sees.has(one.namespace) ? one : { ...one, mark: 'off' as const, text: 'not yours to see' },
  );
  return { ...row, rollouts, can };
}

/** One with all that its view draws, for a viewer; `undefined` when there is none, or none to be seen. */
export async function detailFor(
  viewer: Viewer,
  ref: GitRef,
  model: GitModel,
): Promise<GitDetail | undefined> {
  const row = model.row(ref);
  const kind = gitKindOf(ref);
  if (row === undefined || kind === undefined || !(await viewer.canSee(ref.namespace, kind)))
    return undefined;
  const around = await rowsFor(viewer, distinct(model.around(ref)));
  const can = await viewer.gitVerbsIn(ref.namespace, kind);
  const namespaces = await visibleNamespaces(viewer, row);
  const sees = (namespace: string): boolean => namespaces.has(namespace);
  const detail = model.detail(ref, { can, sees }, around);
  const shown = await rowFor(viewer, row);
  return detail === undefined || shown === undefined
    ? undefined
    : { ...detail, row: { ...detail.row, rollouts: shown.rollouts } };
}

function distinct(rows: readonly GitRow[]): readonly GitRow[] {
  return [...new Map(rows.map((row) => [refText(row), row])).values()];
}

/** Namespaces of its Rollouts in which the viewer may see Rollouts. */
async function visibleNamespaces(viewer: Viewer, { rollouts }: GitRow): Promise<ReadonlySet<string>> {
  const all = [...new Set(rollouts.map(({ namespace }) => namespace))];
  const seen = await Promise.all(all.map((namespace) => viewer.canSee(namespace, kinds.rollout)));
  return new Set(all.filter((_, i) => seen[i] === true));
}
