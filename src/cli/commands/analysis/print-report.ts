import type { TimelineEntry, TrialReport } from '#core/gate-trial/report.js';
import { formatGoDuration } from '#core/time/duration.js';
import type { Mark } from '#core/view/wire/list.js';
import { fitLine } from '../../print/fit.js';
import { printTable } from '../../print/table.js';
import type { Io } from '../../io.js';
import { hasColours, tinted } from '../../print/colour.js';

const marks: Readonly<Record<string, readonly [shape: string, mark: Mark]>> = {
  Successful: ['●', 'ok'],
  Failed: ['✕', 'bad'],
  Inconclusive: ['◆', 'undecided'],
  Error: ['▲', 'wait'],
  Running: ['◌', 'run'],
};

const mostRows = 400;
const widestValue = 40;

/** The phase with the shape that the page draws for it. */
export function printPhase(phase: string): string {
  return `${marks[phase]?.[0] ?? '○'} ${phase}`;
}

/** The colour of a phase. */
export function markOf(phase: string): Mark {
  return marks[phase]?.[1] ?? 'off';
}

/** Seconds as Go prints durations, to a tenth of a second from one on. */
export function printSeconds(seconds: number): string {
  return formatGoDuration(seconds < 1 ? Math.round(seconds * 1000) : Math.round(seconds * 10) * 100);
}

/** The timeline of a run as a table. */
export function printTimeline({ timeline }: TrialReport, io: Pick<Io, 'out' | 'env'>): string {
  const left = Math.max(0, timeline.length - mostRows);
  const shown = timeline.slice(0, mostRows);
  const rows = shown.map((entry) => [
    printSeconds(entry.afterSeconds),
    entry.metric,
    entry.what === 'ends' ? 'ends' : shortened(entry.value),
    printPhase(entry.phase),
    remarkOf(entry),
  ]);
  const lines = printTable(['TIME', 'METRIC', 'VALUE', 'OUTCOME', 'SO FAR'], rows).split('\n');
  const coloured = lines.map((line, i) => {
    const phase = shown[i - 1]?.phase ?? '';
    return colourPhase(line, phase, hasColours(io));
  });
  const { columns } = io.out;
  const fitted = columns === undefined ? coloured : coloured.map((line) => fitLine(line, columns));
  const more = left === 0 ? '' : `… ${left} more rows; -o json has them all\n`;
  return `${fitted.join('\n')}${more}`;
}

/** One line of a timeline that goes on. */
export function printEntry(entry: TimelineEntry, isColoured: boolean): string {
  const { afterSeconds, metric, what, value, phase } = entry;
  const time = printSeconds(Math.round(afterSeconds)).padEnd(7);
  const shown = what === 'ends' ? 'ends' : shortened(value);
  const head = [time, metric, shown].filter((part) => part !== '').join('  ');
  return `${head}  ${tinted(printPhase(phase), markOf(phase), isColoured)}  ${remarkOf(entry)}\n`;
}

/** The verdict in one line, and why in the next. */
export function printVerdict({ verdict, afterSeconds, message }: TrialReport, isColoured: boolean): string {
  const head = `${tinted(printPhase(verdict), markOf(verdict), isColoured)} after ${printSeconds(afterSeconds)}`;
  return message === '' ? `${head}\n` : `${head}\n  ${message}\n`;
}

function remarkOf({ what, soFar, message, note }: TimelineEntry): string {
  const parts = what === 'ends' ? [message, note] : [soFar, note, message];
  return parts.filter((part) => part !== undefined && part !== '').join('; ');
}

function shortened(value: string): string {
  return value.length <= widestValue ? value : `${value.slice(0, widestValue - 1)}…`;
}

function colourPhase(line: string, phase: string, isColoured: boolean): string {
  const text = printPhase(phase);
  const [, mark] = marks[phase] ?? [];
  return mark === undefined ? line : line.replace(text, () => tinted(text, mark, isColoured));
}
