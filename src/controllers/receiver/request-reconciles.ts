import type { Receiver } from '#api/flux/receiver.js';
import { fluxKeys } from '#api/flux/words.js';
import type { Kind } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { subjectOf } from '#core/kube/object.js';
import { formatSelector } from '#core/kube/selector.js';
import { resourceFilter } from '#core/receiver/expressions.js';
import { bodyOf } from '#core/receiver/hook-call.js';
import { type HookTarget, resolveTarget } from '#core/receiver/targets.js';
import { AppError, toAppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';

/** A call that has proved itself. */
export interface ProvenCall {
  readonly body: Uint8Array;
  /** Of its identity token; empty for every other type. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** What is written into the annotation. */
  readonly at: string;
}

interface Ports {
  readonly kube: Kube;
  readonly isLocked?: boolean;
}

const fieldManager = 'notification-controller';
const pageSize = 500;
/** More than these are not asked of one call. */
const mostObjects = 5000;

/** Asks a reconcile of each object that a Receiver names and its filters let pass; one that fails stops no other. */
export async function requestReconciles(
  ports: Ports,
  receiver: Receiver,
  call: ProvenCall,
): Promise<{ readonly annotated: readonly string[]; readonly problems: readonly string[] }> {
  const annotated: string[] = [];
  const problems: string[] = [];
  for (const resource of receiver.spec.resources) {
    const resolved = resolveTarget(receiver, resource, ports.isLocked === true);
    if (!resolved.ok) problems.push(resolved.problem);
    else await annotate(ports.kube, receiver, resolved.target, { ...call, annotated, problems });
  }
  return { annotated, problems };
}

interface Progress extends ProvenCall {
  readonly annotated: string[];
  readonly problems: string[];
}

async function annotate(
  kube: Kube,
  receiver: Receiver,
  target: HookTarget,
  { body, claims, at, annotated, problems }: Progress,
): Promise<void> {
  try {
    const kind = await kube.resolve(target.apiVersion, target.kind);
    if (kind === undefined)
      throw new AppError('KubeNoSuchKind', `no kind ${target.kind} in ${target.apiVersion} is served`);
    const passes = resourceFilter(receiver, target, { req: bodyOf({ body, headers: {} }), claims });
    const found = await findTargets(kube, kind, target);
    for (const object of found) {
      const verdict = passes(object);
      if (!verdict.ok) problems.push(`${subjectOf(object)}: ${verdict.message}`);
      else if (verdict.value) {
        await request(kube, kind, object, at);
        annotated.push(subjectOf(object));
      }
    }
  } catch (thrown) {
    // One entry that fails is told of; the others still get their reconcile.
    const { message } = toAppError(thrown);
    problems.push(`${target.kind}/${target.namespace}/${target.name ?? '*'}: ${message}`);
  }
}

async function request(kube: Kube, kind: Kind, { metadata }: UnknownObject, at: string): Promise<void> {
  const { name, namespace } = metadata;
  await kube.patch(
    { kind, name, ...(namespace === undefined ? {} : { namespace }) },
    { type: 'merge', body: { metadata: { annotations: { [fluxKeys.requestedAt]: at } } } },
    { fieldManager },
  );
}

async function findTargets(
  kube: Kube,
  kind: Kind,
  { namespace, name, matchLabels }: HookTarget,
): Promise<readonly UnknownObject[]> {
  const where = kind.namespaced ? { namespace } : {};
  if (name !== undefined) {
    const one = await kube.get({ kind, name, ...where });
    if (one === undefined) throw new AppError('KubeNotFound', 'not found');
    return [one];
  }
  const labelSelector = matchLabels === undefined ? {} : { labelSelector: formatSelector({ matchLabels }) };
  const found: UnknownObject[] = [];
  let next: string | undefined;
  do {
    const page = await kube.list(kind, {
      ...where,
      ...labelSelector,
      metadataOnly: true,
      limit: pageSize,
      ...(next === undefined ? {} : { continue: next }),
    });
    found.push(...page.items);
    next = page.continue;
  } while (next !== undefined && next !== '' && found.length < mostObjects);
  return found;
}
