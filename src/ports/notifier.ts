import type { NotificationContent } from '#core/notify/content.js';

/**
 * A service that messages are sent to. Registered in src/adapters/notify/index.ts by the type in `service.<type>`.
 * `send` throws an AppError and nothing else: NotifyDenied, NotifyInvalid or NotifyUnavailable. No message of an error
 * holds more of a URL than its host.
 */
export interface Notifier {
  /** The type in `service.<type>`, for instance `slack`. */
  readonly type: string;
  send(request: NotificationRequest): Promise<void>;
}

/** One attempt at one message. */
export interface NotificationRequest {
  /** Under `service.<type>`, Secrets put in. */
  readonly options: unknown;
  /** As the subscription has it; may be empty. */
  readonly recipient: string;
  readonly content: NotificationContent;
  /** The same for every attempt at this message: goes wherever a service can tell repeated messages by it. */
  readonly id: string;
  readonly signal: AbortSignal;
}
