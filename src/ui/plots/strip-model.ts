import { signal } from '@preact/signals';
import type uPlot from 'uplot';
import type { TimeAxis } from './axis.js';
import type { Ink } from './ink.js';

/** Where the crosshair is, in all strips at once; `null`: nowhere. */
export const cursorAt = signal<number | null>(null);

/** One strip over the shared time axis. */
export interface StripModel {
  readonly height: number;
  /** The time that it shares with the other strips. */
  readonly axis: TimeAxis;
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
  /** Moments that the arrow keys walk, in order, and what is said of the one that they come to. */
  readonly stops?: readonly number[];
  readonly wordsAt?: (at: number) => string;
}

interface SeriesModel {
  readonly colour: keyof Ink;
  readonly fill?: (ink: Ink) => string;
  readonly dash?: readonly number[];
  readonly width: number;
  readonly shape: 'steps' | 'line';
}

/** Something whose newest value is read at the time of drawing. */
export interface Held<T> {
  readonly current: T;
}
