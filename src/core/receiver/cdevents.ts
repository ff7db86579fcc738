import { isObject } from '#core/json/json.js';
import { objectAt } from '#core/json/read.js';
import { parseInstant } from '#core/time/instant.js';
import { bodyOf, eventProblem, header, type HookCall, missingText } from './hook-call.js';

/** `dev.cdevents.<subject>.<predicate>.<version>`. */
const typePattern = /^dev\.cdevents\.[a-z]+\.[a-z]+\.\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** Why a call is no CDEvent that the Receiver wants: the parts that every one of them has, and its type. */
export function cdEventProblem(call: HookCall, events: readonly string[]): string | undefined {
  const type = header(call, 'ce-type');
  if (type === '') return 'missing Ce-Type header';
  return eventProblem('CDEvent', type, events) ?? shapeProblem(bodyOf(call));
}

function shapeProblem(body: unknown): string | undefined {
  if (!isObject(body)) return 'the body is no CDEvent: not a JSON object';
  const missing = missingText(
    body,
    'context.version',
    'context.id',
    'context.source',
    'context.type',
    'context.timestamp',
    'subject.id',
  );
  if (missing !== undefined) return `the body is no CDEvent: ${missing} is missing`;
  const { type, timestamp } = objectAt(body, 'context');
  if (!typePattern.test(String(type))) return `the body is no CDEvent: context.type ${JSON.stringify(type)}`;
  if (parseInstant(String(timestamp)) === undefined) return 'the body is no CDEvent: context.timestamp';
  return isObject(objectAt(body, 'subject')['content'])
    ? undefined
    : 'the body is no CDEvent: subject.content is missing';
}
