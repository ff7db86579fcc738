import type { Command } from 'commander';
import { kinds } from '#api/kinds.js';
import { formatInstant, instantOf, type Instant } from '#core/time/instant.js';
import { printPhrase, printTimeless } from '#core/view/format.js';
import { phaseOf } from '#core/view/phase.js';
import { headlineOf } from '#core/view/sentence.js';
import { treeOf } from '#core/view/tree.js';
import type { ViewInput } from '#core/view/view-input.js';
import { rolloutName, withConnection } from '../command.js';
import type { Connection, Io } from '../io.js';
import { hasColours, tinted } from '../print/colour.js';
import { fitScreen, wrapWords } from '../print/fit.js';
import { printTree } from '../print/tree.js';
import { printWaiting } from '../print/waiting.js';
import { readView } from '../read-view.js';
import { onChanges } from '../watch-changes.js';

const plainColumns = 120;

/** `sluice get rollout NAME`: the tree of a rollout, once or live. */
export function registerGet(program: Command, io: Io): void {
  const get = program.command('get').description('show one object');
  const rollout = get
    .command('rollout <name>')
    .aliases(['ro', 'rollouts'])
    .description('show a rollout with its revisions, pods and analysis runs')
    .option('-w, --watch', 'draw it again whenever something changes')
    .option('--no-color', 'no colours; also by NO_COLOR in the environment')
    .action(async (argument: string, flags: { watch?: boolean; color: boolean }) => {
      const name = rolloutName(argument);
      const isColoured = flags.color && hasColours(io);
      await withConnection(io, rollout, async (connection) => {
        const draw = (view: ViewInput): string => drawRollout(view, isColoured, io.out.columns);
        if (flags.watch !== true) io.out.write(draw(await readView(connection, io, name)));
        else await watch(connection, io, name, draw);
      });
    });
}

/** The phase and headline, what is awaited, and the tree. */
function drawRollout(view: ViewInput, isColoured: boolean, columns = plainColumns): string {
  const { phase, mark } = phaseOf(view.rollout);
  const sentence = printPhrase(headlineOf(view), view.now);
  const [first = '', ...rest] = wrapWords(`${phaseWords(view)}: ${sentence}`, columns);
  const headline = [first.replace(phase, tinted(phase, mark, isColoured)), ...rest];
  const tree = printTree(treeOf(view), { isColoured, now: view.now });
  return `${headline.join('\n')}\n${printWaiting(view)}\n${tree}`;
}

/** The phase, and the reason in the controller's own words: `Paused (CanaryPauseStep)`. */
function phaseWords({ rollout }: ViewInput): string {
  const { phase, message } = phaseOf(rollout);
  const reason = message.split(':')[0] ?? '';
  return reason === '' ? phase : `${phase} (${reason})`;
}

async function watch(
  connection: Connection,
  io: Io,
  name: string,
  draw: (view: ViewInput) => string,
): Promise<void> {
  let drawn = 0;
  let said = '';
  await onChanges(connection, io, {
    watched: [kinds.rollout, kinds.replicaSet, kinds.pod, kinds.analysisRun],
    look: async () => {
      const view = await readView(connection, io, name);
      const { columns, rows = 24 } = io.out;
      if (columns === undefined) {
        const line = `${phaseWords(view)}: ${printTimeless(headlineOf(view))}`;
        if (line !== said) io.out.write(`${formatInstant(view.now)} ${line}\n`);
        said = line;
        return undefined;
      }
      const lines = fitScreen(draw(view).trimEnd().split('\n'), columns, rows);
      if (lines.join('\n') === said) return nextLook(view);
      said = lines.join('\n');
      // Back to the first line drawn before, then clear to the end of the screen.
      io.out.write(`${drawn > 0 ? `\u001B[${drawn}A` : ''}\u001B[J${lines.join('\n')}\n`);
      drawn = lines.length;
      return nextLook(view);
    },
  });
}

/** Ages and countdowns move by themselves: look again in a second while something is under way. */
function nextLook(view: ViewInput): Instant {
  return instantOf(view.now + (view.rollout.status?.phase === 'Healthy' ? 10_000 : 1000));
}
