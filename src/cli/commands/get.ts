import type { Command } from 'commander';
import { kinds } from '#api/kinds.js';
import { formatInstant, instantOf, type Instant } from '#core/time/instant.js';
import { chainOf } from '#core/view/chain.js';
import { printPhrase } from '#core/view/format.js';
import { gatesOf } from '#core/view/gates.js';
import { headlineOf } from '#core/view/sentence.js';
import { treeOf } from '#core/view/tree.js';
import type { ViewInput } from '#core/view/view-input.js';
import { rolloutName, withConnection } from '../command.js';
import type { Connection, Io } from '../io.js';
import { printTree } from '../print/tree.js';
import { readView } from '../read-view.js';
import { onChanges } from '../watch-changes.js';

/** `sluice get rollout NAME`: the tree of a rollout, once or live. */
export function registerGet(program: Command, io: Io): void {
  const get = program.command('get').description('show one object');
  const rollout = get
    .command('rollout <name>')
    .aliases(['ro', 'rollouts'])
    .description('show a rollout with its revisions, pods and analysis runs')
    .option('-w, --watch', 'draw it again whenever something changes')
    .option('--no-color', 'no colours')
    .action(async (argument: string, flags: { watch?: boolean; color: boolean }) => {
      const name = rolloutName(argument);
      await withConnection(io, rollout, async (connection) => {
        const draw = (view: ViewInput): string =>
          drawRollout(view, flags.color && io.out.columns !== undefined);
        if (flags.watch !== true) io.out.write(draw(await readView(connection, io, name)));
        else await watch(connection, io, name, draw);
      });
    });
}

/** The headline, what is awaited, and the tree. */
function drawRollout(view: ViewInput, isColoured: boolean): string {
  const gates = gatesOf(view.runs, view.rollout.status?.currentPodHash);
  const chain = chainOf(view, gates);
  const waiting = chain.map(
    (link, depth) => `${'  '.repeat(depth)}↳ ${link.what}${link.by === '' ? '' : ` (${link.by})`}\n`,
  );
  const tree = printTree(treeOf(view), { isColoured, now: view.now });
  return `${printPhrase(headlineOf(view), view.now)}\n${waiting.join('')}\n${tree}`;
}

async function watch(
  connection: Connection,
  io: Io,
  name: string,
  draw: (view: ViewInput) => string,
): Promise<void> {
  let drawnLines = 0;
  let last = '';
  await onChanges(
    connection,
    io,
    [kinds.rollout, kinds.replicaSet, kinds.pod, kinds.analysisRun],
    async () => {
      const view = await readView(connection, io, name);
      const text = draw(view);
      if (io.out.columns === undefined) {
        const plain = `${formatInstant(view.now)} ${printPhrase(headlineOf(view), view.now)}\n`;
        if (plain.slice(20) !== last.slice(20)) io.out.write(plain);
        last = plain;
      } else {
        // Back to the first line drawn before, then clear to the end of the screen.
        io.out.write(`${drawnLines > 0 ? `\u001B[${drawnLines}A` : ''}\u001B[J${text}`);
        drawnLines = text.split('\n').length - 1;
      }
      return nextLook(view);
    },
  );
}

/** Ages and countdowns move by themselves: look again in a second while something is under way. */
function nextLook(view: ViewInput): Instant | undefined {
  return view.rollout.status?.phase === 'Healthy' ? undefined : instantOf(view.now + 1000);
}
