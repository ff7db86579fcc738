import type { Rollout } from '#api/argoproj/rollout.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxFieldManager } from '#api/flux/words.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { readVariables } from '#controllers/kustomization/variables.js';
import { isExcluded, mayPrune } from '#core/gitops/apply/controls.js';
import { ignoredPaths } from '#core/gitops/apply/ignore.js';
import { leasesOf } from '#core/gitops/apply/lease.js';
import { planPayload } from '#core/gitops/apply/plan.js';
import { type FieldChange, fieldChanges } from '#core/gitops/apply/field-changes.js';
import { inventoryOf, staleEntries, subjectOfEntry } from '#core/gitops/apply/inventory.js';
import { assemble } from '#core/gitops/build/assemble.js';
import { buildObjects } from '#core/gitops/build/build-objects.js';
import { refused } from '#core/gitops/build/build-problem.js';
import type { FileTree } from '#core/gitops/file-tree.js';
import { subjectOf } from '#core/kube/object.js';
import { toAppError } from '#ports/errors.js';
import { ExitWith } from '../command.js';
import type { Connection } from '../io.js';
import { readLeftAlone, type LeftAlone } from './left-alone.js';
import { readEntry } from './inventory-object.js';

/** What would happen to one object. */
export interface ObjectDifference {
  readonly subject: string;
  /** `queue` waits for a release to end, `keep` is never applied, as another controller sets it. */
  readonly action: 'create' | 'change' | 'prune' | 'queue' | 'keep';
  readonly changes: readonly FieldChange[];
  readonly note?: string;
}

export interface Comparison {
  readonly differences: readonly ObjectDifference[];
  /** What the files say of leased fields; it is not applied now. */
  readonly leased: readonly ObjectDifference[];
  /** A sentence for each workload that stays held. */
  readonly holds: readonly string[];
  /** `Rollout/namespace/name`, with why, of the releases that would start. */
  readonly releases: readonly string[];
}

/** What a Kustomization would do with these files; nothing is written. Ends with exit code 1 when they do not build. */
export async function compareWithCluster(
  connection: Connection,
  kustomization: Kustomization,
  tree: FileTree,
): Promise<Comparison> {
  const built = await buildFor(connection, kustomization, tree);
  const alone = await readLeftAlone(connection.kube, kustomization, built);
  const { objects, holds } = alone;
  const found: ObjectDifference[] = [];
  for (const object of objects) {
    const ignored = ignoredPaths(object, kustomization.spec.ignore);
    found.push(...(await compareObject(connection, object, alone, ignored)));
  }
  const isLeased = ({ action }: ObjectDifference) => action === 'queue' || action === 'keep';
  const differences = found.filter((each) => !isLeased(each));
  const leased = found.filter(isLeased);
  const stale = staleEntries(kustomization.status?.inventory?.entries ?? [], inventoryOf(objects));
  if (kustomization.spec.prune)
    for (const entry of stale) differences.push(...(await pruned(connection, kustomization, entry)));
  return { differences, leased, holds, releases: await releasesOf(connection, objects, differences) };
}

/** The objects that the files mean under the spec, ready to be applied. */
export async function buildFor(
  { kube }: Pick<Connection, 'kube'>,
  kustomization: Kustomization,
  tree: FileTree,
): Promise<readonly UnknownObject[]> {
  const variables = await readVariables(kube, kustomization);
  const rendered = variables.ok ? buildObjects(tree, kustomization.spec) : refused(variables.problem);
  const built = assemble(rendered, kustomization, variables.ok ? variables.value : {});
  if (!built.ok) throw new ExitWith(1, `the build fails: ${built.message}`);
  return built.objects;
}

async function compareObject(
  { kube }: Connection,
  object: UnknownObject,
  alone: LeftAlone,
  ignored: readonly string[],
): Promise<readonly ObjectDifference[]> {
  const { name, namespace = 'default' } = object.metadata;
  const kind = await kube.resolve(object.apiVersion, object.kind);
  const subject = subjectOf(object);
  const create = (note?: string): readonly ObjectDifference[] => [
    { subject, action: 'create', changes: [], ...(note === undefined ? {} : { note }) },
  ];
  if (kind === undefined) return create(`${object.kind} is not served yet`);
  const key = { kind, name, ...(kind.namespaced ? { namespace } : {}) };
  const live = await kube.get(key);
  if (isExcluded(object, live)) return [];
  const { payload } = planPayload(object, live, alone.leases, ignored);
  const leased = leasedChanges(object, live, alone);
  try {
    const patch = { type: 'apply', body: payload, force: true } as const;
    const merged = await kube.patch(key, patch, { fieldManager: fluxFieldManager, dryRun: true });
    if (live === undefined) return create();
    const changes = fieldChanges(live, merged);
    return changes.length === 0 ? leased : [{ subject, action: 'change', changes }, ...leased];
  } catch (thrown) {
    // The others are compared all the same: what the API server says of this one is part of the answer.
    const note = `refused in a dry run: ${toAppError(thrown).message}`;
    return live === undefined ? create(note) : [{ subject, action: 'change', changes: [], note }];
  }
}

/** What the files say of fields that are somebody else's, of those that run first. */
function leasedChanges(
  object: UnknownObject,
  live: UnknownObject | undefined,
  { leases, running }: LeftAlone,
): readonly ObjectDifference[] {
  if (live === undefined) return [];
  return leasesOf(object, leases).flatMap((lease): readonly ObjectDifference[] => {
    const { payload } = planPayload(object, live, [lease]);
    const { resourceVersion: _version, ...metadata } = payload.metadata;
    // What the files do not say is no edit.
    const changes = fieldChanges({ ...payload, metadata }, object).filter((change) => 'to' in change);
    if (changes.length === 0) return [];
    const { holder = 'another controller' } = lease;
    const isRunning = leasesOf(object, running).some((each) => each.holder === holder);
    const note = isRunning
      ? `${holder} has them while its release runs; returns after promotion`
      : `${holder} sets them: not applied`;
    return [{ subject: subjectOf(object), action: isRunning ? 'queue' : 'keep', changes, note }];
  });
}

async function pruned(
  connection: Connection,
  kustomization: Kustomization,
  entry: { readonly id: string; readonly v: string },
): Promise<readonly ObjectDifference[]> {
  const { object: live } = await readEntry(connection, entry);
  const { name, namespace = '' } = kustomization.metadata;
  if (live === undefined || !mayPrune(live, { name, namespace })) return [];
  return [{ subject: subjectOfEntry(entry), action: 'prune', changes: [] }];
}

/** A Rollout whose pods change, by its own template or that of the Deployment which it takes it from. */
async function releasesOf(
  { kube }: Connection,
  objects: readonly UnknownObject[],
  differences: readonly ObjectDifference[],
): Promise<readonly string[]> {
  const moved = differences.filter(
    ({ action, changes }) =>
      action === 'change' &&
      changes.some(({ path }) => path === 'spec.template' || path.startsWith('spec.template.')),
  );
  const own = moved
    .filter(({ subject }) => subject.startsWith(`${kinds.rollout.kind}/`))
    .map(({ subject }) => `${subject}: its pod template changes`);
  const lenders = new Set(moved.map(({ subject }) => subject));
  const spaces = new Set(objects.map(({ metadata }) => metadata.namespace ?? 'default'));
  const borrowed: string[] = [];
  if (![...lenders].some((subject) => subject.startsWith('Deployment/'))) return own;
  for (const namespace of spaces) {
    const { items } = await kube.list<Rollout>(kinds.rollout, { namespace });
    for (const rollout of items) {
      const lender = rollout.spec.workloadRef;
      if (lender === undefined || !lenders.has(`${lender.kind}/${namespace}/${lender.name}`)) continue;
      borrowed.push(
        `${subjectOf(rollout)}: the pod template of ${lender.kind}/${namespace}/${lender.name} changes`,
      );
    }
  }
  return [...own, ...borrowed];
}
