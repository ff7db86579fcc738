import type { JSX } from 'preact';
import type { Detail, EventView } from '#core/view/wire/detail.js';
import { clockText } from '../parts/time.js';
import type { TimeAxis } from './axis.js';
import { cursorAt } from './strip-model.js';

/** Conditions as bars, events and acts as ticks, under the plots and on their axis. */
export function Lanes({ of, axis }: { of: Detail; axis: TimeAxis }): JSX.Element {
  const acts = of.events.filter((event) => event.actor !== null);
  const events = of.events.filter((event) => event.actor === null);
  const shown = of.conditions.filter((one) =>
    ['Progressing', 'Paused', 'Healthy', 'Available'].includes(one.type),
  );
  const end = Math.min(axis.now, axis.range[1]);
  return (
    <div class="lanes">
      {shown.map((one) => (
        <Lane key={one.type} name={one.type}>
          <Bar
            axis={axis}
            from={one.since ?? axis.range[0]}
            to={end}
            state={one.status.toLowerCase()}
            title={`${one.type} ${one.status}: ${one.message}`}
          />
        </Lane>
      ))}
      <Lane name="Events">
        <Ticks of={events} axis={axis} />
      </Lane>
      <Lane name="Acts">
        <Ticks of={acts} axis={axis} />
      </Lane>
      <Crosshair axis={axis} />
    </div>
  );
}

function Lane({ name, children }: { name: string; children: JSX.Element }): JSX.Element {
  return (
    <div class="lane">
      <span class="lane-name" title={name}>
        {name}
      </span>
      <div class="lane-track">{children}</div>
    </div>
  );
}

function share(at: number, { range: [from, to] }: TimeAxis): number {
  return Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));
}

function Bar(props: { axis: TimeAxis; from: number; to: number; state: string; title: string }): JSX.Element {
  const left = share(props.from, props.axis);
  const width = Math.max(0.4, share(props.to, props.axis) - left);
  return (
    <span class={`bar ${props.state}`} title={props.title} style={{ left: `${left}%`, width: `${width}%` }} />
  );
}

/** Events closer than about six pixels become one tick with a count. */
function Ticks({ of, axis }: { of: readonly EventView[]; axis: TimeAxis }): JSX.Element {
  const groups: { at: number; events: EventView[] }[] = [];
  for (const event of of.toSorted((a, b) => a.at - b.at)) {
    if (event.at < axis.range[0]) continue;
    const at = share(event.at, axis);
    const last = groups.at(-1);
    if (last !== undefined && at - last.at < 1) last.events.push(event);
    else groups.push({ at, events: [event] });
  }
  return (
    <>
      {groups.map(({ at, events }) => (
        <span
          key={events[0]?.key}
          class={`tick-mark${events.some((event) => event.type === 'Warning') ? ' warning' : ''}${events[0]?.actor === null ? '' : ' act'}`}
          style={{ left: `${at}%` }}
          title={events.map((event) => `${clockText(event.at)} ${event.reason}: ${event.message}`).join('\n')}
        >
          {events[0]?.actor === null || events[0] === undefined
            ? events.length > 1
              ? events.length
              : ''
            : events[0].actor?.slice(0, 2).toUpperCase()}
        </span>
      ))}
    </>
  );
}

function Crosshair({ axis }: { axis: TimeAxis }): JSX.Element | null {
  const at = cursorAt.value;
  if (at === null) return null;
  return (
    <div class="lane-cross">
      <span style={{ left: `${share(at, axis)}%` }} />
    </div>
  );
}
