import type { JSX } from 'preact';
import type { Detail } from '#core/view/wire/detail.js';
import { TrailPanel } from '../git/trail.js';
import { Plots } from '../plots/plots.js';
import { Panel } from '../parts/panel.js';
import { ActionDialog } from './action-dialog.js';
import { Chain } from './chain.js';
import { Conditions } from './conditions.js';
import { Events } from './events.js';
import { Facts } from './facts.js';
import { showTables } from './show-tables.js';
import { Pods } from './pods.js';

export { carryOut } from './acting.js';
export { ActionDialog } from './action-dialog.js';
export { Conditions } from './conditions.js';
export { Events } from './events.js';
export { Facts } from './facts.js';
export { TrailPanel } from '../git/trail.js';
export { EmptyList } from '../list/empty.js';
export { KeysHelp } from '../parts/keys-help.js';
export { SignIn } from '../sign-in.js';
export { LastAct } from './last-act.js';
export { Switches } from './switches.js';

/** Everything below the ladder, and the dialog of the actions. */
export function Below({ of }: { of: Detail }): JSX.Element {
  const toggle = (
    <button type="button" class="plain" onClick={() => (showTables.value = !showTables.value)}>
      {showTables.value ? 'as plots' : 'as tables'} <kbd>v</kbd>
    </button>
  );
  return (
    <>
      <div class="columns">
        <div class="main-column">
          {of.trail !== null && <TrailPanel of={of.trail} isLinked />}
          <Panel title="Release over time" id="gates" aside={toggle}>
            <Plots of={of} isTable={showTables.value} />
          </Panel>
          <Conditions of={of.conditions} />
          <Events of={of.events} />
        </div>
        <aside class="side-column">
          <Chain of={of} />
          <Pods of={of.revisions} />
          <Facts of={of.facts} />
        </aside>
      </div>
      <ActionDialog of={of} />
    </>
  );
}
