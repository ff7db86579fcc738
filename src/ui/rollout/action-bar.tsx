import type { JSX } from 'preact';
import type { ActionView, Detail } from '#core/view/wire/detail.js';
import { carryOut, openAction } from './acting.js';
import { more } from './more-chunk.js';

/** Seven buttons in fixed slots; one that does not apply stays and says why. */
export function ActionBar({ of }: { of: Detail }): JSX.Element {
  return (
    <div class="actions" role="toolbar" aria-label="Actions">
      {of.actions.map((action) => (
        <ActionButton key={action.key} of={action} isPrimary={of.row.next === action.verb} />
      ))}
      {more.value !== null && <more.value.LastAct of={of} />}
    </div>
  );
}

function ActionButton({ of, isPrimary }: { of: ActionView; isPrimary: boolean }): JSX.Element {
  const { disabled } = of;
  const tone = disabled !== null ? '' : of.verb === 'abort' ? ' stop' : isPrimary ? ' primary' : '';
  return (
    <button
      type="button"
      class={`act${tone}`}
      aria-disabled={disabled !== null}
      aria-keyshortcuts={of.key}
      title={disabled ?? `${of.text} Way back: ${of.wayBack}`}
      onClick={() => {
        if (of.level === 0 && disabled === null) void carryOut(of, '');
        else openAction(of);
      }}
    >
      {of.label}
      <kbd>{of.key}</kbd>
      {disabled !== null && <span class="sr">: {disabled}</span>}
    </button>
  );
}
