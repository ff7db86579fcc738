import type { JSX } from 'preact';
import type { FactView } from '#core/view/wire/detail.js';
import { Panel } from '../parts/panel.js';

export function Facts({ of }: { of: readonly FactView[] }): JSX.Element {
  return (
    <Panel title="Facts">
      <dl class="facts">
        {of.map(({ label, value }) => (
          <>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </Panel>
  );
}
