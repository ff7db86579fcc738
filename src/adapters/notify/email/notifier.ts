import { isObject } from '#core/json/json.js';
import { numberAt, textAt } from '#core/json/read.js';
import { AppError } from '#ports/errors.js';
import type { NotificationRequest, Notifier } from '#ports/notifier.js';
import { shorten } from '../http/exchange.js';
import { flag, required } from '../http/options.js';

const service = 'email';
const timeoutMs = 30_000;

/** Mail over SMTP: TLS at once on port 465, STARTTLS wherever the server offers it. */
export function createEmailNotifier(): Notifier {
  return { type: service, send };
}

async function send(request: NotificationRequest): Promise<void> {
  const { options, recipient, content, id } = request;
  // Loaded with the first mail: most processes never send one.
  const { createTransport } = await import('nodemailer');
  const port = numberAt(options, 'port') ?? 587;
  const user = textAt(options, 'username') ?? '';
  const transport = createTransport({
    host: required(service, options, 'host'),
    port,
    secure: port === 465,
    ...(user === '' ? {} : { auth: { user, pass: textAt(options, 'password') ?? '' } }),
    tls: { rejectUnauthorized: !flag(options, 'insecure_skip_verify') },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Templates are texts: nothing in them may name files or addresses to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const onAbort = () => transport.close();
  request.signal.addEventListener('abort', onAbort);
  const body = textAt(content.block, 'body') || content.message;
  try {
    await transport.sendMail({
      from: required(service, options, 'from'),
      to: recipient,
      subject: textAt(content.block, 'subject') ?? '',
      ...(flag(options, 'html') ? { html: body } : { text: body }),
      messageId: `<${id}@sluice>`,
    });
  } catch (thrown) {
    throw refusal(thrown);
  } finally {
    request.signal.removeEventListener('abort', onAbort);
    transport.close();
  }
}

/** 4xx of SMTP and everything about connections passes; 5xx and addresses that are none stay. */
function refusal(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const details: unknown = error;
  const code = textAt(details, 'code') ?? '';
  const status = isObject(details) ? (numberAt(details, 'responseCode') ?? 0) : 0;
  const message = `${service}: ${shorten(error.message)}`;
  if (code === 'EAUTH' || status === 530 || status === 535) return new AppError('NotifyDenied', message);
  if (status >= 500 || code === 'EENVELOPE') {
    return new AppError(status >= 400 && status < 500 ? 'NotifyUnavailable' : 'NotifyInvalid', message);
  }
  return new AppError('NotifyUnavailable', message);
}
