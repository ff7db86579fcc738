import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { printPhrase } from '#core/view/words/format.js';
import { instantOf } from '#core/time/instant.js';
import type { Detail } from '#core/view/wire/detail.js';
import { go, pathOf } from '../live/router.js';
import * as store from '../live/store.js';
import { setViewKeys, type KeyMap } from '../parts/keys.js';
import { Ago } from '../parts/time.js';
import { ActionBar } from './action-bar.js';
import { openAction } from './asked.js';
import { Headline } from './headline.js';
import { Ladder } from './ladder.js';
import { heightOf, loadMore, more } from './more-chunk.js';
import { showTables } from './show-tables.js';

/** One rollout on one page. */
export function RolloutView({ namespace, name }: { namespace: string; name: string }): JSX.Element {
  const { state, why } = store.detailState.value;
  const shown = store.detail.value;
  if (shown === null) return <Without name={name} namespace={namespace} state={state} why={why} />;
  if (state !== 'gone') return <Shown of={shown} isGone={false} />;
  const actions = shown.actions.map((action) => ({ ...action, disabled: 'it was deleted' }));
  return <Shown of={{ ...shown, actions }} isGone />;
}

function Shown({ of, isGone }: { of: Detail; isGone: boolean }): JSX.Element {
  const { row } = of;
  useEffect(() => {
    const at = store.now.peek();
    const weight =
      row.weight === null ? '' : `${printPhrase([`${Math.round(row.weight.wanted)} %`], instantOf(at))} `;
    document.title = `${icons[row.mark]} ${weight}${row.name} · ${row.namespace}`;
    setViewKeys(rolloutKeys(of));
  });
  useEffect(() => {
    void loadMore();
    openFromAddress();
  }, []);
  const loaded = more.value;
  return (
    <main class="rollout">
      {isGone && (
        <div class="strip off" role="alert">
          <span>
            This rollout was deleted <Ago at={store.goneAt.value} />. What you see is its last state.
          </span>
        </div>
      )}
      {of.isBehind !== null && <div class="strip off">The status is behind the spec: {of.isBehind}.</div>}
      <Headline of={of} />
      <ActionBar of={of} />
      {of.switches !== null && (
        <div class="switches-place">
          {loaded !== null && <loaded.Switches of={of.switches} mark={row.mark} />}
        </div>
      )}
      <Ladder of={of} />
      {loaded === null ? <div style={{ minHeight: `${heightOf(of)}px` }} /> : <loaded.Below of={of} />}
    </main>
  );
}

const icons: Readonly<Record<Detail['row']['mark'], string>> = {
  ok: '✓',
  run: '◔',
  wait: '⏸',
  bad: '✕',
  undecided: '◆',
  off: '○',
};

/** `?do=promote` in the address opens that dialog once. */
function openFromAddress(): void {
  const verb = new URLSearchParams(location.search).get('do');
  if (verb === null) return;
  history.replaceState(null, '', location.pathname);
  const action = store.detail.peek()?.actions.find((one) => one.verb === verb);
  if (action !== undefined) openAction(action);
}

function rolloutKeys(of: Detail): KeyMap {
  const actions = of.actions.map((action) => [action.key, () => openAction(action)] as const);
  const step = (by: number): boolean => {
    const order = store.shownOrder.value;
    const next = order[order.indexOf(store.keyOf(of.row)) + by];
    const row = next === undefined ? undefined : store.rows.value?.get(next)?.value;
    if (row === undefined) return false;
    go(pathOf(row));
    return true;
  };
  return {
    ...Object.fromEntries(actions),
    ']': () => step(1),
    '[': () => step(-1),
    J: () => step(1),
    K: () => step(-1),
    v: () => {
      showTables.value = !showTables.value;
    },
  };
}

function Without(props: {
  namespace: string;
  name: string;
  state: store.DetailState;
  why: string;
}): JSX.Element {
  const { namespace, name, state, why } = props;
  if (state === 'missing')
    return (
      <main class="rollout">
        <div class="empty">
          <h1 tabIndex={-1}>
            {namespace}/{name} is not here
          </h1>
          <p>{why}.</p>
          <a class="button" href="/rollouts">
            All rollouts
          </a>
        </div>
      </main>
    );
  return (
    <main class="rollout" aria-busy="true">
      <div class="headline">
        <h1 tabIndex={-1}>
          <span class="quiet">{namespace} /</span> {name}
        </h1>
      </div>
      <div class="bone" />
      <div class="bone" />
      <div class="bone big" />
    </main>
  );
}
