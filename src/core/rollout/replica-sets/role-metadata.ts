import type { PodTemplateMetadata, Rollout } from '#api/argoproj/rollout.js';
import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { isEqual } from '#core/json/json.js';
import { controllerOf } from '#core/kube/object.js';
import type { RolloutAction } from '../actions.js';
import { targetOf } from '../capacity/scale.js';
import { isPromoted, type Course } from '../course.js';
import { withHash, type Facts } from '../facts.js';
import type { PodView } from '../snapshot.js';
import { addedMetadata, metadataNote, plainTemplate, type AddedMetadata } from './template.js';

type TextMap = Readonly<Record<string, string>>;
type Patch = Readonly<Record<string, string | null>>;

const nothing: AddedMetadata = { labels: {}, annotations: {} };

/**
 * Gives templates and living pods the labels and annotations of their role, and takes those of a former role away.
 * Templates first, so that no new pod comes without. What a role may bring is known from the spec, so that a pass that
 * died half-way is made up for.
 */
export function syncRoleMetadata(facts: Facts, course: Course): readonly RolloutAction[] {
  const roles = rolesOf(facts);
  const isUsed = roles.current !== undefined || roles.stable !== undefined;
  const wasUsed = facts.all.some(
    (rs) => rs.metadata.annotations?.[annotations.ephemeralMetadata] !== undefined,
  );
  if (!isUsed && !wasUsed) return [];
  return facts.all.flatMap((rs) => {
    const wanted = wantedFor(facts, course, rs, roles);
    const recorded = addedMetadata(rs.metadata.annotations ?? {});
    const foreign = [recorded, metadataOf(roles.current), metadataOf(roles.stable)];
    return [...syncTemplate(rs, wanted, recorded), ...syncPods(facts, rs, wanted, foreign)];
  });
}

interface Roles {
  readonly current: PodTemplateMetadata | undefined;
  readonly stable: PodTemplateMetadata | undefined;
}

/** What the pods of a ReplicaSet that is about to be created carry from the start. */
export function metadataOfNew(rollout: Rollout): AddedMetadata {
  const { current, stable } = rolesOf({ rollout });
  const isFirst = (rollout.status?.stableRS ?? '') === '';
  return metadataOf(isFirst ? stable : current);
}

function rolesOf({ rollout }: Pick<Facts, 'rollout'>): Roles {
  const { canary, blueGreen } = rollout.spec.strategy ?? {};
  return {
    current: canary?.canaryMetadata ?? blueGreen?.previewMetadata,
    stable: canary?.stableMetadata ?? blueGreen?.activeMetadata,
  };
}

function wantedFor(facts: Facts, course: Course, rs: ReplicaSet, roles: Roles): AddedMetadata {
  const isFirst = course.stableHash === '' || isPromoted(course);
  if (rs === withHash(facts, course.stableHash) || (rs === facts.newRS && isFirst))
    return metadataOf(roles.stable);
  return rs === facts.newRS ? metadataOf(roles.current) : nothing;
}

function metadataOf(role: PodTemplateMetadata | undefined): AddedMetadata {
  return { labels: role?.labels ?? {}, annotations: role?.annotations ?? {} };
}

function syncTemplate(
  rs: ReplicaSet,
  wanted: AddedMetadata,
  recorded: AddedMetadata,
): readonly RolloutAction[] {
  if (isEqual(wanted, recorded)) return [];
  const metadata = {
    labels: difference(wanted.labels, recorded.labels),
    annotations: difference(wanted.annotations, recorded.annotations),
  };
  const note = { [annotations.ephemeralMetadata]: metadataNote(wanted) };
  const patch = { metadata: { annotations: note }, spec: { template: { metadata } } };
  return [{ kind: 'patchReplicaSet', target: targetOf(rs), patch }];
}

function difference(wanted: TextMap, recorded: TextMap): Patch {
  const gone = Object.keys(recorded).filter((key) => wanted[key] === undefined);
  return { ...Object.fromEntries(gone.map((key) => [key, null])), ...wanted };
}

function syncPods(
  facts: Facts,
  rs: ReplicaSet,
  wanted: AddedMetadata,
  foreign: readonly AddedMetadata[],
): readonly RolloutAction[] {
  const own = plainTemplate(rs.spec.template ?? {}, rs.metadata.annotations).metadata;
  const pods = facts.snapshot.pods.filter(
    (pod) => controllerOf(pod)?.uid === rs.metadata.uid && pod.metadata.deletionTimestamp === undefined,
  );
  return pods.flatMap((pod) => {
    const labels = podPatch(pod, 'labels', wanted, foreign, own?.labels);
    const notes = podPatch(pod, 'annotations', wanted, foreign, own?.annotations);
    if (Object.keys(labels).length === 0 && Object.keys(notes).length === 0) return [];
    return [
      {
        kind: 'patchPod' as const,
        target: targetOf(pod),
        patch: { metadata: { labels, annotations: notes } },
      },
    ];
  });
}

function podPatch(
  pod: PodView,
  field: 'labels' | 'annotations',
  wanted: AddedMetadata,
  foreign: readonly AddedMetadata[],
  own: TextMap | undefined,
): Patch {
  const has = pod.metadata[field] ?? {};
  const patch: Record<string, string | null> = {};
  for (const key of foreign.flatMap((metadata) => Object.keys(metadata[field]))) {
    const isStale = has[key] !== undefined && wanted[field][key] === undefined && own?.[key] === undefined;
    if (isStale) patch[key] = null;
  }
  for (const [key, value] of Object.entries(wanted[field])) if (has[key] !== value) patch[key] = value;
  return patch;
}
