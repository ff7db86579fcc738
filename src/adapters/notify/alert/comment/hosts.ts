import type { AlertMessage } from '#ports/alert-sender.js';
import { giteaApi, githubApi, gitlabApi } from '../commit/hosts.js';
import type { CommentHost } from './comment-host.js';

/** Pull requests of GitHub, and of GitHub Enterprise under its own host. */
export const githubPullRequest: CommentHost = issueComments(githubApi, 'per_page=100');

/** Pull requests of Gitea, and of Forgejo. */
export const giteaPullRequest: CommentHost = issueComments(giteaApi, 'limit=100');

/** Merge requests of GitLab. */
export const gitlabMergeRequest: CommentHost = {
  list: (message, comment) => {
    const { url, headers } = notesOf(message, comment.number);
    return { method: 'GET', url: `${url}?per_page=100&sort=asc&order_by=created_at`, headers };
  },
  create: (message, { number, body }) => ({ ...notesOf(message, number), body: { body } }),
  update: (message, { number, body }, id) => {
    const { url, headers } = notesOf(message, number);
    return { method: 'PUT', url: `${url}/${id}`, headers, body: { body } };
  },
};

function notesOf(message: AlertMessage, number: string) {
  const { base, headers } = gitlabApi(message);
  return { url: `${base}/merge_requests/${number}/notes`, headers };
}

type Api = (message: AlertMessage) => {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** A pull request is an issue there, as its comments are. */
function issueComments(api: Api, page: string): CommentHost {
  return {
    list: (message, { number }) => {
      const { base, headers } = api(message);
      return { method: 'GET', url: `${base}/issues/${number}/comments?${page}`, headers };
    },
    create: (message, { number, body }) => {
      const { base, headers } = api(message);
      return { url: `${base}/issues/${number}/comments`, headers, body: { body } };
    },
    update: (message, { body }, id) => {
      const { base, headers } = api(message);
      return { method: 'PATCH', url: `${base}/issues/comments/${id}`, headers, body: { body } };
    },
  };
}
