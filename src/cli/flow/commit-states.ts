import type { Kustomization } from '#api/flux/kustomization.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { sha256Hex } from '#core/digest/sha256.js';
import { inventoryId } from '#core/gitops/apply/inventory.js';
import type { CommitState } from '#core/gitops/way-back.js';
import { printYaml } from '#core/yaml/yaml.js';
import { ExitWith } from '../command.js';
import type { Connection } from '../io.js';
import type { Checkout } from './checkout.js';
import { buildFor } from './compare.js';
import { readTree } from './read-tree.js';

/** So far back is looked for another state. */
const mostCommits = 50;

/**
 * What each of the last commits of the branch means for an object, newest first.
 * @param applied - the object; absent: everything that the Kustomization applies.
 * @param until - the beginning of the hash at which to stop; default the first that differs.
 */
export async function commitStates(
  connection: Connection,
  checkout: Checkout,
  kustomization: Kustomization,
  { applied, until }: { readonly applied?: UnknownObject; readonly until?: string },
): Promise<readonly CommitState[]> {
  const head = (await checkout.git('rev-parse', 'HEAD')).trim();
  const format = '%H%x09%P%x09%an <%ae>%x09%aI%x09%s';
  const log = await checkout.git('log', '--first-parent', `--format=${format}`, '-n', String(mostCommits));
  const states: CommitState[] = [];
  for (const line of log.split('\n').filter((text) => text !== '')) {
    const [sha = '', parents = '', author = '', date = '', ...subject] = line.split('\t');
    await checkout.git('checkout', '--quiet', sha);
    const digest = await digestOf(connection, checkout, kustomization, applied);
    states.push({
      sha,
      author,
      date,
      subject: subject.join(' '),
      isMerge: parents.includes(' '),
      ...(digest === undefined ? {} : { digest }),
    });
    const isOther = digest !== undefined && digest !== states[0]?.digest;
    if (until === undefined ? isOther : sha.startsWith(until)) break;
  }
  await checkout.git('checkout', '--quiet', '-B', 'way-back', head);
  return states;
}

async function digestOf(
  connection: Connection,
  checkout: Checkout,
  kustomization: Kustomization,
  applied: UnknownObject | undefined,
): Promise<string | undefined> {
  try {
    const objects = await buildFor(connection, kustomization, await readTree(checkout.folder));
    if (applied === undefined) return sha256Hex(objects.map(printYaml).join('---\n'));
    const own = objects.find((object) => inventoryId(object) === inventoryId(applied));
    return own === undefined ? 'absent' : sha256Hex(printYaml(own));
  } catch (thrown) {
    // A commit that does not build is nothing to go back to.
    if (thrown instanceof ExitWith) return undefined;
    throw thrown;
  }
}
