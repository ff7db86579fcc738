import type { Kustomization } from '#api/flux/kustomization.js';
import type { Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { says } from '#core/gitops/apply/controls.js';
import { inputFiles } from '#core/gitops/build/input-files.js';
import { isKubeObject } from '#core/gitops/build/manifests.js';
import type { FileTree, TreeFile } from '#core/gitops/file-tree.js';
import { formatOf, isMarked, printTree, readTree, type SopsFormat } from '#core/gitops/sops/formats.js';
import { generatorFiles } from '#core/gitops/sops/generator-files.js';
import { sopsMetadata } from '#core/gitops/sops/metadata.js';
import { decryptTree } from '#core/gitops/sops/tree.js';
import { isObject } from '#core/json/json.js';
import { subjectOf } from '#core/kube/object.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { DecryptionKeys, Sops } from '#ports/sops.js';

/** Larger files are not opened. */
const mostBytes = 5 * 1024 * 1024;

/** What opens the secrets of one Kustomization. */
export interface Decryption {
  readonly sops: Sops;
  readonly keys: DecryptionKeys;
}

/** What the controllers have for Kustomizations that name nothing better. */
export interface DecryptionDefaults {
  /** With identities of age. */
  readonly forAll?: SecretPlace;
  /** In the namespace of the Kustomization; empty: nobody. */
  readonly account?: string;
}

/** A Secret, by its place. */
export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
}

/** The keys that `spec.decryption` names, and what the controllers have for all; throws what keeps them from being read. */
export async function readDecryptionKeys(
  kube: Kube,
  { spec, metadata }: Kustomization,
  { forAll, account = '' }: DecryptionDefaults = {},
): Promise<DecryptionKeys> {
  const { secretRef, serviceAccountName: name = account } = spec.decryption ?? {};
  const { namespace = '' } = metadata;
  const opening =
    secretRef === undefined ? noKeys : await readKeys(kube, { namespace, name: secretRef.name });
  const own = name === '' ? opening : { ...opening, account: { namespace, name } };
  if (forAll === undefined) return own;
  const { age } = await readKeys(kube, forAll);
  return { ...own, age: [...own.age, ...age] };
}

const noKeys: DecryptionKeys = { age: [], pgp: [] };

async function readKeys(kube: Kube, { namespace, name }: SecretPlace): Promise<DecryptionKeys> {
  const secret = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
  if (secret === undefined) {
    const subject = `Secret/${namespace}/${name}`;
    throw new AppError('BuildFailed', `cannot get decryption ${subject}: not found; create it`, {
      object: subject,
    });
  }
  const entries = Object.entries(secret.data ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')] as const,
  );
  const identities = entries
    .filter(([key]) => key.endsWith('.agekey'))
    .flatMap(([, text]) => text.split('\n'));
  return {
    age: identities.map((line) => line.trim()).filter((line) => line.startsWith('AGE-SECRET-KEY-')),
    pgp: entries.filter(([key]) => key.endsWith('.asc')).map(([, text]) => text),
    credentials: Object.fromEntries(
      entries.flatMap(([key, text]) => (isCredentialKey(key) ? [[credentialKeys[key], text] as const] : [])),
    ),
  };
}

/** Keys of a Secret with what a key service is asked with. */
const credentialKeys = {
  'sops.vault-token': 'hc_vault',
  'sops.aws-kms': 'kms',
  'sops.azure-kv': 'azure_kv',
  'sops.gcp-kms': 'gcp_kms',
} as const;

function isCredentialKey(key: string): key is keyof typeof credentialKeys {
  return Object.hasOwn(credentialKeys, key);
}

/** The tree with the files opened that generators and patches read as they are. */
export async function decryptFiles(
  decryption: Decryption,
  tree: FileTree,
  directory: string,
  { spec }: Kustomization,
): Promise<FileTree> {
  const read = generatorFiles(tree, inputFiles(tree, directory, spec.components));
  const opened: TreeFile[] = [];
  for (const { path, format } of read) {
    const file = tree.get(path);
    if (file === undefined || file.content.length > mostBytes) continue;
    const text = Buffer.from(file.content).toString('utf8');
    if (!isMarked(text, format)) continue;
    const plain = await decryptText(decryption, text, format, path);
    opened.push({ ...file, content: Buffer.from(plain) });
  }
  if (opened.length === 0) return tree;
  const result = new Map(tree);
  for (const file of opened) result.set(file.path, file);
  return result;
}

/** The objects with every encrypted one opened, and the values of Secrets that are encrypted files. */
export async function decryptObjects(
  decryption: Decryption,
  objects: readonly UnknownObject[],
): Promise<readonly UnknownObject[]> {
  const opened: UnknownObject[] = [];
  for (const object of objects) opened.push(await decryptObject(decryption, object));
  return opened;
}

async function decryptObject(decryption: Decryption, object: UnknownObject): Promise<UnknownObject> {
  if (says(object, 'decrypt', 'disabled')) return object;
  const subject = subjectOf(object);
  const plain = await decryptValue(decryption, object, subject);
  const whole = isKubeObject(plain) ? plain : object;
  const { data } = whole;
  if (whole.kind !== 'Secret' || !isObject(data)) return whole;
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    const text = typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
    const format = formatOf(key);
    values[key] = isMarked(text, format)
      ? Buffer.from(await decryptText(decryption, text, format, `${subject} data.${key}`)).toString('base64')
      : value;
  }
  return { ...whole, data: values };
}

async function decryptText(
  decryption: Decryption,
  text: string,
  format: SopsFormat,
  where: string,
): Promise<string> {
  const tree = readTree(text, format);
  return tree === undefined ? text : printTree(await decryptValue(decryption, tree, where), format);
}

async function decryptValue({ sops, keys }: Decryption, tree: unknown, where: string): Promise<unknown> {
  const metadata = sopsMetadata(tree);
  if (metadata === undefined) return tree;
  try {
    const dataKey = await sops.unlock(metadata, keys);
    return decryptTree(tree, (value, path) => sops.open(dataKey, value, path));
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw new AppError('BuildFailed', `${where}: decryption failed: ${thrown.message}`, { cause: thrown });
  }
}

/** The words of the peer about a Secret that would be stored encrypted. */
export function sealedSecret(objects: readonly UnknownObject[]): string | undefined {
  const sealed = objects.find(
    (object) =>
      object.kind === 'Secret' && sopsMetadata(object) !== undefined && !says(object, 'decrypt', 'disabled'),
  );
  if (sealed === undefined) return undefined;
  return `${subjectOf(sealed)} is SOPS encrypted, configuring decryption is required for this secret to be reconciled`;
}
