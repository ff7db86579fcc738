import { instantOf } from '#core/time/instant.js';
import type { CommitFacts } from './git-input.js';

const longest = 200;

/** Author, subject and time of a commit object as Git stores it; `undefined` when it is none. */
export function commitFactsOf(content: string): CommitFacts | undefined {
  const end = content.indexOf('\n\n');
  const author = /^author (.*?) <[^>\n]*> (\d+) [+-]\d{4}$/m.exec(content.slice(0, Math.max(0, end)));
  if (author === null) return undefined;
  const committed = /^committer .* (\d+) [+-]\d{4}$/m.exec(content.slice(0, end));
  const [subject = ''] = content.slice(end + 2).split('\n');
  return {
    author: (author[1] ?? '').slice(0, longest),
    subject: subject.slice(0, longest),
    at: instantOf(Number(committed?.[1] ?? author[2]) * 1000),
  };
}
