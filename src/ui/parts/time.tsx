import type { JSX } from 'preact';
import { formatSpan, type Phrase as PhraseParts } from '#core/view/words/format.js';
import { live, now } from '../live/store.js';

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const date = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: '2-digit' });
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `05:12:03` in the reader's zone. */
export function clockText(at: number): string {
  return clock.format(at);
}

/** Local time with its zone, and UTC. */
function fullTime(at: number): string {
  return `${date.format(at)} ${clock.format(at)} ${zone} · ${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** `12 min ago` up to a day, then the date; the exact time on hover and focus. */
export function Ago({ at, suffix = ' ago' }: { at: number; suffix?: string }): JSX.Element {
  const age = Math.max(0, now.value - at);
  const text = age > 86_400_000 ? date.format(at) : `${formatSpan(coarse(age))}${suffix}`;
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {keepTogether(text)}
    </time>
  );
}

/** Seconds are shown for the first two minutes only, so that old rows do not flicker. */
function coarse(ms: number): number {
  return ms < 120_000 ? ms : Math.floor(ms / 60_000) * 60_000;
}

/** A phrase of the server whose times run here. */
export function Phrase({ of }: { of: PhraseParts }): JSX.Element {
  return <>{of.map((part) => (typeof part === 'string' ? keepTogether(part) : <Running part={part} />))}</>;
}

function Running({ part }: { part: Exclude<PhraseParts[number], string> }): JSX.Element {
  if ('since' in part) return <Ago at={part.since} suffix="" />;
  const left = part.until - now.value;
  const about = live.value.state === 'live' ? '' : '≈ ';
  return (
    <time dateTime={new Date(part.until).toISOString()} title={fullTime(part.until)}>
      {keepTogether(left <= 0 ? 'now' : `in ${about}${formatSpan(left + 999)}`)}
    </time>
  );
}

/** A figure and its unit stay on one line. */
export function keepTogether(text: string): string {
  return text.replace(/(\d) (%|s|min|h|d)\b/g, '$1\u00a0$2').replace(/(\d) %/g, '$1\u00a0%');
}
