import type { JSX } from 'preact';
import { type Acted, type AnyAction, openAction } from './asked.js';
import type { LastActProps } from './last-act.js';
import { loadMore, more } from './more-chunk.js';

/** Buttons in fixed slots; one that does not apply stays and says why. */
export function ActionBar({ of }: { of: Acted & LastActProps['of'] }): JSX.Element {
  return (
    <div class="actions" role="toolbar" aria-label="Actions">
      {of.actions.map((action) => (
        <ActionButton key={action.key} of={action} on={of} />
      ))}
      {more.value !== null && <more.value.LastAct of={of} />}
    </div>
  );
}

function ActionButton({ of, on }: { of: AnyAction; on: Acted }): JSX.Element {
  const { disabled } = of;
  const isPrimary = 'next' in on.row && on.row.next === of.verb;
  const tone = disabled !== null ? '' : of.verb === 'abort' ? ' stop' : isPrimary ? ' primary' : '';
  return (
    <button
      type="button"
      class={`act${tone}`}
      aria-disabled={disabled !== null}
      aria-keyshortcuts={of.key}
      title={disabled ?? `${of.text} Way back: ${of.wayBack}`}
      onClick={() => {
        if (of.level === 0 && disabled === null) void loadMore().then(() => more.value?.carryOut(of, '', on));
        else openAction(of);
      }}
    >
      {of.label}
      <kbd>{of.key}</kbd>
      {disabled !== null && <span class="sr">: {disabled}</span>}
    </button>
  );
}
