import type { Provider } from '#api/flux/provider.js';
import type { FluxEvent } from './flux-event.js';
import { markdownOf } from './words.js';

/** A comment on a change request (pull request, merge request). */
export interface ChangeComment {
  /** Of the change request. */
  readonly number: string;
  /** Stands in the comment, unseen: by it the comment is found again, as one object has one comment. */
  readonly marker: string;
  readonly body: string;
}

export type ChangeCommentOutcome =
  { readonly ok: true; readonly comment: ChangeComment } | { readonly ok: false; readonly problem: string };

/** The comment of an event. @param event - with the metadata that it is told with, of which `change_request` is the number. */
export function changeCommentOf(event: FluxEvent, { spec, metadata }: Provider): ChangeCommentOutcome {
  const number = event.metadata?.['change_request'] ?? '';
  if (!/^\d{1,18}$/.test(number))
    return { ok: false, problem: `change_request ${JSON.stringify(number)} is no number` };
  const { kind, namespace, name } = event.involvedObject;
  const prefix = spec.type === 'gitlabmergerequestcomment' ? 'flux-mr-comment-key' : 'flux-pr-comment-key';
  const marker = `<!-- ${prefix}:${metadata.uid ?? ''}/${kind}/${namespace}/${name} -->`;
  return { ok: true, comment: { number, marker, body: `${marker}\n\n${markdownOf(event)}` } };
}
