import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations } from '#api/argoproj/words.js';
import type { Kind } from '#api/kinds.js';
import { groupOf } from '#core/kube/object.js';
import { workloadKindOf, type Workload } from './workload.js';

/** How a workload was looked for. */
export interface FoundWorkload {
  readonly object: Workload | undefined;
  /** Why it is not known whether it is there; absent when it is. */
  readonly unknownBecause?: string;
  /** An autoscaler targets it. */
  readonly isAutoscaled?: boolean;
}

/** Looks for a workload in the Rollout's namespace. */
export type FindWorkload = (kind: Kind, name: string) => FoundWorkload;

/** What `workloadRef` came to. */
export interface WorkloadView {
  readonly kind: Kind | undefined;
  readonly object: Workload | undefined;
  /** Why there is no template, in the peer's words; absent when there is one. */
  readonly problem: string | undefined;
  /** The generation of the object as text; absent while there is none. */
  readonly generation: string | undefined;
  /** The template of the Rollout is the object's. */
  readonly isResolved: boolean;
  readonly isAutoscaled: boolean;
}

/** A Rollout with what it borrows. */
export interface ResolvedRollout {
  /** With the workload's template and generation, and its selector where the spec has none. Never to be written back. */
  readonly rollout: Rollout;
  /** Absent without `workloadRef`. */
  readonly workload?: WorkloadView;
}

/** The Rollout as it is meant: the template that its `workloadRef` names in the place of its own. */
export function resolveWorkload(rollout: Rollout, find: FindWorkload): ResolvedRollout {
  const ref = rollout.spec.workloadRef;
  if (ref === undefined) return { rollout: withGeneration(rollout, undefined) };
  const kind = workloadKindOf(ref);
  if (kind === undefined) {
    const problem = `workload of type ${groupOf(ref.apiVersion ?? '')}/${ref.kind ?? ''} is not supported`;
    return { rollout, workload: { ...nothing, kind, problem } };
  }
  const name = ref.name ?? '';
  const { object, unknownBecause, isAutoscaled = false } = find(kind, name);
  if (object === undefined) {
    const problem = unknownBecause ?? notFound(kind, `${rollout.metadata.namespace ?? ''}/${name}`);
    return { rollout, workload: { ...nothing, kind, problem } };
  }
  const generation = String(object.metadata.generation ?? 0);
  const isResolved = !hasOwnTemplate(rollout);
  return {
    rollout: isResolved ? withGeneration(withTemplate(rollout, object), generation) : rollout,
    workload: { kind, object, problem: undefined, generation, isResolved, isAutoscaled },
  };
}

const nothing = { object: undefined, generation: undefined, isResolved: false, isAutoscaled: false } as const;

/** The peer names the object by its key. */
function notFound({ plural, group }: Kind, key: string): string {
  return `${plural}${group === '' ? '' : `.${group}`} ${JSON.stringify(key)} not found`;
}

/** A template with labels or annotations beside a `workloadRef` is a contradiction, which validation tells of. */
function hasOwnTemplate({ spec: { template } }: Rollout): boolean {
  const { labels = {}, annotations: notes = {} } = template?.metadata ?? {};
  return Object.keys(labels).length > 0 || Object.keys(notes).length > 0;
}

function withTemplate(rollout: Rollout, { spec, template }: Workload): Rollout {
  const lent = template ?? spec?.template ?? {};
  const selector = rollout.spec.selector ?? spec?.selector;
  return {
    ...rollout,
    spec: { ...rollout.spec, template: lent, ...(selector === undefined ? {} : { selector }) },
  };
}

function withGeneration(rollout: Rollout, generation: string | undefined): Rollout {
  const { [annotations.workloadGeneration]: noted, ...others } = rollout.metadata.annotations ?? {};
  if (noted === generation) return rollout;
  const added = generation === undefined ? {} : { [annotations.workloadGeneration]: generation };
  return { ...rollout, metadata: { ...rollout.metadata, annotations: { ...others, ...added } } };
}
