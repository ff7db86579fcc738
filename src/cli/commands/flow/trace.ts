import type { Command } from 'commander';
import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxConditions } from '#api/flux/words.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { shaOf } from '#core/alert/commit-status.js';
import { findCondition } from '#core/kube/conditions.js';
import { subjectOf } from '#core/kube/object.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import { toAppError } from '#ports/errors.js';
import { withConnection } from '../../command.js';
import { type Checkout, withCheckout } from '../../flow/checkout.js';
import { findObject, originOf } from '../../flow/find-object.js';
import { findLines } from '../../flow/find-lines.js';
import { type FlowObject, sourceOf } from '../../flow/flow-objects.js';
import type { Connection, Io } from '../../io.js';

interface Flags {
  readonly repository?: string;
}

/** `sluice trace OBJECT`: from an object back to its Kustomization, source, commit, author and line of a file. */
export function registerTrace(program: Command, io: Io): void {
  const trace = program
    .command('trace <object>')
    .description('where an object comes from: kustomization, source, commit, author, file and line')
    .option('--repository <url>', 'where to clone from; default the URL of the source')
    .action(async (argument: string, flags: Flags) =>
      withConnection(io, trace, async (connection) => traceObject(connection, io, argument, flags)),
    );
}

async function traceObject(connection: Connection, io: Io, argument: string, flags: Flags): Promise<void> {
  const object = await findObject(connection, argument);
  const { kustomization, applied } = await originOf(connection, object);
  const say = (name: string, value: string): void => {
    io.out.write(`${`${name}:`.padEnd(15)} ${value}\n`);
  };
  say('Object', subjectOf(object));
  if (applied !== object) say('Made by', subjectOf(applied));
  const ready = findCondition(kustomization.status?.conditions, fluxConditions.ready);
  say('Kustomization', `${subjectOf(kustomization)} (Ready ${ready?.status ?? 'Unknown'})`);
  const { kind, namespace, name } = sourceOf(kustomization);
  const source = await connection.kube.get<FlowObject>({ kind, namespace, name });
  const url = textAt(source?.spec, 'url') ?? '';
  say('Source', `${kind.kind}/${namespace}/${name}${url === '' ? '' : ` ${url}`}`);
  const revision = kustomization.status?.lastAppliedRevision ?? '';
  say('Revision', revision);
  const sha = shaOf(revision);
  const from = flags.repository ?? url;
  if (sha === undefined || from === '' || (kind !== kinds.gitRepository && flags.repository === undefined))
    return;
  try {
    await withCheckout(io, { url: from }, async (checkout) =>
      tellCommit(checkout, say, { sha, kustomization, applied, images: imagesOf(object, applied) }),
    );
  } catch (thrown) {
    // What the cluster knows was said; the repository is not always in reach.
    io.err.write(`note: the repository cannot be read: ${toAppError(thrown).message}\n`);
  }
}

interface Traced {
  readonly sha: string;
  readonly kustomization: Kustomization;
  readonly applied: UnknownObject;
  readonly images: readonly string[];
}

async function tellCommit(
  checkout: Checkout,
  say: (name: string, value: string) => void,
  { sha, kustomization, applied, images }: Traced,
): Promise<void> {
  const commit = await checkout.git('log', '-1', '--format=%h "%s" by %an <%ae> at %aI', sha);
  say('Commit', commit.trim());
  await checkout.git('checkout', '--quiet', sha);
  const found = await findLines(checkout.folder, kustomization, applied, images);
  for (const { what, file, line } of found)
    say(what, `${file}:${line} ${await lastChange(checkout, file, line)}`);
  if (found.some(({ what }) => what === 'Image')) return;
  for (const image of images) await tellOldImage(checkout, say, image);
}

/** A pod of an older revision runs what this commit does not say any more: which commit brought it is in the history. */
async function tellOldImage(
  checkout: Checkout,
  say: (name: string, value: string) => void,
  image: string,
): Promise<void> {
  const format = '(%h "%s" by %an at %aI)';
  const log = await checkout.git('log', '--reverse', `--format=${format}`, `-S${image}`);
  const [first] = log.split('\n').filter((line) => line !== '');
  if (first !== undefined) say('Image', `${image} is not in this commit; it came with ${first}`);
}

/** Who wrote a line, and with which commit. */
async function lastChange(checkout: Checkout, file: string, line: number): Promise<string> {
  const blame = await checkout.git('blame', '--porcelain', '-L', `${line},${line}`, '--', file);
  const sha = blame.slice(0, 40);
  return (await checkout.git('log', '-1', '--format=(%h "%s" by %an at %aI)', sha)).trim();
}

/** Images by their containers: of the pod that is asked about, else of the workload that was applied. */
function imagesOf(object: UnknownObject, applied: UnknownObject): readonly string[] {
  const template = objectAt(objectAt(applied['spec'], 'template'), 'spec');
  return objectsAt(object.kind === 'Pod' ? object['spec'] : template, 'containers').flatMap(
    (container) => textAt(container, 'image') ?? [],
  );
}
