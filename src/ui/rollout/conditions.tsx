import type { JSX } from 'preact';
import type { ConditionView } from '#core/view/wire/detail.js';
import { Panel } from '../parts/panel.js';
import { Ago } from '../parts/time.js';

export function Conditions({ of }: { of: readonly ConditionView[] }): JSX.Element {
  return (
    <Panel title="Conditions" id="conditions">
      {of.length === 0 ? (
        <p class="quiet">The controller has not set any.</p>
      ) : (
        <table class="plain-table">
          <tbody>
            {of.map((one) => (
              <tr key={one.type}>
                <th scope="row">
                  <span class={`truth ${one.status.toLowerCase()}`} aria-hidden="true" />
                  {one.type}
                </th>
                <td>{one.status}</td>
                <td class="grow">
                  {one.message || one.reason} {one.message !== '' && <span class="quiet">{one.reason}</span>}
                </td>
                <td class="num quiet">{one.since !== null && <Ago at={one.since} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
