import type { ProviderType } from '#api/flux/provider.js';
import type { FluxEvent } from './flux-event.js';

const ofCommits: ReadonlySet<ProviderType> = new Set([
  'github',
  'gitlab',
  'gitea',
  'bitbucket',
  'bitbucketserver',
  'azuredevops',
]);
const ofMachines: ReadonlySet<ProviderType> = new Set(['generic', 'generic-hmac']);
const ofChangeRequests: ReadonlySet<ProviderType> = new Set([
  'githubpullrequestcomment',
  'gitlabmergerequestcomment',
  'giteapullrequestcomment',
]);

/** Whether a type of Provider sets the status of a commit. */
export function setsCommitStatus(type: ProviderType): boolean {
  return ofCommits.has(type);
}

/** Whether a type of Provider comments on change requests. */
export function commentsOnChanges(type: ProviderType): boolean {
  return ofChangeRequests.has(type);
}

/** Whether a type of Provider hears of an event. @param event - with the metadata that it is told with. */
export function isAudience(type: ProviderType, { metadata = {}, severity, reason }: FluxEvent): boolean {
  const isUpdate = metadata['commit_status'] === 'update';
  if (commentsOnChanges(type)) return !isUpdate && (metadata['change_request'] ?? '') !== '';
  if (!setsCommitStatus(type)) return !isUpdate || ofMachines.has(type);
  if (reason === 'Progressing') return false;
  return isUpdate || metadata['commit'] !== undefined || severity === 'error';
}
