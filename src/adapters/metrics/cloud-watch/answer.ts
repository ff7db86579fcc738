import { parseGoFloat } from '#core/expr/values/go-float.js';
import { Moment } from '#core/expr/values/special.js';
import { parseInstant } from '#core/time/instant.js';
import { QueryFailure } from '../http/failure.js';
import { childAt, membersOf, readXml, type XmlElement } from '../http/xml.js';

/** What CloudWatch says beside the data. */
interface Message {
  readonly Code: string;
  readonly Value: string;
}

/** The answer to one query; the names are those that conditions use (`result[0].Values`). */
interface MetricDataResult {
  readonly Id: string;
  readonly Label: string;
  readonly Timestamps: readonly Moment[];
  readonly Values: Float64Array;
  readonly StatusCode: string;
  readonly Messages: readonly Message[];
}

/** One page of an answer. */
export interface MetricData {
  readonly results: readonly MetricDataResult[];
  readonly messages: readonly Message[];
  /** Present: there are more pages. */
  readonly nextToken: string | undefined;
}

/** The answer of GetMetricData. Throws QueryFailure for a text that is none. */
export function readMetricData(text: string): MetricData {
  const result = childAt(readXml(text), 'GetMetricDataResult');
  if (result === undefined) throw new QueryFailure('the answer is not that of GetMetricData');
  const nextToken = childAt(result, 'NextToken')?.text ?? '';
  return {
    results: membersOf(childAt(result, 'MetricDataResults')).map(readResult),
    messages: messagesOf(result),
    nextToken: nextToken === '' ? undefined : nextToken,
  };
}

function readResult(element: XmlElement): MetricDataResult {
  const text = (name: string) => childAt(element, name)?.text ?? '';
  return {
    Id: text('Id'),
    Label: text('Label'),
    Timestamps: membersOf(childAt(element, 'Timestamps')).map(readTime),
    Values: Float64Array.from(membersOf(childAt(element, 'Values')), readValue),
    StatusCode: text('StatusCode'),
    Messages: messagesOf(element),
  };
}

function messagesOf(element: XmlElement): readonly Message[] {
  return membersOf(childAt(element, 'Messages')).map((message) => ({
    Code: childAt(message, 'Code')?.text ?? '',
    Value: childAt(message, 'Value')?.text ?? '',
  }));
}

function readTime({ text }: XmlElement): Moment {
  const at = parseInstant(text.trim());
  if (at === undefined) throw new QueryFailure(`${JSON.stringify(text)} is no time`);
  return new Moment(BigInt(at) * 1_000_000n);
}

function readValue({ text }: XmlElement): number {
  const value = parseGoFloat(text.trim());
  if (value === undefined) throw new QueryFailure(`${JSON.stringify(text)} is no value`);
  return value;
}
