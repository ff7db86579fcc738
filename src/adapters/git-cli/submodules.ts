import { AppError } from '#ports/errors.js';
import type { GitAccess } from '#ports/git-remote.js';
import type { Git } from './run-git.js';

/** A commit of another repository, and where its files belong. */
export interface Submodule {
  readonly path: string;
  readonly commit: string;
  readonly url: string;
}

/** Where the submodules of a commit come from, by its `.gitmodules`. @param parentUrl - what relative URLs start from. */
export async function readSubmodules(
  git: Git,
  commit: string,
  links: readonly { readonly path: string; readonly commit: string }[],
  parentUrl: string,
): Promise<readonly Submodule[]> {
  const listing = await git(['config', '--blob', `${commit}:.gitmodules`, '--list', '-z']).catch(() => '');
  const sections = sectionsOf(listing.toString());
  return links.map((link) => {
    const section = [...sections.values()].find(({ path }) => path === link.path);
    if (section?.url === undefined) {
      throw new AppError('GitInvalid', `no url found for submodule path '${link.path}' in .gitmodules`);
    }
    return { ...link, url: resolveUrl(section.url, parentUrl) };
  });
}

/**
 * The same access for another repository. Passwords and tokens go to the host that they are for and to no other: a
 * repository may name any URL as that of a submodule. A key is never sent, so it is offered everywhere.
 */
export function accessOfSubmodule(access: GitAccess, url: string): GitAccess {
  if (originOf(url) === originOf(access.url)) return { ...access, url };
  const { ssh, caCertificate, proxy } = access.credentials;
  const credentials = {
    ...(ssh === undefined ? {} : { ssh }),
    ...(caCertificate === undefined ? {} : { caCertificate }),
    ...(proxy === undefined ? {} : { proxy }),
  };
  return { ...access, url, credentials };
}

/** Submodules in submodules without end. */
export function tooDeep(url: string): AppError {
  return new AppError('GitInvalid', `'${url}': its submodules lie deeper than in eight repositories`);
}

type Section = { readonly [key in 'path' | 'url']?: string };

function sectionsOf(listing: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Section>();
  for (const entry of listing.split('\0')) {
    const match = /^submodule\.([^\n]*)\.(path|url)\n([^]*)$/.exec(entry);
    if (match === null) continue;
    const [, name = '', key = '', value = ''] = match;
    sections.set(name, { ...sections.get(name), [key]: value });
  }
  return sections;
}

function resolveUrl(url: string, parent: string): string {
  const scp = /^([^/:@\s]+@)?([^-/:\s][^/:\s]*):(?!\/\/|:)(\S+)$/.exec(url);
  if (/^\.\.?\//.test(url)) {
    const base = new URL(parent);
    const path = new URL(url, `http://x${base.pathname.replace(/\/+$/, '')}/`).pathname;
    return `${base.protocol}//${base.username === '' ? '' : `${base.username}@`}${base.host}${path}`;
  }
  if (scp !== null) return `ssh://${scp[1] ?? 'git@'}${scp[2] ?? ''}/${scp[3] ?? ''}`;
  if (/^(https?|ssh):\/\//.test(url) && URL.canParse(url)) return url;
  throw new AppError('GitInvalid', `the submodule URL "${url}" is no http, https or ssh URL`);
}

function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
