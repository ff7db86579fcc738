import { objectsAt, textAt } from '#core/json/read.js';
import { needed } from '../outgoing.js';
import type { CommitStatus } from '#core/alert/commit-status.js';
import type { AlertMessage } from '#ports/alert-sender.js';
import { type Forge, repositoryOf } from './forge.js';

/** GitHub, and GitHub Enterprise under its own host. */
export const github: Forge = {
  ask: (message, { sha }) => ({
    method: 'GET',
    url: `${githubBase(message)}/commits/${sha}/statuses?per_page=50`,
    headers: githubHeaders(message),
  }),
  holds: (answer, status) => isNewest(answer, status, 'context', { success: 'success', failure: 'failure' }),
  tell: (message, { sha, state, context, description }) => ({
    url: `${githubBase(message)}/statuses/${sha}`,
    headers: githubHeaders(message),
    body: { state, context, description },
  }),
};

/** Where the API of the repository is, and how to log in. */
export interface RepositoryApi {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The API of GitHub for the repository of a Provider. Throws NotifyInvalid when it names none. */
export function githubApi(message: AlertMessage): RepositoryApi {
  return { base: githubBase(message), headers: githubHeaders(message) };
}

function githubBase(message: AlertMessage): string {
  const { host, origin, path } = repositoryOf(message, 2);
  const api = host === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`;
  return `${api}/repos/${path.join('/')}`;
}

function githubHeaders({ destination }: AlertMessage): Readonly<Record<string, string>> {
  return {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${needed(destination, 'token')}`,
  };
}

const gitlabStates = { success: 'success', failure: 'failed' } as const;

/** GitLab, wherever it is; a repository may be in groups of groups. */
export const gitlab: Forge = {
  ask: (message, { sha }) => ({
    method: 'GET',
    url: `${gitlabBase(message)}/repository/commits/${sha}/statuses?per_page=50`,
    headers: gitlabHeaders(message),
  }),
  holds: (answer, status) => isNewest(answer, status, 'name', gitlabStates, 'status'),
  tell: (message, { sha, state, context, description }) => ({
    url: `${gitlabBase(message)}/statuses/${sha}`,
    headers: gitlabHeaders(message),
    body: { state: gitlabStates[state], name: context, description },
  }),
};

/** The API of GitLab for the project of a Provider. Throws NotifyInvalid when it names none. */
export function gitlabApi(message: AlertMessage): RepositoryApi {
  return { base: gitlabBase(message), headers: gitlabHeaders(message) };
}

function gitlabBase(message: AlertMessage): string {
  const { origin, path } = repositoryOf(message);
  return `${origin}/api/v4/projects/${encodeURIComponent(path.join('/'))}`;
}

function gitlabHeaders({ destination }: AlertMessage): Readonly<Record<string, string>> {
  return { 'private-token': needed(destination, 'token') };
}

/** Gitea, and Forgejo. */
export const gitea: Forge = {
  ask: (message, { sha }) => ({
    method: 'GET',
    url: `${giteaBase(message)}/commits/${sha}/statuses?limit=50&sort=recentupdate`,
    headers: giteaHeaders(message),
  }),
  holds: (answer, status) =>
    isNewest(answer, status, 'context', { success: 'success', failure: 'failure' }, 'status'),
  tell: (message, { sha, state, context, description }) => ({
    url: `${giteaBase(message)}/statuses/${sha}`,
    headers: giteaHeaders(message),
    body: { state, context, description },
  }),
};

/** The API of Gitea for the repository of a Provider. Throws NotifyInvalid when it names none. */
export function giteaApi(message: AlertMessage): RepositoryApi {
  return { base: giteaBase(message), headers: giteaHeaders(message) };
}

function giteaBase(message: AlertMessage): string {
  const { origin, path } = repositoryOf(message, 2);
  return `${origin}/api/v1/repos/${path.join('/')}`;
}

function giteaHeaders({ destination }: AlertMessage): Readonly<Record<string, string>> {
  return { authorization: `token ${needed(destination, 'token')}` };
}

/** Whether the newest status of this context, the first of the list, says the same. */
function isNewest(
  answer: unknown,
  { context, state, description }: CommitStatus,
  nameField: string,
  words: Readonly<Record<CommitStatus['state'], string>>,
  stateField = 'state',
): boolean {
  const list = objectsAt({ list: answer }, 'list');
  const newest = list.find((one) => textAt(one, nameField) === context);
  return (
    newest !== undefined &&
    textAt(newest, stateField) === words[state] &&
    (textAt(newest, 'description') ?? '') === description
  );
}
