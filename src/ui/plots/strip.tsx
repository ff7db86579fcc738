import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { colours } from '../parts/theme.js';
import { readInk, type Ink } from './ink.js';

/** Where the crosshair is, in all strips at once; `null`: nowhere. */
export const cursorAt = signal<number | null>(null);

/** One strip over the shared time axis. */
export interface StripModel {
  readonly height: number;
  /** Milliseconds since 1970. */
  readonly range: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
  readonly ySplits: readonly number[];
  readonly yText: (value: number) => string;
  readonly hasTimeAxis: boolean;
  readonly data: uPlot.AlignedData;
  readonly series: readonly SeriesModel[];
  /** Under the series. */
  readonly paintUnder?: (plot: uPlot, ink: Ink) => void;
  /** Over the series. */
  readonly paintOver?: (plot: uPlot, ink: Ink) => void;
  /** One sentence for those who see no plot. */
  readonly label: string;
}

export interface SeriesModel {
  readonly colour: keyof Ink;
  readonly fill?: (ink: Ink) => string;
  readonly dash?: readonly number[];
  readonly width: number;
  readonly shape: 'steps' | 'line';
}

const chunk = signal<typeof import('./draw.js') | null>(null);

/** Fetches the drawing code once; a strip has its final height before it is there. */
async function load(): Promise<void> {
  chunk.value ??= await import('./draw.js');
}

/** Draws a strip and keeps it equal to its model. */
export function Strip({ model }: { model: StripModel }): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(model);
  const plot = useRef<uPlot | null>(null);
  const ink = useRef<Ink>(readInk());
  latest.current = model;
  const loaded = chunk.value;
  const shape = model.series.map((one) => one.colour + one.shape).join();
  useEffect(() => {
    const box = host.current;
    if (box === null) return undefined;
    void load();
    if (loaded === null) return undefined;
    const made = loaded.drawStrip(latest, ink, box);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      if (box.clientWidth > 0 && box.clientWidth !== made.width)
        made.setSize({ width: box.clientWidth, height: latest.current.height });
    });
    observer.observe(box);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [shape, model.height, loaded]);
  useEffect(() => {
    plot.current?.setData(model.data);
  });
  const colour = colours.value;
  useEffect(() => {
    ink.current = readInk();
    plot.current?.redraw();
  }, [colour]);
  return (
    <div
      ref={host}
      class="strip-plot"
      role="img"
      aria-label={model.label}
      tabIndex={0}
      style={{ height: `${model.height}px` }}
    />
  );
}

/** Something whose newest value is read at the time of drawing. */
export interface Held<T> {
  readonly current: T;
}
