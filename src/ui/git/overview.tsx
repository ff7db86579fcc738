import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { GitRow } from '#core/view/wire/git.js';
import { query, setQuery } from '../live/router.js';
import { setViewKeys } from '../parts/keys.js';
import { NoMatch } from '../parts/no-match.js';
import { parseGitFilter } from './git-filter.js';
import { gitNote, gitRows } from './git-store.js';
import { Graph } from './graph.js';
import { refKey } from './layout.js';

/** More than this is not drawn at once: the filter narrows it. */
const mostRows = 300;

const questions: readonly (readonly [word: string, filter: string, test: (row: GitRow) => boolean])[] = [
  ['failing', 'is:failing', ({ attention }) => attention.class <= 2],
  ['held', 'is:held', ({ held }) => held > 0],
  ['drifted', 'is:drifted', ({ drift }) => drift > 0],
  ['suspended', 'is:suspended', ({ isSuspended }) => isSuspended],
  ['ready', 'is:ready', ({ mark }) => mark === 'ok'],
];

/** Every source and Kustomization as a graph, what needs a look first. */
export function Overview(): JSX.Element {
  useEffect(() => {
    document.title = 'Git · Sluice';
    setViewKeys({});
  });
  const known = gitRows.value;
  if (known === null)
    return (
      <main class="list" aria-busy="true">
        <h1 tabIndex={-1}>Git</h1>
        <div class="bone big" />
      </main>
    );
  const rows = [...known.values()];
  const filter = parseGitFilter(query.value);
  const found = filter.ok ? rows.filter(filter.test) : rows;
  const shown = found.toSorted(compareRows).slice(0, mostRows);
  return (
    <main class="list git">
      <div class="summary">
        <h1 tabIndex={-1}>Git</h1>
        <p>
          {questions.map(([word, text, test]) => {
            const count = rows.filter(test).length;
            return (
              <a key={word} class={count === 0 ? 'none' : ''} href={`/git?q=${text}`}>
                {word} <b class="num">{count}</b>
              </a>
            );
          })}
        </p>
      </div>
      <div class="filter-bar">
        <label class="filter">
          <input
            id="filter"
            type="search"
            aria-label="Filter"
            placeholder="Filter: is:drifted kind:git ns:pay-*"
            value={query.value}
            aria-invalid={!filter.ok}
            spellcheck={false}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
          <kbd>/</kbd>
        </label>
        <span class="filter-note" role="status">
          {filter.ok ? (
            found.length > mostRows && `${mostRows} of ${found.length} shown: filter to see others`
          ) : (
            <>
              <u>{filter.term}</u>: {filter.why}
            </>
          )}
        </span>
      </div>
      {shown.length === 0 ? (
        <Nothing hasRows={rows.length > 0} />
      ) : (
        <Graph rows={withSources(shown, known)} />
      )}
    </main>
  );
}

function compareRows(a: GitRow, b: GitRow): number {
  return a.attention.class - b.attention.class || (refKey(a) < refKey(b) ? -1 : 1);
}

/** What is found, and the sources that it comes from. */
function withSources(rows: readonly GitRow[], known: ReadonlyMap<string, GitRow>): readonly GitRow[] {
  const all = new Map(rows.map((row) => [refKey(row), row]));
  for (const { source } of rows) {
    const row = source === null ? undefined : known.get(refKey(source));
    if (row !== undefined) all.set(refKey(row), row);
  }
  return [...all.values()];
}

/** Why there is nothing, and what to do: none match, none may be read or seen, none exist. */
function Nothing({ hasRows }: { hasRows: boolean }): JSX.Element {
  const { hidden, refused } = gitNote.value;
  if (hasRows) return <NoMatch />;
  if (refused !== null)
    return (
      <div class="empty">
        <h2>Kustomizations cannot be read here</h2>
        <p>{refused}</p>
      </div>
    );
  if (hidden)
    return (
      <div class="empty">
        <h2>There are sources and Kustomizations, but none that you may see</h2>
        <p>Ask for the right to list kustomizations.kustomize.toolkit.fluxcd.io in your namespace.</p>
      </div>
    );
  return (
    <div class="empty">
      <h2>No source and no Kustomization exists yet</h2>
      <p>This makes a repository and what is applied of it:</p>
      <code>kubectl apply -f examples/git-minimal</code>
    </div>
  );
}
