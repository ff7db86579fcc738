import type { JSX } from 'preact';
import type { Outcome } from '#core/view/wire/gate.js';
import type { Mark as MarkName } from '#core/view/wire/list.js';

const words: Readonly<Record<MarkName, string>> = {
  ok: 'healthy',
  run: 'progressing',
  wait: 'waiting',
  bad: 'degraded',
  undecided: 'undecided',
  off: 'unknown',
};

/** The shape of a state: disc, ring, bars, octagon, diamond or dashed ring. `progress` fills the ring. */
export function Mark(props: { of: MarkName; size?: number; progress?: number | null }): JSX.Element {
  const size = props.size ?? 16;
  return (
    <svg
      class={`mark ${props.of}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      role="img"
      aria-label={words[props.of]}
    >
      {shapes[props.of](props.progress ?? 0.3)}
    </svg>
  );
}

const shapes: Readonly<Record<MarkName, (progress: number) => JSX.Element>> = {
  ok: () => (
    <>
      <circle cx="8" cy="8" r="7" class="fill" />
      <path d="M4.8 8.3l2.2 2.2 4.3-4.6" class="cut" />
    </>
  ),
  run: (progress) => <Ring progress={progress} />,
  wait: () => (
    <>
      <rect x="3.4" y="2" width="3.4" height="12" rx="1" class="fill" />
      <rect x="9.2" y="2" width="3.4" height="12" rx="1" class="fill" />
    </>
  ),
  bad: () => (
    <>
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" class="fill" />
      <path d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" class="cut" />
    </>
  ),
  undecided: () => <path d="M8 .8L15.2 8 8 15.2.8 8z" class="fill" />,
  off: () => <circle cx="8" cy="8" r="6" class="line" stroke-dasharray="2.6 2.1" />,
};

/** A ring that is filled with the share of what is done. */
function Ring({ progress }: { progress: number }): JSX.Element {
  const around = 2 * Math.PI * 6;
  return (
    <>
      <circle cx="8" cy="8" r="6" class="line faint" />
      <circle
        cx="8"
        cy="8"
        r="6"
        class="line"
        stroke-dasharray={`${Math.max(0.02, progress) * around} ${around}`}
        transform="rotate(-90 8 8)"
      />
    </>
  );
}

/** The shape of one measurement: disc, cross, diamond, triangle, or a ring for no data. */
export function Dot({ of, hollow = false }: { of: Outcome; hollow?: boolean }): JSX.Element {
  return (
    <svg
      class={`dot ${of}${hollow ? ' hollow' : ''}`}
      width="12"
      height="12"
      viewBox="-6 -6 12 12"
      role="img"
      aria-label={outcomeWords[of]}
    >
      {dots[of]}
    </svg>
  );
}

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  pass: 'pass',
  fail: 'fail',
  undecided: 'undecided',
  error: 'source error',
  nodata: 'no data',
  pending: 'running',
};

const dots: Readonly<Record<Outcome, JSX.Element>> = {
  pass: <circle r="4" />,
  fail: <path d="M-3.5-3.5l7 7M3.5-3.5l-7 7" class="stroke" />,
  undecided: <path d="M0-5L5 0 0 5-5 0z" />,
  error: <path d="M0-4.6L5 4.2H-5z" />,
  nodata: <circle r="3.6" class="stroke" />,
  pending: <circle r="1.6" />,
};
