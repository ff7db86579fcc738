import { parseGoFloat } from '#core/expr/values/go-float.js';
import { objectsAt, textAt } from '#core/json/read.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { refusalOf } from '../http/backend.js';
import type { HttpAnswer } from '../http/call.js';
import { QueryFailure } from '../http/failure.js';
import { formatFixed } from '../http/fixed.js';
import { readJson } from '../http/json.js';

interface Point {
  readonly seconds: number;
  readonly value: number;
}

/** Of each series the point nearest to the start: one float, or a list of them. Throws QueryFailure. */
export function readAnswer(answer: HttpAnswer, startSeconds: number): MetricOutcome {
  const { status, text } = answer;
  if (status < 200 || status > 299) throw new QueryFailure(refusalOf(answer, text));
  const body = readJson(text);
  const errorType = textAt(body, 'errorType') ?? '';
  if (errorType !== '') throw new QueryFailure(`${errorType}: ${textAt(body, 'errorMessage') ?? ''}`);
  const points = objectsAt(body, 'timeseries').flatMap((series) => nearest(series['data'], startSeconds));
  const [first] = points;
  const said = textAt(body, 'warnings') ?? '';
  const warnings = said === '' ? {} : { warnings: said };
  if (first === undefined) {
    return { kind: 'error', message: 'No TimeSeries found in response from Wavefront', metadata: warnings };
  }
  const texts = (read: (point: Point) => string): string => {
    const all = points.map(read);
    return all.length === 1 ? all.join('') : `[${all.join(',')}]`;
  };
  return {
    kind: 'value',
    result: points.length === 1 ? first.value : Float64Array.from(points.map(({ value }) => value)),
    value: texts(({ value }) => formatFixed(value, 2)),
    metadata: {
      timestamps: texts(({ seconds }) => formatFixed(seconds, 0)),
      drift: texts(({ seconds }) => formatFixed(seconds - startSeconds, 0)),
      ...warnings,
    },
  };
}

/** A series without points says nothing. */
function nearest(data: unknown, startSeconds: number): readonly Point[] {
  const points = Array.isArray(data) ? data.map(readPoint) : [];
  const distance = ({ seconds }: Point): number => Math.abs(startSeconds - seconds);
  return points.reduce<readonly Point[]>(
    (best, point) => (best.some((other) => distance(other) <= distance(point)) ? best : [point]),
    [],
  );
}

/** `[seconds, value]`; NaN and infinities come as texts. */
function readPoint(point: unknown): Point {
  const [seconds, value]: readonly unknown[] = Array.isArray(point) ? point : [];
  const number = typeof value === 'string' ? parseGoFloat(value) : value;
  if (typeof seconds === 'number' && typeof number === 'number') return { seconds, value: number };
  throw new QueryFailure(`${JSON.stringify(point)} is no data point`);
}
