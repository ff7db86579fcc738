import type { AntiAffinity } from '#api/argoproj/rollout.js';
import { labels } from '#api/argoproj/words.js';
import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import { isObject, type JsonObject } from '#core/json/json.js';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

/** The template with a term that keeps its pods off the nodes of the stable ones. */
export function withAntiAffinity(
  template: PodTemplateSpec,
  wish: AntiAffinity | undefined,
  stableHash: string,
  namespace: string,
): PodTemplateSpec {
  const { spec } = template;
  if (wish === undefined || stableHash === '' || spec === undefined) return template;
  const [list, entry] = entryOf(wish, stableHash, namespace);
  const affinity = isObject(spec['affinity']) ? spec['affinity'] : {};
  const anti = isObject(affinity['podAntiAffinity']) ? affinity['podAntiAffinity'] : {};
  const terms = [...listOf(anti, list), entry];
  return {
    ...template,
    spec: { ...spec, affinity: { ...affinity, podAntiAffinity: { ...anti, [list]: terms } } },
  };
}

/** Our term, and the list in which it belongs. */
function entryOf(wish: AntiAffinity, stableHash: string, namespace: string): readonly [string, JsonObject] {
  const term = {
    labelSelector: {
      matchExpressions: [{ key: labels.podTemplateHash, operator: 'In', values: [stableHash] }],
    },
    namespaces: [namespace],
    topologyKey: 'kubernetes.io/hostname',
  };
  const soft = wish.preferredDuringSchedulingIgnoredDuringExecution;
  return soft === undefined ? [required, term] : [preferred, { weight: soft.weight, podAffinityTerm: term }];
}

/**
 * A merge patch of a stored template whose term names a revision that is not the stable one any more; `undefined` when
 * it has no such term, or the right one.
 */
export function antiAffinityPatch(
  stored: PodTemplateSpec,
  wish: AntiAffinity | undefined,
  stableHash: string,
  namespace: string,
): JsonObject | undefined {
  const affinity = stored.spec?.['affinity'];
  const anti = isObject(affinity) ? affinity['podAntiAffinity'] : undefined;
  if (wish === undefined || stableHash === '' || !isObject(anti)) return undefined;
  const ours = [required, preferred].flatMap((list) => listOf(anti, list).filter(isOurs));
  const isRight = (entry: unknown) => JSON.stringify(entry).includes(JSON.stringify([stableHash]));
  if (ours.every(isRight)) return undefined;
  const [wanted, entry] = entryOf(wish, stableHash, namespace);
  const lists = [required, preferred].flatMap((list) => {
    const theirs = listOf(anti, list).filter((term) => !isOurs(term));
    const terms = list === wanted ? [...theirs, entry] : theirs;
    return anti[list] === undefined && terms.length === 0 ? [] : [[list, terms.length === 0 ? null : terms]];
  });
  return { spec: { affinity: { podAntiAffinity: Object.fromEntries(lists) } } };
}

/** The template without such a term, as it stood in the Rollout. */
export function withoutAntiAffinity(template: PodTemplateSpec): PodTemplateSpec {
  const affinity = template.spec?.['affinity'];
  const anti = isObject(affinity) ? affinity['podAntiAffinity'] : undefined;
  if (template.spec === undefined || !isObject(affinity) || !isObject(anti)) return template;
  const kept = Object.fromEntries(
    [required, preferred].flatMap((list) => {
      const terms = listOf(anti, list).filter((term) => !isOurs(term));
      return terms.length === 0 ? [] : [[list, terms] as const];
    }),
  );
  const { podAntiAffinity: _anti, ...others } = affinity;
  const rest = Object.keys(kept).length === 0 ? others : { ...others, podAntiAffinity: kept };
  const { affinity: _affinity, ...spec } = template.spec;
  return { ...template, spec: Object.keys(rest).length === 0 ? spec : { ...spec, affinity: rest } };
}

function listOf(anti: JsonObject, list: string): readonly unknown[] {
  const terms = anti[list];
  return Array.isArray(terms) ? terms : [];
}

function isOurs(entry: unknown): boolean {
  return JSON.stringify(entry).includes(`"key":"${labels.podTemplateHash}"`);
}
