import type { Command } from 'commander';
import type { Kustomization } from '#api/flux/kustomization.js';
import { ExitWith, UsageError, withConnection } from '../../command.js';
import { compareWithCluster, type ObjectDifference } from '../../flow/compare.js';
import { findOne, groups } from '../../flow/flow-objects.js';
import { readTree } from '../../flow/read-tree.js';
import type { Connection, Io } from '../../io.js';

interface Flags {
  readonly path: string;
  readonly exitCode?: boolean;
}

/** `sluice kustomization diff NAME`, and in short `sluice diff NAME`. */
export function registerDiff(parent: Command, io: Io): void {
  const diff = parent
    .command('diff <kustomization...>')
    .description('what a kustomization would change in the cluster if a local checkout were its source')
    .option('--path <folder>', 'the root of the checkout', '.')
    .option('--exit-code', 'end with 1 when there is a difference')
    .action(async (words: readonly string[], flags: Flags) =>
      withConnection(io, diff, async (connection) => {
        const isDifferent = await printDiff(connection, io, nameOfWords(words), flags.path);
        if (isDifferent && flags.exitCode === true) throw new ExitWith(1);
      }),
    );
}

/** `NAME` or `kustomization NAME`. */
function nameOfWords(words: readonly string[]): string {
  const [first = '', second, ...more] = words;
  if (second === undefined) return first;
  if (more.length === 0 && ['ks', 'kustomization'].includes(first)) return second;
  throw new UsageError(`"${words.join(' ')}": expected the name of one kustomization`);
}

async function printDiff(connection: Connection, io: Io, name: string, path: string): Promise<boolean> {
  const { object } = await findOne(connection, groups.kustomization, name);
  // Found by the kind of Kustomizations alone.
  const kustomization = object as unknown as Kustomization;
  const found = await compareWithCluster(connection, kustomization, await readTree(path));
  const { differences, releases } = found;
  for (const difference of [...differences, ...found.leased]) io.out.write(linesOf(difference));
  for (const hold of found.holds) io.out.write(`hold ${hold}\n`);
  for (const release of releases) io.out.write(`release ${release}\n`);
  const isSame = differences.length + found.leased.length + found.holds.length === 0;
  if (isSame) io.err.write('no difference\n');
  return differences.length > 0;
}

function linesOf({ subject, action, changes, note }: ObjectDifference): string {
  const head = `${action} ${subject}${note === undefined ? '' : ` (${note})`}\n`;
  const fields = changes.map((change) => {
    const from = 'from' in change ? shown(change.from) : '<absent>';
    const to = 'to' in change ? shown(change.to) : '<removed>';
    return `  ${change.path}: ${from} → ${to}\n`;
  });
  return head + fields.join('');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
