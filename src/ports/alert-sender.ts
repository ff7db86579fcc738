import type { ProviderType } from '#api/flux/provider.js';
import type { ChangeComment } from '#core/alert/change-request.js';
import type { CommitStatus } from '#core/alert/commit-status.js';
import type { FluxEvent } from '#core/alert/flux-event.js';

/** Where a Provider's messages go, its Secrets put in. */
export interface Destination {
  readonly type: ProviderType;
  readonly address: string;
  readonly channel: string;
  readonly username: string;
  readonly password: string;
  readonly token: string;
  /** Sent along by the generic types. */
  readonly headers: Readonly<Record<string, string>>;
  readonly proxy?: string;
  readonly tls?: ClientTls;
  readonly timeoutMs: number;
}

/** PEM texts. */
export interface ClientTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** One attempt at one message. */
export interface AlertMessage {
  /** With the metadata that is told, prefixes stripped. */
  readonly event: FluxEvent;
  readonly destination: Destination;
  /** For the types that set it, and only for these. */
  readonly commitStatus?: CommitStatus;
  /** For the types that comment on change requests, and only for these. */
  readonly changeComment?: ChangeComment;
  /** The same for every attempt at this message. */
  readonly id: string;
  readonly signal: AbortSignal;
}

/**
 * Who sends messages of Alerts. `send` throws an AppError and nothing else: NotifyDenied, NotifyInvalid or
 * NotifyUnavailable. No message of an error holds more of a URL than its host.
 */
export interface AlertSender {
  readonly types: ReadonlySet<ProviderType>;
  send(message: AlertMessage): Promise<void>;
}
