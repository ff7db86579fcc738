import type { CommitStatus } from '#core/alert/commit-status.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import type { AlertMessage } from '#ports/alert-sender.js';
import { AppError } from '#ports/errors.js';
import { basic, needed } from '../outgoing.js';
import { type Forge, repositoryOf } from './forge.js';

const genre = 'fluxcd';
const states = { success: 'succeeded', failure: 'failed' } as const;
const version = 'api-version=7.1';

/** Azure DevOps: `https://dev.azure.com/<organisation>/<project>/_git/<repository>`; the token is a personal one. */
export const azureDevops: Forge = {
  ask: (message, { sha }) => ({
    method: 'GET',
    url: `${baseOf(message, sha)}?latestOnly=true&${version}`,
    headers: loginOf(message),
  }),
  holds: (answer, { context, state, description }) => {
    const own = objectsAt(answer, 'value').find((one) => {
      const of = objectAt(one, 'context');
      return textAt(of, 'genre') === genre && textAt(of, 'name') === context;
    });
    return (
      own !== undefined &&
      textAt(own, 'state') === states[state] &&
      (textAt(own, 'description') ?? '') === description
    );
  },
  tell: (message, { sha, state, context, description }: CommitStatus) => ({
    url: `${baseOf(message, sha)}?${version}`,
    headers: loginOf(message),
    body: { state: states[state], description, context: { genre, name: context } },
  }),
};

function baseOf(message: AlertMessage, sha: string): string {
  const { origin, path } = repositoryOf(message);
  const at = path.indexOf('_git');
  const repository = path[at + 1];
  if (at < 1 || repository === undefined)
    throw new AppError('NotifyInvalid', 'azuredevops: the address has no _git');
  const project = path.slice(0, at).join('/');
  return `${origin}/${project}/_apis/git/repositories/${repository}/commits/${sha}/statuses`;
}

function loginOf({ destination }: AlertMessage): Readonly<Record<string, string>> {
  return basic('', needed(destination, 'token'));
}
