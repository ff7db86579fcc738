import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxKeys } from '#api/flux/words.js';
import { kindDefinitions } from '#api/definitions.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { parseInventoryEntry } from '#core/gitops/apply/inventory.js';
import { controllerOf, subjectOf } from '#core/kube/object.js';
import { AppError } from '#ports/errors.js';
import { ExitWith, UsageError } from '../command.js';
import type { Connection } from '../io.js';
import { listAll } from '../read-view.js';
import { readEntry } from './inventory-object.js';

const shortWords: Readonly<Record<string, Kind>> = {
  deploy: kinds.deployment,
  rs: kinds.replicaSet,
  po: kinds.pod,
  svc: kinds.service,
  cm: kinds.configMap,
  ing: kinds.ingress,
};

/** The object that `kind/name` names: a known word, or what a Kustomization of this namespace has applied. */
export async function findObject(connection: Connection, argument: string): Promise<UnknownObject> {
  const slash = argument.indexOf('/');
  const [word, name] = [argument.slice(0, Math.max(slash, 0)).toLowerCase(), argument.slice(slash + 1)];
  if (word === '' || name === '')
    throw new UsageError(`"${argument}": expected kind/name, for instance deployment/web`);
  const kind = kindOfWord(word);
  const { namespace } = connection;
  const object =
    kind === undefined
      ? await findApplied(connection, word, name)
      : await connection.kube.get({ kind, name, ...(kind.namespaced ? { namespace } : {}) });
  if (object !== undefined) return object;
  throw new AppError('KubeNotFound', `${argument}: not found in namespace "${namespace}"`);
}

function kindOfWord(word: string): Kind | undefined {
  // `replicasets.apps`, `rollout.argoproj.io`: as kubectl prints them.
  const dot = word.indexOf('.');
  const grouped = dot < 0 ? undefined : kindOfWord(word.slice(0, dot));
  if (dot >= 0) return grouped?.group === word.slice(dot + 1) ? grouped : undefined;
  const defined = kindDefinitions.find(({ shortNames }) => shortNames.includes(word))?.kind;
  const named = Object.values(kinds).find(
    ({ kind, plural }) => kind.toLowerCase() === word || plural === word,
  );
  return shortWords[word] ?? defined ?? named;
}

async function findApplied(
  connection: Connection,
  word: string,
  name: string,
): Promise<UnknownObject | undefined> {
  const all = await listAll<Kustomization>({ kube: connection.kube }, kinds.kustomization);
  for (const { status } of all) {
    for (const entry of status?.inventory?.entries ?? []) {
      const ref = parseInventoryEntry(entry);
      const isHere = ref?.namespace === undefined || ref.namespace === connection.namespace;
      const words = [ref?.kind.toLowerCase(), `${ref?.kind.toLowerCase() ?? ''}.${ref?.group ?? ''}`];
      if (ref === undefined || !words.includes(word) || ref.name !== name || !isHere) continue;
      const { object } = await readEntry(connection, entry);
      if (object !== undefined) return object;
    }
  }
  return undefined;
}

/** Where an object comes from. */
export interface Origin {
  readonly kustomization: Kustomization;
  /** The object that the Kustomization applied: itself, or who made it. */
  readonly applied: UnknownObject;
}

const mostOwners = 8;

/** The Kustomization that applied an object, or the owner of its owner. Ends with exit code 1 when none did. */
export async function originOf({ kube }: Connection, object: UnknownObject): Promise<Origin> {
  let applied: UnknownObject | undefined = object;
  for (let i = 0; i < mostOwners && applied !== undefined; i += 1) {
    const labels: Readonly<Record<string, string>> = applied.metadata.labels ?? {};
    const name = labels[fluxKeys.kustomizationName];
    const namespace = labels[fluxKeys.kustomizationNamespace];
    if (name !== undefined && namespace !== undefined) {
      const key = { kind: kinds.kustomization, name, namespace };
      const kustomization = await kube.get<Kustomization>(key);
      if (kustomization !== undefined) return { kustomization, applied };
    }
    applied = await ownerOf(kube, applied);
  }
  throw new ExitWith(1, `${subjectOf(object)}: no Kustomization has applied it`);
}

async function ownerOf(kube: Connection['kube'], object: UnknownObject): Promise<UnknownObject | undefined> {
  const owner = controllerOf(object);
  const kind = owner === undefined ? undefined : await kube.resolve(owner.apiVersion, owner.kind);
  if (owner === undefined || kind === undefined) return undefined;
  const { namespace } = object.metadata;
  const place = kind.namespaced && namespace !== undefined ? { namespace } : {};
  return kube.get({ kind, name: owner.name, ...place });
}
