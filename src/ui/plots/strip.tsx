import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { colours } from '../parts/theme.js';
import { readInk, type Ink } from './ink.js';
import { cursorAt, type StripModel } from './strip-model.js';

const importDraw = () => import('./draw.js');
const chunk = signal<Awaited<ReturnType<typeof importDraw>> | null>(null);

/** Fetches the drawing code once; a strip has its final height before it is there. */
async function load(): Promise<void> {
  chunk.value ??= await importDraw();
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
  const said = useRef<HTMLSpanElement>(null);
  return (
    <>
      <div
        ref={host}
        class="strip-plot"
        role="img"
        aria-label={model.label}
        tabIndex={0}
        style={{ height: `${model.height}px` }}
        onKeyDown={(event) => {
          const at = stopFor(event.key, model.stops ?? []);
          if (at === undefined) return;
          event.preventDefault();
          const left = at === null ? -10 : (plot.current?.valToPos(at, 'x') ?? -10);
          plot.current?.setCursor({ left, top: 10 });
          cursorAt.value = at;
          if (said.current !== null)
            said.current.textContent = at === null ? '' : (model.wordsAt?.(at) ?? '');
        }}
      />
      <span ref={said} class="unseen" role="status" />
    </>
  );
}

/** Where a key leads from the crosshair: `null` away from the plot, `undefined` nowhere. */
function stopFor(key: string, stops: readonly number[]): number | null | undefined {
  const at = cursorAt.value;
  switch (key) {
    case 'ArrowLeft':
      return stops.findLast((stop) => at === null || stop < at - 1);
    case 'ArrowRight':
      return stops.find((stop) => at === null || stop > at + 1);
    case 'Home':
      return stops[0];
    case 'End':
      return stops.at(-1);
    case 'Escape':
      return at === null ? undefined : null;
    default:
      return undefined;
  }
}
