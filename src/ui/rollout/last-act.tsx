import type { JSX } from 'preact';
import type { EventView } from '#core/view/wire/detail.js';
import { Ago } from '../parts/time.js';
import { acting } from './acting.js';

/** The object, and what was told of it. */
export interface LastActProps {
  readonly of: { readonly row: { readonly name: string }; readonly events: readonly EventView[] };
}

/** Sent, written, observed; then who did the last thing and how to undo it. */
export function LastAct({ of }: LastActProps): JSX.Element | null {
  const act = acting.value;
  if (act !== null && act.object === of.row.name && Date.now() - act.at < 600_000) {
    const order = ['sent', 'written', 'observed'] as const;
    const reached = order.findIndex((one) => one === act.state);
    if (act.state === 'failed')
      return (
        <span class="last bad" role="alert">
          {act.label}: {act.message}
        </span>
      );
    return (
      <span class="last" role="status">
        <b>{act.label}</b>
        {order.map((one, i) => (
          <span class={i <= reached ? 'tick done' : 'tick'}>
            {one} {i <= reached ? '✓' : '…'}
          </span>
        ))}
      </span>
    );
  }
  const last = of.events.find((event) => event.actor !== null);
  if (last === undefined) return null;
  return (
    <span class="last quiet" title={last.message}>
      last: {shortAct(last.message)} · <Ago at={last.at} />
    </span>
  );
}

function shortAct(message: string): string {
  return message
    .replace(/ asked for /, ' · ')
    .replace(/ \(request [\w-]+\)$/, '')
    .replace(/: .*$/, '');
}
