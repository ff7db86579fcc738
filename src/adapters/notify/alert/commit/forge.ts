import type { CommitStatus } from '#core/alert/commit-status.js';
import type { AlertMessage } from '#ports/alert-sender.js';
import { AppError } from '#ports/errors.js';
import { needed, type Outgoing } from '../outgoing.js';

/** How a Git host is told the status of a commit. */
export interface Forge {
  /** Asks for the statuses that the commit has. */
  ask(message: AlertMessage, status: CommitStatus): Outgoing;
  /** Whether the answer holds this status already. */
  holds(answer: unknown, status: CommitStatus): boolean;
  tell(message: AlertMessage, status: CommitStatus): Outgoing;
}

/** Which repository an address means. */
export interface Repository {
  readonly origin: string;
  readonly host: string;
  /** Parts of the path, without `.git` at the end. */
  readonly path: readonly string[];
}

/** Reads an address of https, http or ssh (`ssh://git@host/a/b.git`). Throws NotifyInvalid for any other. */
export function repositoryOf({ destination }: AlertMessage, mostParts?: number): Repository {
  const address = needed(destination, 'address');
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const path = (url?.pathname ?? '').split('/').filter((part) => part !== '');
  const last = path.pop()?.replace(/\.git$/, '');
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === undefined || last === undefined || path.length === 0 || (!isWeb && url.protocol !== 'ssh:'))
    throw new AppError('NotifyInvalid', `${destination.type}: the address is no repository`);
  if (mostParts !== undefined && path.length + 1 > mostParts)
    throw new AppError('NotifyInvalid', `${destination.type}: the address has more parts than a repository`);
  return {
    origin: isWeb ? url.origin : `https://${url.hostname}`,
    host: isWeb ? url.host : url.hostname,
    path: [...path, last],
  };
}
