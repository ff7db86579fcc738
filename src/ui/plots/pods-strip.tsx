import type { JSX } from 'preact';
import type { Detail } from '#core/view/wire/detail.js';
import { pointAt, type TimeAxis } from './axis.js';
import { faded } from './ink.js';
import { cursorAt, type StripModel } from './strip-model.js';
import { Strip } from './strip.js';

/** Ready pods by revision, stacked; the line is what is desired. */
export function PodsStrip({ of, axis }: { of: Detail; axis: TimeAxis }): JSX.Element {
  const point = pointAt(axis.points, cursorAt.value ?? axis.now);
  return (
    <div class="strip-block">
      <div class="strip-title">
        <b>Ready pods</b>
        <span class="key stable">stable {point?.stable ?? '–'}</span>
        <span class="key canary">canary {point?.canary ?? '–'}</span>
        {(point?.older ?? 0) > 0 && <span class="key older">older {point?.older}</span>}
        <span class="key desired">desired {point?.desired ?? of.row.replicas.desired}</span>
      </div>
      <Strip model={modelOf(of, axis)} />
    </div>
  );
}

function modelOf(of: Detail, axis: TimeAxis): StripModel {
  const end = Math.min(axis.now, axis.range[1]);
  // What was put together from events knows no pods.
  const known = of.timeline.rebuiltUntil ?? Number.NEGATIVE_INFINITY;
  const points = axis.points.filter((point) => point.at <= end && point.at >= known);
  // Without a plot of weights above, the times stand here.
  const isTop = of.row.strategy !== 'canary';
  const last = points.at(-1);
  const closed = last === undefined ? [] : [...points, { ...last, at: end }];
  const most = Math.max(
    1,
    ...closed.map((point) => Math.max(point.desired, point.stable + point.canary + point.older)),
  );
  const stable = closed.map((point) => point.stable);
  const canary = closed.map((point) => point.stable + point.canary);
  const older = closed.map((point) => point.stable + point.canary + point.older);
  return {
    height: isTop ? 101 : 84,
    axis,
    y: [0, most * 1.08],
    ySplits: [0, most],
    yText: (value) => String(Math.round(value)),
    hasTimeAxis: isTop,
    data: [closed.map((point) => point.at), older, canary, stable, closed.map((point) => point.desired)],
    series: [
      { colour: 'off', width: 1, shape: 'steps', fill: (ink) => faded(ink.off, 0.15) },
      { colour: 'canary', width: 1, shape: 'steps', fill: (ink) => faded(ink.canary, 0.4) },
      { colour: 'stable', width: 1, shape: 'steps', fill: (ink) => mix(ink.stable, ink.bg) },
      { colour: 'text3', width: 1, shape: 'steps', dash: [3, 3] },
    ],
    label: `ready pods: stable ${last?.stable ?? 0}, canary ${last?.canary ?? 0}, desired ${of.row.replicas.desired}`,
  };
}

/** Half of each, opaque: what lies below must not shine through. */
function mix(a: string, b: string): string {
  const part = (text: string, at: number): number => Number.parseInt(text.slice(at, at + 2), 16);
  if (!/^#[0-9a-f]{6}$/i.test(a) || !/^#[0-9a-f]{6}$/i.test(b)) return a;
  const mixed = [1, 3, 5].map((at) => Math.round(part(a, at) * 0.45 + part(b, at) * 0.55));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
