import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Measurement } from '#api/argoproj/analysis-run.js';
import type { Metric } from '#api/argoproj/analysis-template.js';
import { judgeMeasurement } from '#core/analysis/judge/judge.js';
import { instantOf } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import { FakeHttpServer, type SeenRequest } from '#test/fakes/http-server.js';
import { metricRequest } from '#test/fakes/metric-request.js';
import { toGoJson } from '../web/json-text.js';
import { metricSources } from '../index.js';

type Texts = Readonly<Record<string, string>>;

interface Answer {
  readonly status?: number;
  readonly headers?: Texts;
  readonly body?: unknown;
}

/** One line of peer.jsonl; `$URL` is where the backend is. */
interface Case {
  readonly name: string;
  readonly metric: Omit<Metric, 'name'>;
  /** In the order of requests, the last one for all that follow. */
  readonly answer: Answer | readonly Answer[];
  readonly secrets?: Readonly<Record<string, Texts>>;
  /** Secrets of the namespace of the run. */
  readonly own?: Readonly<Record<string, Texts>>;
  readonly env?: Texts;
  /** The measurement is looked after once. */
  readonly resume?: boolean;
  readonly want: {
    readonly phase: string;
    readonly value?: string;
    /** Absent: the words are not compared when the phase is Error. */
    readonly message?: string;
    readonly metadata?: Texts;
    readonly metricMetadata?: Texts;
    /** Absent: they are not compared. */
    readonly requests?: readonly string[];
  };
}

const file = new URL('../../../../test/cases/metric-sources/peer.jsonl', import.meta.url);
const cases = readFileSync(file, 'utf8').trim().split('\n');
const now = instantOf(1_767_225_600_000);
const clock = { now: () => now, schedule: () => () => undefined };
/** Headers that say nothing of the question. */
const common = /^(host|connection|user-agent|accept|accept-encoding|content-length|transfer-encoding)$/;

/** Moments in the places and forms in which backends are told them. */
function withoutTimes(text: string): string {
  return text
    .replace(/\b1[789]\d{8}(\d{3})?(\.\d+)?\b/g, '<t>')
    .replace(/\d{4}-\d\d-\d\d \d{4}/g, '<m>')
    .replace(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<T>');
}

function print({ method, path, headers, body }: SeenRequest): string {
  const list = (params: string): string =>
    [...new URLSearchParams(params)]
      .map((pair) => pair.join('='))
      .sort()
      .join('&');
  const [place = '', query] = path.split('?');
  const said = Object.fromEntries(Object.entries(headers).filter(([name]) => !common.test(name)));
  const isForm = (headers['content-type'] ?? '').includes('urlencoded');
  const content = isForm ? list(body) : body.startsWith('{') ? toGoJson(JSON.parse(body)) : body;
  const where = query === undefined ? place : `${place}?${list(query)}`;
  return withoutTimes(`${method} ${where} ${toGoJson(said)} ${content}`);
}

describe('what the providers of the peer make of answers (recorded from v1.9.1)', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  beforeEach(() => server.seen.splice(0));
  after(() => server.stop());

  function serve(answers: readonly Answer[]): void {
    let asked = 0;
    server.answer = (_, response) => {
      const { status = 200, headers, body } = answers[Math.min(asked, answers.length - 1)] ?? {};
      asked += 1;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
  }

  async function measure({ metric: rest, secrets = {}, own = {}, env = {}, resume = false }: Case) {
    const metric = { name: 'm', ...rest } as Metric;
    const missing = (name: string): AppError => new AppError('KubeNotFound', `secrets "${name}" not found`);
    const readSecret = (name: string): Promise<Texts> => {
      const found = secrets[name];
      return found === undefined ? Promise.reject(missing(name)) : Promise.resolve(found);
    };
    const [[id, provider] = ['', {}]] = Object.entries(metric.provider);
    const source = metricSources({ clock, env, readSecret })[id];
    const status = { phase: 'Running', startedAt: '2026-01-01T00:00:00Z' } as const;
    const request = {
      ...metricRequest(id, provider, { status }),
      metric,
      readSecret: (name: string, key: string): Promise<string> => {
        const found = own[name]?.[key];
        return found === undefined ? Promise.reject(missing(name)) : Promise.resolve(found);
      },
    };
    const judge = (outcome: Awaited<ReturnType<NonNullable<typeof source>['measure']>>): Measurement =>
      judgeMeasurement(metric, outcome, { startedAt: now, finishedAt: now });
    if (source === undefined) throw new Error(`no source ${id}`);
    const begun = judge(await source.measure(request));
    const measured = resume && source.resume ? judge(await source.resume(request, begun)) : begun;
    return { measured, described: source.describe?.(provider) };
  }

  for (const line of cases) {
    const { name } = JSON.parse(line) as Case;
    it(name, async () => {
      const given = JSON.parse(line.replaceAll('$URL', server.url)) as Case;
      const { want } = given;
      serve(Array.isArray(given.answer) ? given.answer : [given.answer as Answer]);
      const { measured, described } = await measure(given);
      expect(measured.phase, measured.message).to.equal(want.phase);
      expect(measured.value).to.equal(want.value);
      if (want.message !== undefined) {
        expect(measured.message?.replaceAll(server.url, '$URL')).to.equal(want.message);
      }
      if (want.metadata !== undefined) expect(measured.metadata).to.deep.include(want.metadata);
      if (want.metricMetadata !== undefined) expect(described).to.deep.equal(want.metricMetadata);
      if (want.requests !== undefined) expect(server.seen.map(print)).to.deep.equal(want.requests);
    });
  }
});
