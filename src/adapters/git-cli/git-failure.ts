import { shownUrl } from '#core/gitops/source/git/git-spec.js';
import { AppError, type ErrorCode } from '#ports/errors.js';

/** The first pattern that git's own words match says what kind of failure it was. */
const kinds: readonly (readonly [RegExp, ErrorCode])[] = [
  [/couldn't find remote ref|not our ref|no such remote ref|did not match any file/i, 'GitRefMissing'],
  [/unable to read tree|bad object|not a valid object|unable to parse commit/i, 'GitRefMissing'],
  [
    /authentication failed|could not read (username|password)|permission denied|publickey|terminal prompts disabled|error: 40[13]|host key verification failed/i,
    'GitDenied',
  ],
  [/certificate|ssl/i, 'GitUnreachable'],
  [/error: 404|not found|does not appear to be a git repository/i, 'GitUnreachable'],
];

/** What git said on stderr as an error of the catalogue: one line, without passwords. */
export function gitFailure(url: string, stderr: string): AppError {
  const code = kinds.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'GitUnreachable';
  return new AppError(code, `unable to clone '${shownUrl(url)}': ${summary(stderr)}`);
}

/** What git adds to every failure of ssh. */
const saysNothing =
  /^(fatal: could not read from remote repository|please make sure you have the correct|and the repository exists)/i;

function summary(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(hint|warning):/i.test(line) && !saysNothing.test(line));
  const telling = lines.filter((line) => /^(fatal|error|ssh|remote):/i.test(line));
  const text = (telling.length > 0 ? telling : lines).slice(-2).join('; ');
  const safe = text.replaceAll(/:\/\/[^@/\s]*@/g, '://***@');
  // How long curl tried differs from time to time; a message that stays the same is one event and no new status.
  return safe.replaceAll(/ after \d+ ms/g, '').slice(0, 400) || 'git gave no reason';
}
