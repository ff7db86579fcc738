import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { GitDetail, GitRef } from '#core/view/wire/git.js';
import * as store from '../live/store.js';
import { setViewKeys } from '../parts/keys.js';
import { Mark } from '../parts/mark.js';
import { Panel } from '../parts/panel.js';
import { Ago, Phrase } from '../parts/time.js';
import { ActionBar } from '../rollout/action-bar.js';
import { openAction } from '../rollout/asked.js';
import { ActionDialog, Conditions, Events, Facts, TrailPanel } from '../rollout/more.js';
import { gitDetail } from './git-store.js';
import { Graph } from './graph.js';
import { refKey } from './layout.js';
import { Drift, Held, Leases, Managed, Runs } from './panels.js';

/** One source or Kustomization on one page. */
export function GitDetailView({ at }: { at: GitRef }): JSX.Element {
  const { state, why } = store.detailState.value;
  const shown = gitDetail.value;
  if (shown === null || refKey(shown.row) !== refKey(at))
    return (
      <main class="rollout" aria-busy={state !== 'missing'}>
        {state === 'missing' ? (
          <div class="empty">
            <h1 tabIndex={-1}>{refKey(at)} is not here</h1>
            <p>{why}.</p>
            <a class="button" href="/git">
              All of Git
            </a>
          </div>
        ) : (
          <div class="bone big" />
        )}
      </main>
    );
  if (state !== 'gone') return <Shown of={shown} isGone={false} />;
  const actions = shown.actions.map((action) => ({ ...action, disabled: 'it was deleted' }));
  return <Shown of={{ ...shown, actions }} isGone />;
}

function Shown({ of, isGone }: { of: GitDetail; isGone: boolean }): JSX.Element {
  const { row, trail } = of;
  useEffect(() => {
    document.title = `${row.state} ${row.name} · ${row.namespace}`;
    setViewKeys(Object.fromEntries(of.actions.map((action) => [action.key, () => openAction(action)])));
  });
  return (
    <main class="rollout git">
      {isGone && (
        <div class="strip off" role="alert">
          <span>
            This {row.kind} was deleted <Ago at={store.goneAt.value} />. What you see is its last state.
          </span>
        </div>
      )}
      <div class={`headline ${row.mark}`}>
        <div class="headline-title">
          <Mark of={row.mark} size={24} />
          <h1 tabIndex={-1}>
            <span class="quiet">{row.namespace} /</span> {row.name}
          </h1>
          <span class={`phase ${row.mark}`}>{row.state}</span>
          <span class="change num">{row.kind}</span>
          <span class="change mono">{row.revision}</span>
        </div>
        <p class="sentence">
          <Phrase of={row.sentence} />
        </p>
      </div>
      <ActionBar of={of} />
      {trail !== null && <TrailPanel of={trail} />}
      <Panel title="Where it stands">
        <Graph rows={[row, ...of.around]} />
      </Panel>
      <div class="columns">
        <div class="main-column">
          <Held of={of.held} />
          <Drift of={of} />
          <Leases of={of.leases} />
          <Managed of={of} />
          <Conditions of={of.conditions} />
          <Events of={of.events} />
        </div>
        <aside class="side-column">
          <Facts of={of.facts} />
          <Runs of={of.runs} />
        </aside>
      </div>
      <ActionDialog of={of} resource={of.resource} />
    </main>
  );
}
