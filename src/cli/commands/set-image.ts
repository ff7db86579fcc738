import type { Command } from 'commander';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import { isObject } from '#core/json/json.js';
import { objectAt } from '#core/json/read.js';
import { AppError } from '#ports/errors.js';
import type { JsonPatchOperation } from '#ports/kube.js';
import { rolloutName, withConnection } from '../command.js';
import type { Io } from '../io.js';
import { readRollout } from '../read-view.js';

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** `sluice set image NAME CONTAINER=IMAGE…`; `*` means every container. */
export function registerSet(program: Command, io: Io): void {
  const set = program.command('set').description('change one thing of an object');
  const image = set
    .command('image <rollout> <container=image...>')
    .description('set the image of containers; * is every container')
    .action(async (argument: string, assignments: readonly string[]) =>
      withConnection(io, image, async (connection) => {
        const rollout = await readRollout(connection, rolloutName(argument));
        const images = new Map(assignments.map(parseAssignment));
        const ref = rollout.spec.workloadRef;
        const kind =
          ref === undefined
            ? kinds.rollout
            : await connection.kube.resolve(ref.apiVersion ?? '', ref.kind ?? '');
        if (kind === undefined)
          throw new AppError('KubeNoSuchKind', `${ref?.kind ?? ''}: the API server serves no such kind`);
        const key = { kind, namespace: connection.namespace, name: ref?.name ?? rollout.metadata.name };
        const target = ref === undefined ? rollout : await connection.kube.get<Rollout>(key);
        if (target === undefined)
          throw new AppError(
            'KubeNotFound',
            `${kind.kind} "${key.name}" not found, which the rollout refers to`,
          );
        await connection.kube.patch(
          key,
          { type: 'json', body: imagePatch(target, images) },
          { fieldManager: 'sluice-cli' },
        );
        io.out.write(`${kind.kind.toLowerCase()} '${key.name}' image updated\n`);
      }),
    );
}

/** The JSON patch that sets these images; fails when a container does not exist. */
function imagePatch(target: Rollout, images: ReadonlyMap<string, string>): readonly JsonPatchOperation[] {
  const spec = objectAt(objectAt(target.spec, 'template'), 'spec');
  const version = {
    op: 'test' as const,
    path: '/metadata/resourceVersion',
    value: target.metadata.resourceVersion,
  };
  const found = new Set<string>();
  const operations = lists.flatMap((list) => {
    const containers = spec[list];
    return (Array.isArray(containers) ? containers : []).flatMap(
      (container: unknown, i): JsonPatchOperation[] => {
        const name = isObject(container) ? String(container['name']) : '';
        const image = images.get(name) ?? images.get('*');
        if (image === undefined) return [];
        found.add(name);
        return [{ op: 'add', path: `/spec/template/spec/${list}/${i}/image`, value: image }];
      },
    );
  });
  const missing = [...images.keys()].find((name) => name !== '*' && !found.has(name));
  if (missing !== undefined || operations.length === 0) {
    throw new AppError(
      'ConfigInvalid',
      `${target.kind} '${target.metadata.name}' has no container named "${missing ?? '*'}"`,
    );
  }
  return [version, ...operations];
}

function parseAssignment(text: string): readonly [container: string, image: string] {
  const equals = text.indexOf('=');
  if (equals > 0 && equals < text.length - 1) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new AppError(
    'ConfigInvalid',
    `${text}: expected CONTAINER=IMAGE, for instance web=example.org/web:1.2`,
  );
}
