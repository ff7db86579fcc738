import { expect } from 'chai';
import { availableParallelism } from 'node:os';
import { holds } from './holds.js';
import type { Mode, Tale } from './tale.js';
import { tell } from './tell.js';

/** Found once, kept for ever; see test/bugs.md. */
const found: Readonly<Record<string, Tale>> = {
  'two writes chase each other after a lost status write': {
    mode: 'subsets',
    replicas: 1,
    lagMs: 300,
    steps: [],
    options: {},
    readyAfterMs: [0, 4573, 0],
    orders: [
      { afterMs: 0, order: { kind: 'apply', image: 'web:2' } },
      { afterMs: 5173, order: { kind: 'abort' } },
      { afterMs: 701, order: { kind: 'apply', image: 'web:1' } },
    ],
  },
  'a weight moved while proxies learned another hash, of whose write the answer was lost': {
    mode: 'subsets',
    replicas: 1,
    lagMs: 0,
    steps: [
      { setWeight: 50 },
      { setHeaderRoute: { name: 'beta', match: [{ headerName: 'x', headerValue: { exact: '1' } }] } },
    ],
    options: {},
    readyAfterMs: [0, 0, 0],
    orders: [
      { afterMs: 0, order: { kind: 'apply', image: 'web:3' } },
      { afterMs: 3000, order: { kind: 'fault', fault: 'lost answer', afterWrites: 4 } },
    ],
  },
  'a weight moved in the window of a selector while nobody served': {
    mode: 'pingPong',
    replicas: 1,
    lagMs: 0,
    steps: [],
    options: {},
    readyAfterMs: [0, 1736, 0],
    orders: [
      { afterMs: 0, order: { kind: 'apply', image: 'web:2' } },
      { afterMs: 0, order: { kind: 'a pod fails' } },
      { afterMs: 0, order: { kind: 'scale', replicas: 1 } },
    ],
  },
  'a Service was pointed at pods that had just been told to go': {
    mode: 'istio',
    replicas: 1,
    lagMs: 300,
    steps: [{ setWeight: 100 }, { setWeight: 0 }],
    options: {},
    readyAfterMs: [0, 0, 0],
    orders: [
      { afterMs: 0, order: { kind: 'apply', image: 'web:2' } },
      { afterMs: 4901, order: { kind: 'full' } },
      { afterMs: 0, order: { kind: 'fault', fault: 'crash', afterWrites: 1 } },
    ],
  },
  'a weight moved in the window of a selector when the only pod behind it was lost': {
    mode: 'istio',
    replicas: 1,
    lagMs: 0,
    steps: [{ setWeight: 20 }],
    options: {},
    readyAfterMs: [0, 0, 1],
    orders: [
      { afterMs: 0, order: { kind: 'apply', image: 'web:3' } },
      { afterMs: 3001, order: { kind: 'lose a pod' } },
      { afterMs: 0, order: { kind: 'apply', image: 'web:1' } },
    ],
  },
  'a size that a conflict kept out of the status was taken back at once': {
    mode: 'blueGreen',
    replicas: 2,
    lagMs: 300,
    steps: [],
    options: { previewReplicaCount: 1, autoPromotionSeconds: 2 },
    readyAfterMs: [0, 0, 0],
    orders: [
      { afterMs: 5250, order: { kind: 'apply', image: 'web:3' } },
      { afterMs: 1451, order: { kind: 'abort' } },
      { afterMs: 0, order: { kind: 'apply', image: 'web:1' } },
    ],
  },
  'stable grows whole when the next revision comes while it has already shrunk': {
    mode: 'pingPong',
    replicas: 1,
    lagMs: 0,
    steps: [{ setWeight: 20 }],
    options: { dynamicStableScale: true },
    readyAfterMs: [0, 0, 0],
    orders: [
      { afterMs: 0, order: { kind: 'apply', image: 'web:3' } },
      { afterMs: 0, order: { kind: 'scale', replicas: 5 } },
      { afterMs: 2000, order: { kind: 'apply', image: 'web:2' } },
    ],
  },
  'a stepless update under ping-pong has stable grow before its weight comes back': {
    mode: 'pingPong',
    replicas: 2,
    lagMs: 0,
    steps: [],
    options: { dynamicStableScale: true },
    readyAfterMs: [0, 0, 0],
    orders: [
      { afterMs: 0, order: { kind: 'apply', image: 'web:3' } },
      { afterMs: 0, order: { kind: 'apply', image: 'web:1' } },
      { afterMs: 0, order: { kind: 'fault', fault: 'crash', afterWrites: 0 } },
    ],
  },
};

/** Tales of each mode in one run of the tests. */
const runs: Readonly<Record<Mode, number>> = {
  istio: 440,
  subsets: 200,
  nginx: 200,
  basic: 300,
  basicWithServices: 150,
  blueGreen: 400,
  pingPong: 100,
  traefik: 120,
  gateway: 120,
};

describe('the model of a release', () => {
  const seed = Number(process.env['SEED'] ?? 7);
  const scale = Number(process.env['RUNS'] ?? 1);
  const parts = availableParallelism();

  for (const [name, tale] of Object.entries(found)) it(`once: ${name}`, () => holds(tale));

  for (const [mode, count] of Object.entries(runs)) {
    it(`${mode}: ${count * scale} tales keep the laws and come to rest (seed ${seed})`, async () => {
      const each = Math.ceil((count * scale) / parts);
      const said = await Promise.all(
        Array.from({ length: parts }, (_, part) => tell(mode, each, seed + part)),
      );
      expect(said.filter((text) => text !== '').join('\n')).to.equal('');
    }).timeout(600_000 * scale);
  }
});
