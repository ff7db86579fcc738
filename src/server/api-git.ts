import type { GitDetailAnswer, GitRef, GitRowsAnswer } from '#core/view/wire/git.js';
import { type ApiParts, compressed } from './api.js';
import type { Viewer } from './auth/viewer.js';
import { detailFor, rowsFor } from './git-view.js';
import { json, problem } from './http/problem.js';
import { refText } from './model/observe-git.js';

/** `GET /api/git`: every source and Kustomization that the viewer may see. */
export async function answerGitRows(
  request: Request,
  viewer: Viewer,
  { git, feed, options }: ApiParts,
): Promise<Response> {
  const all = git.rows();
  const { seq } = feed;
  const rows = await rowsFor(viewer, all);
  const hidden = rows.length < all.length;
  const body: GitRowsAnswer = { seq, now: options.clock.now(), rows, hidden, refused: git.refusal() };
  return compressed(request, json(body));
}

/** `GET /api/git/:kind/:namespace/:name`. One that the viewer may not see does not exist. */
export async function answerGitDetail(
  request: Request,
  viewer: Viewer,
  ref: GitRef,
  { git, feed, options }: ApiParts,
): Promise<Response> {
  const detail = await detailFor(viewer, ref, git);
  const { seq } = feed;
  if (detail === undefined)
    return problem(404, 'NotFound', `${refText(ref)} does not exist, or you may not see it`);
  const body: GitDetailAnswer = { seq, now: options.clock.now(), detail };
  return compressed(request, json(body));
}
