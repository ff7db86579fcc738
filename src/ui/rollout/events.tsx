import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { EventView } from '#core/view/wire/detail.js';
import { Panel } from '../parts/panel.js';
import { Ago } from '../parts/time.js';

const first = 12;

/** Events and acts of people, newest first. */
export function Events({ of }: { of: readonly EventView[] }): JSX.Element {
  const isAll = useSignal(false);
  const shown = isAll.value ? of : of.slice(0, first);
  return (
    <Panel title="Events and acts" id="events">
      {of.length === 0 ? (
        <p class="quiet">None. The cluster keeps events for about an hour.</p>
      ) : (
        <table class="plain-table">
          <tbody>
            {shown.map((event) => (
              <tr key={event.key} class={event.actor === null ? event.type.toLowerCase() : 'act'}>
                <td class="num quiet">
                  <Ago at={event.at} />
                </td>
                <th scope="row">{event.actor ?? event.reason}</th>
                <td class="grow">
                  {visible(event.message)}
                  {event.count > 1 && <span class="quiet"> × {event.count}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {of.length > first && (
        <button type="button" class="plain" onClick={() => (isAll.value = !isAll.value)}>
          {isAll.value ? 'fewer' : `all ${of.length}`}
        </button>
      )}
    </Panel>
  );
}

/** Control and direction characters are shown as marks. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '␣');
}
