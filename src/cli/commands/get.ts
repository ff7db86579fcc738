import type { Command } from 'commander';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds, type Kind } from '#api/kinds.js';
import { experimentTree } from '#core/inspect/experiment-tree.js';
import { ownedBy, type InspectInput } from '#core/inspect/input.js';
import { readPhase } from '#core/inspect/phase.js';
import { rolloutTree } from '#core/inspect/rollout-tree.js';
import { summaryOfExperiment, summaryOfRollout } from '#core/inspect/summary.js';
import { waitsOfStatus } from '#core/rollout/why/lines.js';
import { addMs, earliest, formatInstant, type Instant } from '#core/time/instant.js';
import { printPhrase, printTimeless } from '#core/view/words/format.js';
import { headlineOf } from '#core/view/words/sentence.js';
import { viewInputOf, type ViewInput } from '#core/view/view-input.js';
import { rolloutName, withConnection } from '../command.js';
import { numberFlag } from '../flags.js';
import type { Connection, Io } from '../io.js';
import { hasColours } from '../print/colour.js';
import { fitScreen, wrapWords } from '../print/fit.js';
import { field, printInspectTree, printSummary } from '../print/inspect.js';
import { printWaiting } from '../print/waiting.js';
import { readExperiment, readInspect } from '../read-inspect.js';
import { readRollout } from '../read-view.js';
import { onChanges } from '../watch-changes.js';

const plainColumns = 120;
const labelColumns = 17;

interface Flags {
  readonly watch?: boolean;
  readonly color: boolean;
  readonly timeoutSeconds: string;
}

/** What is drawn of an object at one moment. */
interface Drawing {
  readonly lines: readonly string[];
  /** One line that changes only when something happens, for a log. */
  readonly said: string;
  /** Whether nothing moves any more, so that it need not be drawn anew for its ages. */
  readonly isCalm: boolean;
  readonly now: Instant;
}

/** `sluice get rollout NAME` and `sluice get experiment NAME`: the state and the tree of one object, once or live. */
export function registerGet(program: Command, io: Io): void {
  const get = program.command('get').description('show one object');
  registerKind(get, io, 'rollout', ['ro', 'rollouts']);
  registerKind(get, io, 'experiment', ['exp', 'experiments']);
}

function registerKind(
  get: Command,
  io: Io,
  word: 'rollout' | 'experiment',
  aliases: readonly string[],
): void {
  const command = get
    .command(`${word} <name>`)
    .aliases(aliases)
    .description(`show ${word === 'rollout' ? 'a rollout' : 'an experiment'} with what belongs to it`)
    .option('-w, --watch', 'draw it again whenever something changes')
    .option('--no-color', 'no colours; also by NO_COLOR in the environment')
    .option('--timeout-seconds <seconds>', 'stop watching after this time; 0 is never', '0')
    .action(async (argument: string, flags: Flags) => {
      const name = word === 'rollout' ? rolloutName(argument) : argument.replace(/^exp(eriments?)?\//, '');
      const isColoured = flags.color && hasColours(io);
      const seconds = numberFlag('--timeout-seconds', flags.timeoutSeconds);
      const deadline = seconds === 0 ? undefined : addMs(io.clock.now(), seconds * 1000);
      const how = { isWatched: flags.watch === true, isColoured, deadline };
      await withConnection(io, command, async (connection) => showObject(connection, io, word, name, how));
    });
}

interface Showing {
  readonly isWatched: boolean;
  readonly isColoured: boolean;
  /** When watching ends by itself. */
  readonly deadline?: Instant | undefined;
}

/** Writes the state and the tree of an object, once or until the user ends it. */
export async function showObject(
  connection: Connection,
  io: Io,
  word: 'rollout' | 'experiment',
  name: string,
  { isWatched, isColoured, deadline }: Showing,
): Promise<void> {
  const draw = word === 'rollout' ? drawRollout : drawExperiment;
  const look = async (): Promise<Drawing> => draw(connection, io, name, isColoured);
  if (isWatched) await watch(connection, io, look, deadline);
  else io.out.write(`${(await look()).lines.join('\n')}\n`);
}

async function drawRollout(
  connection: Connection,
  io: Io,
  name: string,
  isColoured: boolean,
): Promise<Drawing> {
  const [rollout, input] = await Promise.all([readRollout(connection, name), readInspect(connection, io)]);
  const view = viewOf(rollout, input);
  const { phase, message } = readPhase(rollout);
  const reason = message.split(':')[0] ?? '';
  const phaseWords = reason === '' ? phase : `${phase} (${reason})`;
  return {
    lines: [
      ...printSummary(summaryOfRollout(rollout, input), isColoured),
      ...(phase === 'Healthy' ? [] : nowLines(view, io.out.columns)),
      '',
      ...printInspectTree(rolloutTree(rollout, input), isColoured),
    ],
    said: `${phaseWords}: ${printTimeless(headlineOf(view))}`,
    isCalm: phase === 'Healthy',
    now: input.now,
  };
}

/** What happens and what is awaited, in our words, below the peer's block. */
function nowLines(view: ViewInput, columns = plainColumns): readonly string[] {
  const sentence = wrapWords(printPhrase(headlineOf(view), view.now), columns - labelColumns);
  return [field('Now:', ...sentence), ...printWaiting(view).split('\n').slice(0, -1)];
}

/** What the projections of the page look at, of the same objects. */
function viewOf(rollout: Rollout, input: InspectInput): ViewInput {
  const replicaSets = ownedBy(rollout, input.replicaSets);
  return viewInputOf({
    rollout,
    replicaSets,
    pods: replicaSets.flatMap((rs) => ownedBy(rs, input.pods)),
    runs: ownedBy(rollout, input.runs),
    waits: waitsOfStatus(rollout.status),
    now: input.now,
  });
}

async function drawExperiment(
  connection: Connection,
  io: Io,
  name: string,
  isColoured: boolean,
): Promise<Drawing> {
  const [experiment, input] = await Promise.all([
    readExperiment(connection, name),
    readInspect(connection, io),
  ]);
  const { phase = 'Pending', message = '' } = experiment.status ?? {};
  return {
    lines: [
      ...printSummary(summaryOfExperiment(experiment, input), isColoured),
      '',
      ...printInspectTree(experimentTree(experiment, input), isColoured),
    ],
    said: message === '' ? phase : `${phase} - ${message}`,
    isCalm: !['Pending', 'Running'].includes(phase),
    now: input.now,
  };
}

const watched: readonly Kind[] = [kinds.rollout, kinds.replicaSet, kinds.pod, kinds.analysisRun];

async function watch(
  connection: Connection,
  io: Io,
  draw: () => Promise<Drawing>,
  deadline: Instant | undefined,
): Promise<void> {
  let drawn = 0;
  let said = '';
  const hasExperiments = (await connection.kube.resolve('argoproj.io/v1alpha1', 'Experiment')) !== undefined;
  await onChanges(connection, io, {
    watched: hasExperiments ? [...watched, kinds.experiment] : watched,
    deadline,
    look: async () => {
      if (deadline !== undefined && io.clock.now() >= deadline) return 'done';
      const drawing = await draw();
      const { columns, rows = 24 } = io.out;
      if (columns === undefined) {
        if (drawing.said !== said) io.out.write(`${formatInstant(drawing.now)} ${drawing.said}\n`);
        ({ said } = drawing);
        return deadline;
      }
      const lines = fitScreen(drawing.lines, columns, rows);
      if (lines.join('\n') !== said) {
        said = lines.join('\n');
        // Back to the first line drawn before, then clear to the end of the screen.
        io.out.write(`${drawn > 0 ? `\u001B[${drawn}A` : ''}\u001B[J${said}\n`);
        drawn = lines.length;
      }
      // Ages and countdowns move by themselves.
      return earliest(addMs(drawing.now, drawing.isCalm ? 10_000 : 1000), deadline);
    },
  });
}
