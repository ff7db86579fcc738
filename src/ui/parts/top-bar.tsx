import type { JSX } from 'preact';
import { formatClock } from '#core/view/words/format.js';
import { reconnect } from '../live/connection.js';
import { route } from '../live/router.js';
import { live, now, tally } from '../live/store.js';
import { cycleTheme, theme } from './theme.js';
import { openKeys } from './help.js';
import { clockText } from './time.js';

/** The bar on top of every view: where one is, whether it is live, how it looks. */
export function TopBar(): JSX.Element {
  const { degraded, person } = tally.value;
  return (
    <header class="top">
      <a class="brand" href="/rollouts">
        <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">
          <path class="b1" d="M3 5h18v3H3z" />
          <path class="b2" d="M5 8h3v11H5zM16 8h3v11h-3z" />
          <path class="b3" d="M9 13h6v6H9z" />
        </svg>
        Sluice
      </a>
      <nav aria-label="Views">
        <a href="/rollouts" aria-current={route.value.view === 'list' ? 'page' : undefined}>
          Rollouts
        </a>
        <a href="/git" aria-current={route.value.view === 'git' ? 'page' : undefined}>
          Git
        </a>
      </nav>
      <span class="grow" />
      <a class={`chip bad${degraded === 0 ? ' none' : ''}`} href="/rollouts?q=is:degraded">
        {degraded} degraded
      </a>
      <a class={`chip wait${person === 0 ? ' none' : ''}`} href="/rollouts?q=needs:person">
        {person} for a person
      </a>
      <LiveMark />
      <button
        class="plain"
        type="button"
        onClick={cycleTheme}
        title="Theme (t)"
        aria-label={`Theme: ${theme.value}`}
      >
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="6.2" class="line" />
          <path d="M8 1.8a6.2 6.2 0 010 12.4z" class="fill" />
        </svg>
        <span class="wide">{theme.value}</span>
      </button>
      <button class="plain" type="button" onClick={openKeys} title="Keys (?)" aria-label="Keyboard">
        ?
      </button>
    </header>
  );
}

function LiveMark(): JSX.Element {
  const { state } = live.value;
  const words = { live: 'live', connecting: 'connecting', stale: 'stale', signedOut: 'signed out' } as const;
  return (
    <span class={`live ${state}`} role="status">
      <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
        <circle cx="4" cy="4" r="4" />
      </svg>
      {words[state]}
    </span>
  );
}

/** Says that what is shown may be old, since when, and what to do. */
export function StaleStrip(): JSX.Element | null {
  const { state, since, why } = live.value;
  if (state !== 'stale') return null;
  return (
    <div class="strip wait" role="alert">
      <span>
        No live data since {clockText(since)}: {why}. Figures below stand still.
      </span>
      <Waiting since={since} />
      <button type="button" onClick={reconnect}>
        Try now
      </button>
    </div>
  );
}

/** Counts by the browser's clock: the server's stands still here. */
function Waiting({ since }: { since: number }): JSX.Element {
  void now.value;
  return <span class="num">{formatClock(Date.now() - since)}</span>;
}
