import type { JSX } from 'preact';
import { formatSpan } from '#core/view/words/format.js';
import type { CommitView, Trail, TrailStop } from '#core/view/wire/git.js';
import { pathOf } from '../live/router.js';
import { Mark } from '../parts/mark.js';
import { Panel } from '../parts/panel.js';
import { Ago, keepTogether } from '../parts/time.js';
import { gitPath } from './node.js';

/** From a commit to what became of its releases, on one line of time. */
export function TrailPanel({ of, isLinked }: { of: Trail; isLinked?: boolean }): JSX.Element {
  const { commit, stops, releases, next, leadMs, kustomization } = of;
  const aside = leadMs !== null && <span class="quiet num">{formatSpan(leadMs)} in all</span>;
  return (
    <Panel title="From commit to release" id="trail" aside={aside}>
      {next !== null && (
        <p class="trail-commit quiet">
          Next: <Commit of={next.commit} />
          {next.fetchedAt !== null && (
            <>
              , fetched <Ago at={next.fetchedAt} />
            </>
          )}
        </p>
      )}
      <p class="trail-commit">
        <Commit of={commit} />
        {isLinked === true && (
          <>
            {' '}
            applied by <a href={gitPath(kustomization)}>{kustomization.name}</a>
          </>
        )}
      </p>
      <Stops of={stops} label="Commit" />
      {releases.map((release) => (
        <div key={release.namespace + release.name}>
          {isLinked !== true && (
            <h3>
              <a href={pathOf(release)}>{release.name}</a> <span class="quiet">{release.namespace}</span>
            </h3>
          )}
          {release.stops.length === 0 ? (
            <p class="quiet">This commit began no release of it.</p>
          ) : (
            <Stops of={release.stops} label={`Release of ${release.name}`} />
          )}
        </div>
      ))}
    </Panel>
  );
}

/** A commit in one line: revision, author and subject as far as they are known. */
export function Commit({ of }: { of: CommitView }): JSX.Element {
  return (
    <>
      <b class="mono" title={of.sha ?? of.revision}>
        {of.revision}
      </b>
      {of.author !== null && ` ${of.author}`}
      {of.subject !== null && ` “${of.subject}”`}
    </>
  );
}

function Stops({ of, label }: { of: readonly TrailStop[]; label: string }): JSX.Element {
  return (
    <ol class="trail" aria-label={label}>
      {of.map(({ what, at, mark, note, tookMs }, i) => (
        <li key={i} class={at === null && mark !== 'ok' ? 'open' : ''}>
          <span class="took num">
            {tookMs !== null && (tookMs < 1000 ? '<\u00a01\u00a0s' : keepTogether(formatSpan(tookMs)))}
          </span>
          <Mark of={mark} />
          <b>{what}</b>
          <span class="quiet">
            {at !== null && <Ago at={at} />} {note}
          </span>
        </li>
      ))}
    </ol>
  );
}
