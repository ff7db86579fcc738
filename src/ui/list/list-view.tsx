import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { go, pathOf, query, setQuery } from '../live/router.js';
import * as store from '../live/store.js';
import { setViewKeys } from '../parts/keys.js';
import { loadMore, more } from '../rollout/more-chunk.js';
import { ListRow } from './row.js';
import { useWindow } from './window.js';

/** The list: what needs a person first. */
export function ListView(): JSX.Element {
  const selected = useSignal(-1);
  const body = useRef<HTMLDivElement>(null);
  const order = store.shownOrder.value;
  const all = store.rows.value;
  const isRoomy = order.length <= 12;
  const height = isRoomy ? (innerWidth < 768 ? 92 : 72) : 40;
  const view = useWindow(body, order.length, height);
  useEffect(() => {
    document.title = titleOf();
    setViewKeys(listKeys(selected, height));
  });
  useEffect(() => {
    if (!store.isListHeld.peek()) store.applyOrder();
  }, [query.value]);
  useEffect(() => {
    if (order.length === 0) void loadMore();
  }, [order.length]);
  if (all === null) return <Loading />;
  return (
    <main class="list">
      <Summary />
      <FilterBar />
      {order.length === 0 ? (
        more.value !== null && <more.value.EmptyList isFiltered={query.value !== ''} hasRows={all.size > 0} />
      ) : (
        <div
          class={`rows ${isRoomy ? 'roomy' : 'compact'}`}
          role="table"
          aria-label="Rollouts"
          aria-rowcount={order.length}
        >
          <ColumnHeads isRoomy={isRoomy} />
          <div
            ref={body}
            role="rowgroup"
            class="row-body"
            style={{ height: `${order.length * height}px` }}
            {...holdWhilePointed}
          >
            {order.slice(view.from, view.to).map((key, i) => {
              const row = all.get(key);
              const index = view.from + i;
              return row === undefined ? null : (
                <ListRow
                  key={key}
                  row={row}
                  top={index * height}
                  index={index}
                  isSelected={index === selected.value}
                  isRoomy={isRoomy}
                />
              );
            })}
          </div>
        </div>
      )}
    </main>
  );
}

/** Order and membership wait while somebody points at the list or has the focus in it. */
const holdWhilePointed = {
  onPointerEnter: () => (store.isListHeld.value = true),
  onPointerLeave: () => release(),
  onFocusIn: () => (store.isListHeld.value = true),
  onFocusOut: () => release(),
};

function release(): void {
  store.isListHeld.value = false;
  store.applyOrder();
}

function listKeys(selected: { value: number }, height: number): Parameters<typeof setViewKeys>[0] {
  const move = (by: number): void => {
    const last = store.shownOrder.value.length - 1;
    selected.value = Math.min(last, Math.max(0, selected.value + by));
    const row = document.querySelector(`[aria-rowindex="${selected.value + 1}"]`);
    if (row === null) scrollTo(0, selected.value * height);
    else row.scrollIntoView({ block: 'nearest' });
  };
  return {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    '.': store.applyOrder,
    Enter: () => {
      const row = store.rows.value?.get(store.shownOrder.value[selected.value] ?? '');
      const isElsewhere = document.activeElement?.closest('a, button') ?? null;
      if (row === undefined || isElsewhere !== null) return false;
      go(pathOf(row.value));
      return true;
    },
  };
}

function titleOf(): string {
  const { degraded, person } = store.tally.value;
  const parts = [
    ...(degraded > 0 ? [`${degraded} degraded`] : []),
    ...(person > 0 ? [`${person} waiting`] : []),
  ];
  return `${parts.join(', ') || 'Rollouts'} · Sluice`;
}

function Summary(): JSX.Element {
  const { degraded, doubtful, person, running, healthy, all } = store.tally.value;
  const parts: readonly (readonly [number, string, string])[] = [
    [degraded, 'degraded', 'is:degraded'],
    [doubtful, 'with a doubtful gate', 'gate:failing'],
    [person, 'for a person', 'needs:person'],
    [running, 'running', 'is:running'],
    [healthy, 'healthy', 'is:healthy'],
  ];
  return (
    <div class="summary">
      <h1 tabIndex={-1}>Rollouts</h1>
      <p>
        {parts.map(([count, word, filter]) => (
          <a key={word} class={count === 0 ? 'none' : ''} href={`/rollouts?q=${encodeURIComponent(filter)}`}>
            {word} <b class="num">{count}</b>
          </a>
        ))}
        {all === 0 && <span class="quiet">none yet</span>}
      </p>
    </div>
  );
}

function FilterBar(): JSX.Element {
  const parsed = store.filter.value;
  const moves = store.pendingMoves.value;
  return (
    <div class="filter-bar">
      <label class="filter">
        <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
          <path class="stroke" d="M7 2a5 5 0 100 10A5 5 0 107 2zM11 11l3.5 3.5" />
        </svg>
        <input
          id="filter"
          type="search"
          aria-label="Filter"
          placeholder="Filter: is:waiting ns:pay-* image:*1.42*"
          value={query.value}
          aria-invalid={!parsed.ok}
          spellcheck={false}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <kbd>/</kbd>
      </label>
      <span class="filter-note" role="status">
        {!parsed.ok && (
          <>
            <u>{parsed.term}</u>: {parsed.why}
          </>
        )}
      </span>
      <button type="button" class="moves" disabled={moves === 0} onClick={store.applyOrder}>
        {moves === 0 ? 'in order' : `${moves} moved · apply`} <kbd>.</kbd>
      </button>
    </div>
  );
}

function ColumnHeads({ isRoomy }: { isRoomy: boolean }): JSX.Element {
  const all = ['State', 'Rollout', 'Reason', 'Steps', 'Traffic', 'Gates', 'Revision', 'Since'];
  const heads = isRoomy ? all.filter((head) => head !== 'Reason') : all;
  return (
    <div class="row-head" role="row">
      {heads.map((head) => (
        <span role="columnheader">{head}</span>
      ))}
      <span role="columnheader" class="sr">
        Action
      </span>
    </div>
  );
}

function Loading(): JSX.Element {
  return (
    <main class="list" aria-busy="true">
      <div class="summary">
        <h1 tabIndex={-1}>Rollouts</h1>
      </div>
      <div class="skeleton">
        {[1, 2, 3, 4, 5, 6].map(() => (
          <div class="bone" />
        ))}
      </div>
    </main>
  );
}
