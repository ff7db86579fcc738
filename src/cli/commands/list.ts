import type { Command } from 'commander';
import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { experimentColumns, rolloutColumns, type ListColumn } from '#core/inspect/list-rows.js';
import { formatInstant, type Instant } from '#core/time/instant.js';
import { UsageError, withConnection } from '../command.js';
import type { Connection, Io } from '../io.js';
import { listAll } from '../read-view.js';
import { onChanges } from '../watch-changes.js';
import { printAttention } from './list-wide.js';

interface Flags {
  readonly allNamespaces?: boolean;
  readonly name?: string;
  readonly watch?: boolean;
  readonly timestamps?: boolean;
  readonly output?: string;
}

/** `sluice list rollouts` and `sluice list experiments`. */
export function registerList(program: Command, io: Io): void {
  const list = program.command('list').description('list rollouts or experiments');
  const rollouts = flagged(list.command('rollouts').aliases(['ro', 'rollout']), 'rollout')
    .option('-o, --output <wide>', 'wide: what each waits for, what needs a person first')
    .action(async (flags: Flags) => {
      if (flags.output !== undefined && flags.output !== 'wide')
        throw new UsageError(`--output ${flags.output}: expected wide`);
      await withConnection(io, rollouts, async (connection) =>
        flags.output === 'wide'
          ? printAttention(connection, io, flags.allNamespaces === true)
          : listKind<Rollout>(connection, io, kinds.rollout, rolloutColumns, flags),
      );
    });
  const experiments = flagged(
    list.command('experiments').aliases(['exp', 'experiment']),
    'experiment',
  ).action(async (flags: Flags) =>
    withConnection(io, experiments, async (connection) =>
      listKind<Experiment>(connection, io, kinds.experiment, experimentColumns, flags),
    ),
  );
}

function flagged(command: Command, word: string): Command {
  return command
    .description(`list ${word}s`)
    .option('-A, --all-namespaces', 'of every namespace')
    .option('--name <name>', `only the ${word} of this name`)
    .option('-w, --watch', 'go on with a line for each change')
    .option('--timestamps', 'begin each line with the time');
}

async function listKind<T extends KubeObject>(
  connection: Connection,
  io: Io,
  kind: Kind,
  columns: readonly ListColumn<T>[],
  flags: Flags,
): Promise<void> {
  const isEverywhere = flags.allNamespaces === true;
  const where = isEverywhere ? { kube: connection.kube } : connection;
  const selector = flags.name === undefined ? undefined : `metadata.name=${flags.name}`;
  const all = withPlace(columns, flags);
  const table = createTable(all);
  const look = async (): Promise<void> => {
    const now = io.clock.now();
    const objects = await listAll<T>(where, kind, selector);
    const text = table.next(objects, now);
    if (text !== '') io.out.write(text);
  };
  await look();
  if (flags.watch !== true && table.isEmpty()) io.err.write('No resources found.\n');
  else if (flags.watch !== true) return;
  else
    await onChanges(connection, io, {
      watched: [kind],
      isEverywhere,
      look: async () => look().then(() => undefined),
    });
}

function withPlace<T extends KubeObject>(
  columns: readonly ListColumn<T>[],
  { allNamespaces = false, timestamps = false }: Flags,
): readonly ListColumn<T>[] {
  const place: ListColumn<T> = {
    header: 'NAMESPACE',
    least: 9,
    cell: ({ metadata }) => metadata.namespace ?? '',
  };
  const time: ListColumn<T> = { header: 'TIMESTAMP', least: 20, cell: (_, now) => formatInstant(now) };
  return [...(timestamps ? [time] : []), ...(allNamespaces ? [place] : []), ...columns];
}

interface ChangingTable<T> {
  /** The lines that are new or differ from before, below the header at the first time; '' when none do. */
  next(objects: readonly T[], now: Instant): string;
  isEmpty(): boolean;
}

function createTable<T extends KubeObject>(columns: readonly ListColumn<T>[]): ChangingTable<T> {
  const shown = new Map<string, string>();
  let widths = columns.map(({ header, least }) => Math.max(header.length, least));
  let isBegun = false;
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return {
    isEmpty: () => shown.size === 0,
    next(objects, now) {
      const changed = objects.flatMap((object) => {
        const cells = columns.map(({ cell }) => cell(object, now));
        const id = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
        // A time that runs on is no change.
        const state = columns
          .flatMap(({ header }, i) => (movesAlone.has(header) ? [] : [cells[i] ?? '']))
          .join('\n');
        if (shown.get(id) === state) return [];
        shown.set(id, state);
        return [cells];
      });
      widths = widths.map((width, i) => Math.max(width, ...changed.map((cells) => (cells[i] ?? '').length)));
      const header = isBegun || shown.size === 0 ? [] : [columns.map((column) => column.header)];
      isBegun ||= shown.size > 0;
      return [...header, ...changed].map((cells) => `${lineOf(cells)}\n`).join('');
    },
  };
}

const movesAlone: ReadonlySet<string> = new Set(['TIMESTAMP', 'AGE', 'REMAINING']);
