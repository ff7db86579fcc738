import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeHttpServer, sendJson } from '../fakes/http-server.js';
import type { Cluster } from './cluster.js';

/** One request as a plugin got it. */
export interface Asked {
  readonly method: string;
  readonly params: any;
}

/** A plugin whose `config.does` says how it behaves, as a program and as an endpoint; both keep what they were asked. */
export interface TestPlugins {
  readonly programPath: string;
  readonly url: string;
  /** Requests about one Rollout, handshakes left out, oldest first. */
  askedOf(rollout: string): readonly Asked[];
  /** Requests about one AnalysisRun. */
  askedOfRun(run: string): readonly Asked[];
  stop(): Promise<void>;
}

// The same behaviour twice would not stay the same: the endpoint runs the text of the program.
const behaviour = `
const answer = (method, params, seenBefore) => {
  const tries = (params.status?.tries ?? 0) + 1;
  if (method === 'handshake') return { protocolVersion: 1, kinds: ['step', 'metric'] };
  if (method === 'step.abort' || method === 'step.terminate') return { phase: 'Successful', message: 'undone' };
  const first = { phase: 'Running', message: 'once more', requeueAfter: '11s', status: { tries } };
  switch (params.config?.does) {
    case 'succeed': return { phase: 'Successful', message: 'well done', status: { tries } };
    case 'ask twice': return tries < 2 ? first : { phase: 'Successful', message: 'at last', status: { tries } };
    case 'run on': return first;
    case 'fail': return { phase: 'Failed', message: 'not today' };
    case 'hang': return undefined;
    case 'crash once': if (!seenBefore) process.exit(3); return { phase: 'Successful', message: 'alive' };
    case 'measure': return { phase: 'Successful', value: 7, metadata: { panel: 'p' } };
    case 'measure slowly':
      return method === 'metric.run' ? { phase: 'Running', resumeAfter: '1s', metadata: { job: '4' } }
        : { phase: 'Successful', value: { from: params.measurement.metadata.job } };
    default: throw new Error('config.does is ' + params.config?.does);
  }
};`;

const program = `#!/usr/bin/env node
import { createInterface } from 'node:readline';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
${behaviour}
const seen = process.argv[2];
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  const mark = JSON.stringify(params.rollout?.metadata.name ?? params.run?.name ?? '');
  const seenBefore = existsSync(seen) && readFileSync(seen, 'utf8').includes('"name":' + mark);
  appendFileSync(seen, line + '\\n');
  const result = answer(method, params, seenBefore);
  if (result !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
}
`;

/** Writes the program and serves the endpoint, until \`stop\`. */
export async function startPlugins(): Promise<TestPlugins> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-e2e-plugins-'));
  const [programPath, seen] = [join(folder, 'plugin.mjs'), join(folder, 'seen')];
  writeFileSync(programPath, program.replace('process.argv[2]', JSON.stringify(seen)));
  chmodSync(programPath, 0o755);
  const endpoint = await FakeHttpServer.start();
  const { answer } = await import(
    `data:text/javascript,${encodeURIComponent(`${behaviour}\nexport { answer };`)}`
  );
  endpoint.answer = ({ body }, response) => {
    const { id, method, params } = JSON.parse(body);
    const result = answer(method, params, false);
    if (result !== undefined) sendJson(response, 200, { jsonrpc: '2.0', id, result });
  };
  const all = (): readonly Asked[] => {
    const lines = existsSync(seen) ? readFileSync(seen, 'utf8').split('\n') : [];
    const bodies = endpoint.seen.map(({ body }) => body);
    return [...lines, ...bodies].filter((line) => line !== '').map((line) => JSON.parse(line));
  };
  return {
    programPath,
    url: endpoint.url,
    askedOf: (name) => all().filter(({ params }) => params.rollout?.metadata.name === name),
    askedOfRun: (name) => all().filter(({ params }) => params.run?.name === name),
    stop: async () => {
      await endpoint.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Names plugins beside the controllers. */
export async function namePlugins(at: Cluster, entries: readonly object[]): Promise<void> {
  const text = JSON.stringify(entries);
  await at.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argo-rollouts-config' },
    data: { stepPlugins: text, metricProviderPlugins: text },
  });
}
