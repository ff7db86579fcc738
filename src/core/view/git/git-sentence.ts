import { formatCount, type Phrase } from '../words/format.js';
import type { GitRow } from '../wire/git.js';
import type { GitState } from './git-state.js';

type Facts = Pick<GitRow, 'revision' | 'waiting' | 'drift' | 'leased' | 'held'> & {
  readonly isSource: boolean;
  readonly objects: { readonly all: number; readonly healthy: number; readonly unknown: number };
};

/** One sentence for each of the three questions, fetched, applied, healthy, then what is out of the ordinary. */
export function gitSentence(state: GitState, facts: Facts): Phrase {
  const extra = facts.isSource ? [] : extrasOf(facts);
  return [...headOf(state, facts), ...extra.map((text) => ` ${text}.`)];
}

function headOf(state: GitState, facts: Facts): Phrase {
  const { revision, isSource } = facts;
  const has = revision === '' ? 'Nothing' : revision;
  const stays = isSource ? `${has} is served on` : `${has} stays applied`;
  switch (state.word) {
    case 'Ready':
      return [isSource ? `${has} is fetched.` : `${has} is applied: ${healthWords(facts)}.`];
    case 'Suspended':
      return [`Suspended: ${stays}, and nothing is done until it is resumed.`];
    case 'Unknown':
      return ['No controller has looked at it yet.'];
    case 'Waiting':
      return ['Waits', ...forSince(state), `: ${firstLine(state.message)}. ${stays}.`];
    case 'Reconciling':
      return ['Works', ...forSince(state), ` on it: ${firstLine(state.message)}.`];
    default:
      return [state.reason, ...forSince(state), `: ${firstLine(state.message)}. ${stays}.`];
  }
}

function forSince({ since }: GitState): Phrase {
  return since === null ? [] : [' for ', { since }];
}

function firstLine(message: string): string {
  const [line = ''] = message.split('\n');
  return line.slice(0, 300).replace(/\.$/, '');
}

function healthWords({ objects: { all, healthy, unknown } }: Facts): string {
  if (all === 0) return 'it manages no objects';
  const count = formatCount(all, 'object');
  if (unknown === all) return `${count}, whose health is not watched here`;
  const rest = unknown === 0 ? '' : `, ${unknown} not watched here`;
  return healthy === all ? `${count}, all healthy` : `${healthy} of ${count} healthy${rest}`;
}

function extrasOf({ waiting, drift, leased, held }: Facts): readonly string[] {
  return [
    ...(waiting === '' ? [] : [`Its source has ${waiting} already`]),
    ...(drift === 0
      ? []
      : [`Drift was set back ${drift === 1 ? 'once' : `${drift} times`} in the last hour`]),
    ...(leased === 0 ? [] : [`Fields of ${formatCount(leased, 'object')} are leased to releases`]),
    ...(held === 0 ? [] : [`${formatCount(held, 'workload')} held at the last good revision`]),
  ];
}
