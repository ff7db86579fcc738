import type { NotificationRequest, Notifier } from '#ports/notifier.js';

/** A service that notes what is sent to it, and fails as long as `failWith` is set. */
export class NotingNotifier implements Notifier {
  readonly type: string;
  /** `recipient: message` of what arrived. */
  readonly received: string[] = [];
  readonly requests: NotificationRequest[] = [];
  attempts = 0;
  failWith: Error | undefined;

  constructor(type = 'slack') {
    this.type = type;
  }

  async send(request: NotificationRequest): Promise<void> {
    await Promise.resolve();
    this.attempts += 1;
    this.requests.push(request);
    if (this.failWith !== undefined) throw this.failWith;
    this.received.push(`${request.recipient}: ${request.content.message}`);
  }
}
