import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { formatPercent } from '#core/view/words/format.js';
import type { Outcome } from '#core/view/wire/gate.js';
import type { GateCounts, Row, WeightView } from '#core/view/wire/list.js';
import { pathOf } from '../live/router.js';
import { Dot, Mark } from '../parts/mark.js';
import { Ago, keepTogether, Phrase } from '../parts/time.js';
import { useTint } from '../parts/tint.js';
import { MiniLadder } from './mini-ladder.js';

interface RowProps {
  readonly row: Signal<Row>;
  readonly top: number;
  readonly index: number;
  readonly isSelected: boolean;
  readonly isRoomy: boolean;
}

/** One rollout in one line; in a short list with its sentence below. */
export function ListRow({ row: { value: row }, top, index, isSelected, isRoomy }: RowProps): JSX.Element {
  const tag = row.image.slice(row.image.lastIndexOf('/') + 1);
  return (
    <div
      class={`row ${row.mark}${isSelected ? ' selected' : ''}`}
      role="row"
      aria-rowindex={index + 1}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" class="state" ref={useTint(row.phase)}>
        <Mark of={row.mark} progress={row.step === null ? 0.3 : row.step[0] / row.step[1]} />
        {row.phase}
      </span>
      <a role="cell" class="name" href={pathOf(row)} title={`${row.namespace}/${row.name}`}>
        <b>{row.name}</b> <span class="quiet">{row.namespace}</span>
      </a>
      {!isRoomy && (
        <span role="cell" class="reason">
          <Phrase of={row.reason} />
        </span>
      )}
      <span role="cell" class="steps">
        <MiniLadder of={row.ladder} />
      </span>
      <span role="cell" class="weight num" ref={useTint(row.weight)}>
        <Weight of={row.weight} row={row} />
      </span>
      <span role="cell" class="gates num" ref={useTint(row.gates)}>
        <Gates of={row.gates} />
      </span>
      <span role="cell" class="image" ref={useTint(row.image)} title={row.image}>
        <b class="num">{row.revision || '–'}</b> {tag}
      </span>
      <span role="cell" class="since num">
        {row.since === null ? '–' : <Ago at={row.since} />}
      </span>
      <span role="cell" class="next">
        {row.next !== null && row.can.includes(row.next) && (
          <a class="button" href={`${pathOf(row)}?do=${row.next}`}>
            {labelOf(row.next)}
          </a>
        )}
      </span>
      {isRoomy && (
        <span class="sentence" role="cell">
          <Phrase of={row.sentence} />
        </span>
      )}
    </div>
  );
}

/** `promotefull` as `Promote full…`. */
function labelOf(verb: string): string {
  return `${verb.charAt(0).toUpperCase()}${verb.slice(1).replace('full', ' full')}…`;
}

/** Wanted weight, and what was seen when it is not the same. */
function Weight({ of, row }: { of: WeightView | null; row: Row }): JSX.Element {
  if (of === null) return <>{row.strategy === 'blueGreen' ? 'blue-green' : '–'}</>;
  const isSame = of.observed !== null && Math.abs(of.observed - of.wanted) < 0.5;
  const seen = of.observed === null ? 'not confirmed' : `seen ${formatPercent(of.observed)}`;
  return (
    <>
      {keepTogether(formatPercent(of.wanted))} {!isSame && <span class="quiet">({keepTogether(seen)})</span>}
    </>
  );
}

function Gates({ of }: { of: GateCounts }): JSX.Element {
  const parts: readonly (readonly [Outcome, number])[] = [
    ['pass', of.pass],
    ['undecided', of.undecided],
    ['fail', of.fail],
    ['error', of.error],
  ];
  const shown = parts.filter(([, count]) => count > 0);
  if (shown.length === 0) return <span class="quiet">–</span>;
  return (
    <>
      {shown.map(([outcome, count]) => (
        <span class="count">
          <Dot of={outcome} />
          {count}
        </span>
      ))}
    </>
  );
}
