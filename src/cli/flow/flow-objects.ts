import type { Kustomization } from '#api/flux/kustomization.js';
import type { Condition, KubeObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { UsageError } from '../command.js';
import type { Connection } from '../io.js';
import { listAll } from '../read-view.js';

/** What sources and Kustomizations have in common. */
export interface FlowObject extends KubeObject {
  readonly spec: { readonly suspend?: boolean; readonly interval?: string };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly observedGeneration?: number;
    readonly lastHandledReconcileAt?: string;
    readonly lastAppliedRevision?: string;
    readonly artifact?: { readonly revision: string };
  };
}

/** Kinds of sources by the words of the command line. */
const sourceWords: Readonly<Record<string, Kind>> = {
  git: kinds.gitRepository,
  gitrepository: kinds.gitRepository,
  gitrepo: kinds.gitRepository,
  oci: kinds.ociRepository,
  ocirepository: kinds.ociRepository,
  bucket: kinds.bucket,
  externalartifact: kinds.externalArtifact,
};
const allSources = [kinds.gitRepository, kinds.ociRepository, kinds.bucket, kinds.externalArtifact];

/** An object with its kind. */
export interface Found {
  readonly kind: Kind;
  readonly object: FlowObject;
}

/** The kinds that a command is about. */
export interface Group {
  readonly word: 'kustomization' | 'source';
  readonly kinds: readonly Kind[];
}

export const groups = {
  kustomization: { word: 'kustomization', kinds: [kinds.kustomization] },
  source: { word: 'source', kinds: allSources },
} as const satisfies Record<string, Group>;

/** Reads `app`, or `git/app` for a source of one kind. A Missing error when there is none, wrong usage when two fit. */
export async function findOne(connection: Connection, group: Group, argument: string): Promise<Found> {
  const { wanted, name } = readName(group, argument);
  const { kube, namespace } = connection;
  const found: Found[] = [];
  for (const kind of wanted) {
    const object = await ifServed(kube.get<FlowObject>({ kind, namespace, name }));
    if (object !== undefined) found.push({ kind, object });
  }
  const [one, other] = found;
  if (one === undefined)
    throw new AppError('KubeNotFound', `${group.word} "${name}" not found in namespace "${namespace}"`);
  if (other !== undefined)
    throw new UsageError(
      `"${name}": a ${one.kind.kind} and a ${other.kind.kind} have this name; write git/${name}, oci/${name} or bucket/${name}`,
    );
  return one;
}

function readName(
  group: Group,
  argument: string,
): { readonly wanted: readonly Kind[]; readonly name: string } {
  const slash = argument.indexOf('/');
  if (slash < 0) return { wanted: group.kinds, name: argument };
  const word = argument.slice(0, slash).toLowerCase();
  const name = argument.slice(slash + 1);
  const isOwn = group.word === 'kustomization' && ['ks', 'kustomization'].includes(word);
  const kind = isOwn ? kinds.kustomization : sourceWords[word];
  if (kind !== undefined && group.kinds.includes(kind) && name !== '') return { wanted: [kind], name };
  throw new UsageError(`"${argument}": expected the name of a ${group.word}`);
}

/** Every object of the group, sorted by namespace, kind and name. */
export async function findAll(
  connection: Connection,
  group: Group,
  isEverywhere: boolean,
): Promise<readonly Found[]> {
  const where = isEverywhere ? { kube: connection.kube } : connection;
  const lists = await Promise.all(
    group.kinds.map(async (kind) =>
      ((await ifServed(listAll<FlowObject>(where, kind))) ?? []).map((object) => ({ kind, object })),
    ),
  );
  const keyOf = ({ kind, object }: Found) =>
    `${object.metadata.namespace ?? ''}/${kind.kind}/${object.metadata.name}`;
  return lists.flat().toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** A kind that the API server does not serve has no objects. */
async function ifServed<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    const isAbsent =
      thrown instanceof AppError && (thrown.code === 'KubeNotFound' || thrown.code === 'KubeNoSuchKind');
    if (isAbsent) return undefined;
    throw thrown;
  }
}

/** The source of a Kustomization, as it is named. */
export function sourceOf({ spec, metadata }: Kustomization): {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
} {
  const { kind: word, name, namespace = metadata.namespace ?? '' } = spec.sourceRef;
  const kind = allSources.find((one) => one.kind === word) ?? kinds.gitRepository;
  return { kind, namespace, name };
}

/** `kustomization/app`, as messages name it. */
export function nameOf({ kind, object }: Found): string {
  return `${kind.kind.toLowerCase()}/${object.metadata.name}`;
}
