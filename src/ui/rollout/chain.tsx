import type { JSX } from 'preact';
import type { ChainLink, Detail } from '#core/view/wire/detail.js';
import { Panel } from '../parts/panel.js';
import { Ago, keepTogether, Phrase } from '../parts/time.js';
import { openAction } from './asked.js';

/** What is being waited for; the last line is the cause, a clock or a person. */
export function Chain({ of }: { of: Detail }): JSX.Element {
  const { chain, row } = of;
  const leaf = chain.at(-1);
  const offered = leaf?.by === 'a person' ? of.actions.find((action) => action.verb === row.next) : undefined;
  return (
    <Panel title="Waiting for" id="waiting">
      {chain.length === 0 ? (
        <p class="quiet">Nothing. {row.mark === 'ok' ? 'The newest revision is stable.' : 'It moves on.'}</p>
      ) : (
        <ol class="chain">
          <li>
            <b>{row.name}</b>
          </li>
          {chain.map((link, i) => (
            <LinkItem of={link} isLeaf={i === chain.length - 1} />
          ))}
        </ol>
      )}
      {offered !== undefined && offered.disabled === null && (
        <button type="button" class="primary" onClick={() => openAction(offered)}>
          {offered.label}
        </button>
      )}
    </Panel>
  );
}

function LinkItem({ of: link, isLeaf }: { of: ChainLink; isLeaf: boolean }): JSX.Element {
  return (
    <li class={isLeaf ? 'leaf' : ''}>
      <span class="what">{keepTogether(link.what)}</span>
      <span class="quiet">
        {link.since !== null && (
          <>
            for <Ago at={link.since} suffix="" />
          </>
        )}
        {link.until !== null && (
          <>
            {' '}
            · next <Phrase of={[{ until: link.until }]} />
          </>
        )}
        {isLeaf && link.by !== '' && <> · ended by {link.by}</>}
      </span>
    </li>
  );
}
