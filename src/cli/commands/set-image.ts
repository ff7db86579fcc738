import type { Command } from 'commander';
import type { UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { isObject } from '#core/json/json.js';
import { objectAt, textAt } from '#core/json/read.js';
import { AppError } from '#ports/errors.js';
import type { JsonPatchOperation, ObjectKey } from '#ports/kube.js';
import { fieldManager, servedKind } from '../carry-out.js';
import { rolloutName, UsageError, withConnection } from '../command.js';
import type { Connection, Io } from '../io.js';
import { readRollout } from '../read-view.js';

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;
const attempts = 5;

/** `sluice set image NAME CONTAINER=IMAGE…`; `*` means every container. */
export function registerSet(program: Command, io: Io): void {
  const set = program.command('set').description('change one thing of an object');
  const image = set
    .command('image <rollout> <container=image...>')
    .description('set the image of containers; * is every container')
    .action(async (argument: string, assignments: readonly string[]) => {
      const name = rolloutName(argument);
      const images = new Map(assignments.map(parseAssignment));
      await withConnection(io, image, async (connection) => {
        const key = await templateHolder(connection, name);
        await setImages(connection, key, images);
        io.out.write(`${key.kind.kind.toLowerCase()} "${key.name}" image updated\n`);
      });
    });
}

/** The Rollout, or the workload whose pod template it refers to. */
async function templateHolder(connection: Connection, name: string): Promise<ObjectKey> {
  const { namespace } = connection;
  const ref = (await readRollout(connection, name)).spec.workloadRef;
  if (ref === undefined) return { kind: kinds.rollout, namespace, name };
  const kind = await servedKind(connection, ref.apiVersion ?? '', ref.kind ?? '');
  return { kind, namespace, name: ref.name ?? '' };
}

async function setImages(
  { kube }: Connection,
  key: ObjectKey,
  images: ReadonlyMap<string, string>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const target = await kube.get(key);
    if (target === undefined)
      throw new AppError('KubeNotFound', `${key.kind.kind} "${key.name}" not found, which the rollout names`);
    const body = imagePatch(target, images);
    try {
      await kube.patch(key, { type: 'json', body }, { fieldManager });
      return;
    } catch (thrown) {
      // A container that moved in between fails the patch's test, which API servers answer as a conflict or as invalid.
      const isStale =
        thrown instanceof AppError && ['KubeConflict', 'KubeInvalid', 'KubeBadRequest'].includes(thrown.code);
      if (!isStale || attempt === attempts) throw thrown;
    }
  }
}

/** The JSON patch that sets these images where the containers still stand; fails when a container does not exist. */
function imagePatch(
  target: UnknownObject,
  images: ReadonlyMap<string, string>,
): readonly JsonPatchOperation[] {
  const path = target.kind === 'PodTemplate' ? ['template', 'spec'] : ['spec', 'template', 'spec'];
  const spec = path.reduce<Readonly<Record<string, unknown>>>(objectAt, target);
  const found = new Set<string>();
  const operations = lists.flatMap((list) =>
    containersOf(spec, list).flatMap((name, i): JsonPatchOperation[] => {
      const value = images.get(name) ?? images.get('*');
      if (value === undefined) return [];
      found.add(name);
      const at = `/${path.join('/')}/${list}/${i}`;
      return [
        { op: 'test', path: `${at}/name`, value: name },
        { op: 'add', path: `${at}/image`, value },
      ];
    }),
  );
  const missing = [...images.keys()].find((name) => name !== '*' && !found.has(name));
  if (missing === undefined && operations.length > 0) return operations;
  const known = lists.flatMap((list) => containersOf(spec, list));
  throw new AppError(
    'ConfigInvalid',
    `unable to find container named "${missing ?? '*'}"; ${target.kind} "${target.metadata.name}" has: ${known.join(', ') || 'none'}`,
  );
}

function containersOf(spec: Readonly<Record<string, unknown>>, list: string): readonly string[] {
  const containers = spec[list];
  return Array.isArray(containers)
    ? containers.map((one: unknown) => (isObject(one) ? (textAt(one, 'name') ?? '') : ''))
    : [];
}

function parseAssignment(text: string): readonly [container: string, image: string] {
  const equals = text.indexOf('=');
  if (equals > 0 && equals < text.length - 1 && equals === text.lastIndexOf('='))
    return [text.slice(0, equals), text.slice(equals + 1)];
  throw new UsageError(`${text}: expected CONTAINER=IMAGE, for instance web=example.org/web:1.2`);
}
