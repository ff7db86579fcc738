import { kinds } from '#api/kinds.js';
import { gitModel } from '#core/gitops/source/git/git-model.js';
import type { GitRemote } from '#ports/git-remote.js';
import type { GitHubApps } from '#ports/github-app.js';
import type { SignatureVerifier } from '#ports/signatures.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import { createSourceController, type SourceDeps } from '../source/index.js';
import { gitHands } from './hands.js';

export interface GitRepositoryDeps extends SourceDeps {
  readonly git: GitRemote;
  readonly apps: GitHubApps;
  readonly signatures: SignatureVerifier;
}

/** Turns commits of Git repositories into artifacts that Kustomizations read. */
export function createGitRepositoryController(deps: GitRepositoryDeps): ControllerDefinition {
  return createSourceController(deps, {
    name: 'git-repository',
    kind: kinds.gitRepository,
    model: gitModel,
    hands: gitHands(deps),
  });
}
