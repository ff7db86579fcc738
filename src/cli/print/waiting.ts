import type { Instant } from '#core/time/instant.js';
import { chainOf } from '#core/view/words/chain.js';
import { printPhrase } from '#core/view/words/format.js';
import { gatesOf } from '#core/view/gates/gates.js';
import { rowOf } from '#core/view/row.js';
import type { ViewInput } from '#core/view/view-input.js';
import type { ChainLink } from '#core/view/wire/detail.js';
import type { Verb } from '#core/view/wire/list.js';

/**
 * What a Rollout waits for, one line a link of the chain with the cause last, and the commands with which a person may
 * end it; `''` when it waits for nothing.
 */
export function printWaiting(view: ViewInput): string {
  const gates = gatesOf(view.runs, view.rollout.status?.currentPodHash);
  const chain = chainOf(view, gates);
  const links = chain.map(
    (link, depth) => `${'  '.repeat(depth)}↳ ${linkWords(link, chain[depth - 1], view.now)}\n`,
  );
  return `${links.join('')}${printWays(view)}`;
}

/** The commands with which a person may go on, one a line; `''` when nobody needs to. */
export function printWays(view: ViewInput): string {
  return waysOn(view)
    .map((way) => `  ${way}\n`)
    .join('');
}

function linkWords(link: ChainLink, above: ChainLink | undefined, now: Instant): string {
  const isSaid = link.by === above?.by || link.what.includes(link.by.replace(/^the /, ''));
  const facts = [
    link.by === 'time' || isSaid ? '' : link.by,
    link.until === null ? '' : printPhrase([{ until: link.until }], now),
    link.since === null || link.until !== null ? '' : printPhrase(['for ', { since: link.since }], now),
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? link.what : `${link.what} (${facts.join(', ')})`;
}

/** The commands that help where only a person does. */
function waysOn(view: ViewInput): readonly string[] {
  const { name, namespace = 'default' } = view.rollout.metadata;
  const line = (verb: Verb, purpose: string): string =>
    `${`${purpose}:`.padEnd(11)}sluice ${verb} ${name} -n ${namespace}`;
  switch (rowOf(view).next) {
    case 'promote':
      return [line('promote', 'go on'), line('abort', 'go back')];
    case 'resume':
      return [line('resume', 'go on')];
    case 'retry':
      return [line('retry', 'try again'), line('undo', 'give up')];
    default:
      return [];
  }
}
