#!/usr/bin/env node
// A step plugin: holds the release until a URL answers 200, and aborts it when the URL answers 409.
// config: { url: string, every?: "30s" }
import { createInterface } from 'node:readline';

const methods = {
  handshake: () => ({ protocolVersion: 1, kinds: ['step'] }),
  'step.run': async ({ config, status }) => {
    const tries = (status?.tries ?? 0) + 1;
    const response = await fetch(config.url, { signal: AbortSignal.timeout(5000) });
    const message = `${config.url} answered ${response.status}`;
    const phase = { 200: 'Successful', 409: 'Failed' }[response.status] ?? 'Running';
    return { phase, message, requeueAfter: config.every ?? '30s', status: { tries } };
  },
  'step.terminate': () => ({ phase: 'Successful' }),
  'step.abort': () => ({ phase: 'Successful' }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  try {
    const result = await methods[method](params);
    console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
  } catch (error) {
    console.log(JSON.stringify({ jsonrpc: '2.0', id, error: { code: 1, message: error.cause?.message ?? error.message } }));
  }
}
