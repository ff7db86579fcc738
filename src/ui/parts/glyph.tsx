import type { JSX } from 'preact';
import type { StepGlyph } from '#core/view/wire/detail.js';

const paths: Readonly<Record<StepGlyph, string>> = {
  weight: 'M2 13h12M4 13V9M8 13V6M12 13V3',
  pause: 'M8 4v4l2.5 2M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 108 1.8z',
  hold: 'M5.5 3v10M10.5 3v10',
  scale: 'M2 8h12M5 5L2 8l3 3M11 5l3 3-3 3',
  analysis: 'M2 12l4-5 3 3 5-7M2 14.5h12',
  experiment: 'M6 2h4M7 2v5l-4 7h10L9 7V2',
  header: 'M2 4h12M2 8h8M2 12h5',
  mirror: 'M8 2v12M5 5L2 8l3 3M11 5l3 3-3 3',
  plugin: 'M5 2v4M11 2v4M3 6h10v3a5 5 0 01-10 0z',
  pods: 'M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z',
  switch: 'M2 5h10M9 2l3 3-3 3M14 11H4M7 8l-3 3 3 3',
  start: 'M5 3l7 5-7 5z',
};

/** The picture of a kind of step. */
export function Glyph({ of }: { of: StepGlyph }): JSX.Element {
  return (
    <svg class="glyph" width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[of]} />
    </svg>
  );
}
