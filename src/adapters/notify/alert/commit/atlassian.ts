import { createHash } from 'node:crypto';
import type { CommitStatus } from '#core/alert/commit-status.js';
import { textAt } from '#core/json/read.js';
import type { AlertMessage } from '#ports/alert-sender.js';
import { AppError } from '#ports/errors.js';
import { basic, needed } from '../outgoing.js';
import { type Forge, repositoryOf } from './forge.js';

const states = { success: 'SUCCESSFUL', failure: 'FAILED' } as const;

/** Bitbucket Cloud; the token is `<user>:<app password>`. */
export const bitbucket: Forge = {
  ask: (message, status) => ({
    method: 'GET',
    url: `${cloudBase(message, status)}/build/${keyOf(status)}`,
    headers: cloudLogin(message),
  }),
  holds: isSame,
  tell: (message, status) => ({
    url: `${cloudBase(message, status)}/build`,
    headers: cloudLogin(message),
    body: buildOf(status, 'https://bitbucket.org'),
  }),
};

/** Bitbucket Server and Data Center: `https://host[/context]/scm/<project>/<repository>.git`. */
export const bitbucketServer: Forge = {
  ask: (message, status) => ({
    method: 'GET',
    url: `${serverBase(message, status)}/builds?key=${keyOf(status)}`,
    headers: serverLogin(message),
  }),
  holds: isSame,
  tell: (message, status) => ({
    url: `${serverBase(message, status)}/builds`,
    headers: { ...serverLogin(message), 'x-atlassian-token': 'no-check' },
    body: buildOf(status, repositoryOf(message).origin),
  }),
};

function cloudBase(message: AlertMessage, { sha }: CommitStatus): string {
  const { host, origin, path } = repositoryOf(message, 2);
  const api = host === 'bitbucket.org' ? 'https://api.bitbucket.org' : origin;
  return `${api}/2.0/repositories/${path.join('/')}/commit/${sha}/statuses`;
}

function cloudLogin({ destination }: AlertMessage): Readonly<Record<string, string>> {
  const token = needed(destination, 'token');
  const at = token.indexOf(':');
  if (at < 0) throw new AppError('NotifyInvalid', 'bitbucket: the token is not <user>:<app password>');
  return basic(token.slice(0, at), token.slice(at + 1));
}

function serverBase(message: AlertMessage, { sha }: CommitStatus): string {
  const { origin, path } = repositoryOf(message);
  const [project = '', repository = ''] = path.slice(-2);
  const before = path.slice(0, -2).filter((part) => part !== 'scm');
  const context = before.map((part) => `/${part}`).join('');
  return `${origin}${context}/rest/api/latest/projects/${project}/repos/${repository}/commits/${sha}`;
}

function serverLogin({ destination }: AlertMessage): Readonly<Record<string, string>> {
  const { password, token } = destination;
  if (token !== '') return { authorization: `Bearer ${token}` };
  return basic(needed(destination, 'username'), password);
}

/** A key has forty characters at the most. */
function keyOf({ context }: CommitStatus): string {
  return createHash('sha1').update(context).digest('hex');
}

function buildOf(status: CommitStatus, url: string): Readonly<Record<string, string>> {
  const { state, context: name, description } = status;
  return { key: keyOf(status), state: states[state], name, description, url };
}

function isSame(answer: unknown, { state, context, description }: CommitStatus): boolean {
  return (
    textAt(answer, 'state') === states[state] &&
    textAt(answer, 'name') === context &&
    (textAt(answer, 'description') ?? '') === description
  );
}
