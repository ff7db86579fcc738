import type { ChangeComment } from '#core/alert/change-request.js';
import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import type { AlertMessage } from '#ports/alert-sender.js';
import { AppError } from '#ports/errors.js';
import { type Messenger, refusalOf } from '../../http/exchange.js';
import { exchangeOf, type Outgoing } from '../outgoing.js';

/** How a Git host is told a comment on a change request. */
export interface CommentHost {
  /** Asks for the first comments, the oldest first. */
  list(message: AlertMessage, comment: ChangeComment): Outgoing;
  create(message: AlertMessage, comment: ChangeComment): Outgoing;
  update(message: AlertMessage, comment: ChangeComment, id: string): Outgoing;
}

/** Comments that look like ours and are somebody else's: after so many a new one is made. */
const mostTries = 3;

/** Updates the comment that there is of the object; makes one when there is none, or none that we may write. */
export async function tellComment(
  messenger: Messenger,
  host: CommentHost,
  message: AlertMessage,
): Promise<void> {
  const { changeComment: comment, destination } = message;
  if (comment === undefined) throw new AppError('BrokenInvariant', `${destination.type}: no comment to tell`);
  const answer = await messenger.deliver(exchangeOf(message, host.list(message, comment)));
  const own = commentsOf(destination.type, answer.text).filter((each) =>
    (textAt(each, 'body') ?? '').includes(comment.marker),
  );
  for (const { id } of own.slice(0, mostTries)) {
    const update = host.update(message, comment, String(id));
    const { status, ...said } = await messenger.exchange(exchangeOf(message, update));
    if (status >= 200 && status <= 299) return;
    // Gone meanwhile, or written by somebody else with our marker in it.
    if (status !== 404 && status !== 403) throw refusalOf(destination.type, { status, ...said });
  }
  await messenger.deliver(exchangeOf(message, host.create(message, comment)));
}

function commentsOf(service: string, text: string) {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list.filter(isObject);
  } catch {
    // Said below.
  }
  throw new AppError('NotifyInvalid', `${service}: its list of comments cannot be read`);
}
