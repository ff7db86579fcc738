import { expect } from 'chai';
import type { Answer } from '../answers.js';
import { unlikeliness } from './binomial.js';
import { judge } from './judge.js';
import type { Story } from './story.js';

const [v1, v2] = ['aaa', 'bbb'];
const steps = [{ setWeight: 50 }, { pause: {} }];

/** Answers of versions in turn, one each 10 ms. */
function answers(from: number, to: number, ...versions: readonly string[]): readonly Answer[] {
  return Array.from({ length: (to - from) / 10 }, (_, index) => ({
    at: from + index * 10,
    tookMs: 1,
    status: 200,
    version: versions[index % versions.length] ?? '',
    pod: '',
    isKeptAlive: true,
    isMarked: false,
  }));
}

function write(at: number, kind: string, rest: object): any {
  const metadata = { name: 'web', generation: 1, ...(rest as any).metadata };
  return { at, version: at, type: 'MODIFIED', object: { kind, ...rest, metadata } };
}

function status(at: number, fields: object): any {
  const base = { observedGeneration: '1', stableRS: v1, currentPodHash: v2 };
  return write(at, 'Rollout', {
    spec: { strategy: { canary: { steps } } },
    status: { ...base, ...fields },
  });
}

function set(hash: string, version: string): any {
  const metadata = { labels: { 'rollouts-pod-template-hash': hash } };
  const spec = { template: { spec: { containers: [{ image: `lab/echo:${version}` }] } } };
  return write(0, 'ReplicaSet', { metadata, spec });
}

function weights(canary: number): object {
  const sides = {
    canary: { weight: canary, podTemplateHash: v2 },
    stable: { weight: 100 - canary, podTemplateHash: v1 },
  };
  return { canary: { weights: sides } };
}

const paused = { phase: 'Paused', currentStepIndex: 1, ...weights(50) };
const aborted = { phase: 'Degraded', abort: true, currentStepIndex: 0, ...weights(0) };
const healthy = { phase: 'Healthy', currentStepIndex: 2, stableRS: v2, ...weights(0) };

interface Told {
  readonly writes?: readonly any[];
  readonly answers?: readonly Answer[];
  readonly acts?: Story['acts'];
}

function faultsOf({ writes = [], answers: all = [], acts = [] }: Told, cameToRest = true): readonly string[] {
  const known = [set(v1, 'v1'), set(v2, 'v2'), ...writes];
  const timeline = { writes: known, of: (kind: any) => known.filter((one) => one.object.kind === kind.kind) };
  const router: any = { routeKinds: [{ kind: 'VirtualService' }] };
  return judge({ router, timeline, answers: all, acts, endedAt: 20_000 }, cameToRest).faults;
}

const service = (at: number): any => write(at, 'Service', {});
const route = (at: number): any => write(at, 'VirtualService', {});
const abortAt = [{ at: 1000, what: 'abort' }];

describe('the judge of the traffic proof', () => {
  const cases: readonly { readonly name: string; readonly told: Told; readonly faults: readonly string[] }[] =
    [
      {
        name: 'has nothing to say of a share as the step wants it',
        told: { writes: [status(1000, paused)], answers: answers(1000, 5000, 'v1', 'v2') },
        faults: [],
      },
      {
        name: 'counts answers that no pod gave, also those with a good status',
        told: { answers: answers(0, 30, '') },
        faults: ['3 dropped'],
      },
      {
        name: 'finds a share that the step does not explain',
        told: { writes: [status(1000, paused)], answers: answers(1000, 5000, 'v1', 'v1', 'v1', 'v2') },
        faults: ['100 of 400 at weight 50'],
      },
      {
        name: 'lets answers of the aborted version come for three seconds',
        told: { writes: [status(1000, aborted)], answers: answers(1000, 4000, 'v2') },
        faults: [],
      },
      {
        name: 'finds answers of the aborted version behind that',
        told: { writes: [status(1000, aborted)], answers: answers(1000, 4100, 'v2') },
        faults: ['9 of a wrong version'],
      },
      {
        name: 'finds the old version behind Healthy',
        told: { writes: [status(1000, healthy)], answers: answers(6000, 6020, 'v1') },
        faults: ['2 of a wrong version'],
      },
      {
        name: 'wants nothing of Services and routes written behind Healthy',
        told: { writes: [status(1000, healthy), route(1005)] },
        faults: ['VirtualService web was written behind Healthy'],
      },
      {
        name: 'allows two writes of a Service by an abort',
        told: { writes: [service(1100), service(1200)], acts: abortAt },
        faults: [],
      },
      {
        name: 'allows no third one',
        told: { writes: [service(1100), service(1200), service(1300)], acts: abortAt },
        faults: ['3 writes of one Service by an abort'],
      },
    ];
  for (const { name, told, faults } of cases) {
    it(name, () => expect(faultsOf(told)).to.deep.equal(faults));
  }

  it('wants everything to come to rest', () => {
    expect(faultsOf({}, false)).to.deep.equal(['did not come to rest']);
  });

  it('knows how unlikely a count is', () => {
    expect(unlikeliness(50, 100, 0.5)).to.equal(1);
    // 2 * sum of C(100, k) / 2^100 for k from 0 to 33
    expect(unlikeliness(33, 100, 0.5)).to.be.closeTo(0.000874, 1e-6);
    expect(unlikeliness(1, 100, 0)).to.equal(0);
  });
});
