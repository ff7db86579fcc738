import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import { parseHandshake, peerPluginHint } from './handshake.js';
import { parseMetricResult } from './metric-call.js';
import { buildRequest, parseAnswer } from './protocol.js';
import { parseStepResult, stepParams } from './step-call.js';

describe('the plugin protocol', () => {
  it('is JSON-RPC 2.0 on one line', () => {
    expect(buildRequest('7', 'step.run', { message: 'a\nb' })).to.equal(
      '{"jsonrpc":"2.0","id":"7","method":"step.run","params":{"message":"a\\nb"}}',
    );
  });

  const answers: readonly (readonly [string, object])[] = [
    ['{"id":"7","result":{"phase":"Running"}}', { kind: 'result', result: { phase: 'Running' } }],
    ['{"id":"7","result":null}', { kind: 'result', result: null }],
    ['{"id":"7","error":{"code":1,"message":"no"}}', { kind: 'refused', message: 'no' }],
    ['{"id":null,"error":"no"}', { kind: 'refused', message: '"no"' }],
    ['[]', { kind: 'garbage', message: 'an answer that is no JSON object: "[]"' }],
    ['{"id":7,"result":1}', { kind: 'garbage', message: 'an answer to request 7 instead of "7"' }],
    ['{"id":"7"}', { kind: 'garbage', message: 'an answer with neither "result" nor "error"' }],
    ['oops', { kind: 'garbage', message: 'an answer that is no JSON: "oops"' }],
  ];
  for (const [text, expected] of answers) {
    it(`reads ${text}`, () => expect(parseAnswer(text, '7')).to.deep.equal(expected));
  }

  const handshakes: readonly (readonly [unknown, object])[] = [
    [
      { protocolVersion: 1, kinds: ['step'] },
      { ok: true, features: [] },
    ],
    [
      { protocolVersion: 1, kinds: ['step'], features: ['collect'] },
      { ok: true, features: ['collect'] },
    ],
    [{}, { ok: false, message: 'its handshake names no "protocolVersion"' }],
    [
      { protocolVersion: 3, kinds: ['step'] },
      { ok: false, message: 'it speaks version 3 of the plugin protocol; this controller speaks 1' },
    ],
    [
      { protocolVersion: 1 },
      { ok: false, message: 'it is no step plugin: its handshake names the kinds []' },
    ],
  ];
  for (const [given, expected] of handshakes) {
    it(`takes the handshake ${JSON.stringify(given)}`, () =>
      expect(parseHandshake(given, 'step')).to.deep.equal(expected));
  }

  it('knows the last words of a Go plugin', () => {
    expect(peerPluginHint('This binary is a plugin.')).to.match(/Go plugin of Argo Rollouts/);
    expect(peerPluginHint('segmentation fault')).to.equal(undefined);
  });

  it('gives a step plugin its Rollout without managed fields', () => {
    const rollout = { metadata: { name: 'web', managedFields: [{}] }, spec: {} };
    const call = { name: 'a/b', index: 1, operation: 'Run', key: 'k', execution: 2 } as const;
    expect(stepParams(call, rollout)).to.deep.equal({
      plugin: 'a/b',
      key: 'k',
      execution: 2,
      index: 1,
      config: null,
      status: null,
      rollout: { metadata: { name: 'web' }, spec: {} },
    });
  });

  const steps: readonly (readonly [unknown, object])[] = [
    [{}, { phase: undefined, message: '', requeueAfterMs: undefined }],
    [{ phase: '' }, { phase: undefined }],
    [
      { phase: 'Failed', message: 'no' },
      { phase: 'Failed', message: 'no' },
    ],
    [{ requeueAfter: '1m30s' }, { requeueAfterMs: 90_000 }],
    [{ requeueAfter: 45 }, { requeueAfterMs: 45_000 }],
    [{ requeueAfter: 0 }, { requeueAfterMs: undefined }],
    [{ message: 'x'.repeat(2000) }, { message: `${'x'.repeat(1023)}…` }],
  ];
  for (const [given, expected] of steps) {
    it(`reads the step result ${JSON.stringify(given).slice(0, 60)}`, () =>
      expect(parseStepResult(given)).to.deep.include({ kind: 'answered', ...expected }));
  }
  for (const given of [null, 'x', { phase: 1 }, { requeueAfter: -1 }, { requeueAfter: {} }]) {
    it(`refuses the step result ${JSON.stringify(given)}`, () =>
      expect(parseStepResult(given).kind).to.equal('unreachable'));
  }

  const now = instantOf(0);
  const metrics: readonly (readonly [unknown, object])[] = [
    [
      { phase: 'Failed', value: [1, 2] },
      { kind: 'judged', phase: 'Failed', value: '[1,2]' },
    ],
    [
      { phase: 'Inconclusive', message: 'few' },
      { kind: 'judged', phase: 'Inconclusive', message: 'few' },
    ],
    [{ phase: 'Error' }, { kind: 'error', message: 'the plugin says Error' }],
    [{ phase: 'Running' }, { kind: 'running', resumeAt: 10_000 }],
    [
      { phase: 'Running', resumeAt: '1970-01-01T00:00:30Z' },
      { kind: 'running', resumeAt: 30_000 },
    ],
    [{ phase: 'Pending' }, { kind: 'error', message: 'the answer of the plugin has the phase "Pending"' }],
    [1, { kind: 'error', message: 'the answer of the plugin is no object' }],
  ];
  for (const [given, expected] of metrics) {
    it(`reads the metric result ${JSON.stringify(given)}`, () =>
      expect(parseMetricResult(given, now)).to.deep.equal(expected));
  }
});
