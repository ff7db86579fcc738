import { isExcluded } from '../../apply/controls.js';
import { fingerprintsOf } from '../../apply/fingerprints.js';
import { ignoredPaths } from '../../apply/ignore.js';
import { inventoryId } from '../../apply/inventory.js';
import { leaseText } from '../../apply/lease.js';
import { storedObjects } from '../readiness/health-check.js';
import type { BuiltRevision, KustomizationRun, ManagedObject } from './kustomization-run.js';
import type { KustomizationSnapshot } from './kustomization-snapshot.js';

/** What was applied and how it looked then, to notice drift. */
export function managedObjects(
  { leases, object: { spec } }: KustomizationSnapshot,
  run: KustomizationRun,
  built: BuiltRevision & { readonly ok: true },
): readonly ManagedObject[] {
  const stored = storedObjects(run);
  const kindsById = new Map(
    run.stages.flatMap(({ inspected = [], known = [] }) =>
      [...inspected, ...known].map((each) => [each.id, each.kind] as const),
    ),
  );
  return built.objects.flatMap((desired): readonly ManagedObject[] => {
    const id = inventoryId(desired);
    const [object, kind] = [stored.get(id), kindsById.get(id)];
    if (object === undefined || kind === undefined) return [];
    const { namespace, name, resourceVersion } = object.metadata;
    const ignored = ignoredPaths(desired, spec.ignore);
    return [
      {
        id,
        kind,
        ...(namespace === undefined ? {} : { namespace }),
        name,
        ...(isExcluded(desired, object) ? {} : { payload: JSON.stringify(desired) }),
        ...fingerprintsOf(desired, object, leases, ignored),
        ...(resourceVersion === undefined ? {} : { version: resourceVersion }),
        leased: leaseText(object, leases, JSON.stringify(desired)),
      },
    ];
  });
}
