import { expect } from 'chai';
import type { UnknownObject } from '#api/k8s/meta.js';
import { addMs, formatInstant, instantOf } from '#core/time/instant.js';
import { printPhrase } from '../words/format.js';
import { viewInputOf, type KubeEvent } from '../view-input.js';
import { commitFactsOf } from './commit-facts.js';
import { countDrift, driftOf } from './drift.js';
import { gitActionsOf, gitPlan } from './git-actions.js';
import { gitDetailOf } from './git-detail.js';
import type { GitDetailInput, GitObject, ManagedObject } from './git-input.js';
import { gitRowOf } from './git-row.js';
import { shortRevision } from './revisions.js';
import { trailOf, trailOfRelease } from './trail.js';

const now = instantOf(Date.parse('2026-03-04T05:26:00Z'));
const ago = (seconds: number): string => formatInstant(addMs(now, -seconds * 1000));
const sha = '3f2a91c0a1b2c3d4e5f60718293a4b5c6d7e8f90';
const newer = '77aa01c2d3e4f5061728394a5b6c7d8e9f001122';
const revision = `main@sha1:${sha}`;

const ready = (status: string, reason: string, message = '', seconds = 60): object => ({
  type: 'Ready',
  status,
  reason,
  message,
  lastTransitionTime: ago(seconds),
});

function kustomization(status: object | undefined, spec: object = {}): GitObject {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'app', namespace: 'shop', uid: 'u', generation: 2 },
    spec: { sourceRef: { kind: 'GitRepository', name: 'repo' }, interval: '10m', prune: true, ...spec },
    ...(status === undefined ? {} : { status: { observedGeneration: 2, ...status } }),
  };
}

function source(of: string, status: object = {}): GitObject {
  const artifact = { path: '', url: '', revision: `main@sha1:${of}`, lastUpdateTime: ago(100) };
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'repo', namespace: 'shop' },
    spec: { url: 'https://me:hunter2@git.example.com/x.git' },
    status: { artifact, ...status },
  };
}

function inputOf(object: GitObject, more: Partial<GitDetailInput> = {}): GitDetailInput {
  return {
    object,
    source: source(sha),
    managed: [],
    events: [],
    now,
    sourceEvents: [],
    releases: [],
    commitOf: () => undefined,
    ...more,
  };
}

const applied = {
  conditions: [ready('True', 'ReconciliationSucceeded')],
  lastAppliedRevision: revision,
  lastAttemptedRevision: revision,
  history: [
    {
      digest: 'd',
      firstReconciled: ago(98),
      lastReconciled: ago(98),
      lastReconciledDuration: '1s',
      lastReconciledStatus: 'ReconciliationSucceeded',
      totalReconciliations: 1,
      metadata: { revision },
    },
  ],
};

function told(reason: string, message: string, seconds = 10): KubeEvent {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    reason,
    message,
    lastTimestamp: ago(seconds),
  };
}

function managed(kind: string, name: string, object: object | null | undefined): ManagedObject {
  const group = kind === 'Rollout' ? 'argoproj.io' : 'apps';
  const whole = { apiVersion: `${group}/v1`, kind, metadata: { name, namespace: 'shop' }, ...object };
  const live = object === null || object === undefined ? object : (whole as UnknownObject);
  return { ref: { group, version: 'v1', kind, name, namespace: 'shop' }, object: live };
}

describe('a Kustomization as a row', () => {
  const rows: readonly (readonly [
    what: string,
    object: GitObject,
    state: string,
    mark: string,
    words: RegExp,
  ])[] = [
    ['never seen', kustomization(undefined), 'Unknown', 'off', /^No controller has looked at it yet/],
    ['applied', kustomization(applied), 'Ready', 'ok', /^main 3f2a91c is applied: it manages no objects\.$/],
    [
      'a spec newer than its status',
      kustomization({ ...applied, observedGeneration: 1 }),
      'Reconciling',
      'run',
      /its spec is newer than its status/,
    ],
    [
      'a build that fails',
      kustomization({ ...applied, conditions: [ready('False', 'BuildFailed', 'line 14\nmore')] }),
      'Failed',
      'bad',
      /^BuildFailed for 1 min: line 14\. main 3f2a91c stays applied\./,
    ],
    [
      'objects that do not get healthy',
      kustomization({ conditions: [ready('False', 'HealthCheckFailed', 'timeout')] }),
      'Unhealthy',
      'bad',
      /Nothing stays applied/,
    ],
    [
      'a dependency that is not ready',
      kustomization({ conditions: [ready('False', 'DependencyNotReady', 'dependency')] }),
      'Waiting',
      'wait',
      /^Waits for 1 min: dependency/,
    ],
    [
      'suspended',
      kustomization(applied, { suspend: true }),
      'Suspended',
      'off',
      /^Suspended: main 3f2a91c stays applied/,
    ],
  ];
  for (const [what, object, state, mark, words] of rows)
    it(`says where it stands: ${what}`, () => {
      const row = gitRowOf(inputOf(object));
      expect([row.state, row.mark]).to.deep.equal([state, mark]);
      expect(printPhrase(row.sentence, now)).to.match(words);
    });

  it('counts objects by kind with the worst of their states, and calls nothing healthy that nobody watches', () => {
    const rollout = { spec: {}, status: { phase: 'Degraded', observedGeneration: '1' } };
    const row = gitRowOf(
      inputOf(kustomization(applied), {
        managed: [
          managed('ConfigMap', 'a', {}),
          managed('ConfigMap', 'b', undefined),
          managed('Secret', 'c', null),
          managed('Rollout', 'web', rollout),
        ],
      }),
    );
    expect(row.objects).to.deep.equal([
      { kind: 'ConfigMap', count: 2, mark: 'bad' },
      { kind: 'Secret', count: 1, mark: 'off' },
      { kind: 'Rollout', count: 1, mark: 'bad' },
    ]);
    expect(printPhrase(row.sentence, now)).to.contain('1 of 4 objects healthy, 1 not watched here');
    expect(row.rollouts).to.deep.equal([{ namespace: 'shop', name: 'web', mark: 'bad', text: 'Degraded' }]);
    expect(row.attention.class).to.equal(2);
  });

  it('tells of drift, leases, held workloads and a commit that waits', () => {
    const held = {
      annotations: { 'sluice.dev/held': '{"digest":"d","hash":"a1","revision":"r","reason":"x"}' },
    };
    const lease = {
      object: 'Service/shop/web',
      fields: ['/spec/selector/x'],
      note: 'n',
      queued: ['/spec/x'],
    };
    const input = inputOf(kustomization({ ...applied, leased: [lease] }), {
      source: source(newer),
      managed: [
        managed('Rollout', 'web', { metadata: { name: 'web', namespace: 'shop', ...held }, spec: {} }),
      ],
      events: [told('Progressing', 'ConfigMap/shop/s configured: kubectl-edit changed data.v')],
    });
    const detail = gitDetailOf(input, [], ['suspend']);
    const { row } = detail;
    expect([row.drift, row.leased, row.held, row.waiting]).to.deep.equal([1, 1, 1, 'main 77aa01c']);
    expect(detail.leases[0]?.note).to.equal('n; Git says otherwise of /spec/x: it waits');
    expect(detail.held[0]?.why).to.equal('held at a1, although r says otherwise: x');
    expect(detail.resource).to.equal('kustomizations.kustomize.toolkit.fluxcd.io');
    expect(detail.actions.map(({ verb, disabled }) => [verb, disabled])).to.deep.equal([
      ['reconcile', 'not permitted: reconcile Kustomization in shop'],
      ['suspend', null],
    ]);
  });
});

describe('drift in events', () => {
  it('names who changed which fields of what, and leaves out what is merely applied', () => {
    const message =
      'Deployment/shop/web configured: kubectl-edit changed spec.replicas; somebody removed data.v\nService/shop/web created\nConfigMap/shop/x configured';
    expect(driftOf([told('Progressing', message), told('Other', message)])).to.deep.equal(
      ['spec.replicas', 'data.v'].map((fields, i) => ({
        at: now - 10_000,
        object: 'Deployment/shop/web',
        who: ['kubectl-edit', 'somebody'][i],
        fields,
        count: 1,
      })),
    );
  });
  it('counts only the last hour', () => {
    const line = 'A/b/c configured: x changed d';
    const events = [told('Progressing', line, 10), told('Progressing', line, 4000)];
    expect(countDrift(driftOf(events), now)).to.equal(1);
  });
});

describe('the way of a commit', () => {
  const rollout = (began: number, status: object) =>
    viewInputOf({
      now,
      rollout: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        metadata: { name: 'web', namespace: 'shop', annotations: { 'rollout.argoproj.io/revision': '7' } },
        spec: { strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }] } } },
        status: { observedGeneration: '1', duration: { rolloutStartedAt: ago(began) }, ...status },
      },
    });
  const point = (at: number, step: number) => ({
    at: now - at * 1000,
    step,
    wanted: 0,
    observed: 0,
    stable: 1,
    canary: 0,
    older: 0,
    desired: 1,
  });

  it('goes from the fetch to the steps that were seen and to what the release waits for', () => {
    const status = {
      phase: 'Paused',
      currentStepIndex: 1,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: ago(50) }],
    };
    const release = { input: rollout(97, status), points: [point(97, 0), point(50, 1)] };
    const subject = told('NewArtifact', `stored artifact for commit 'raise the limit'`, 100);
    const trail = trailOf(inputOf(kustomization(applied), { releases: [release], sourceEvents: [subject] }));
    expect(trail?.commit).to.deep.equal({
      revision: 'main 3f2a91c',
      sha,
      author: null,
      subject: 'raise the limit',
    });
    expect(trail?.stops.map(({ what, tookMs }) => [what, tookMs])).to.deep.equal([
      ['fetched', null],
      ['applied', 2000],
    ]);
    expect(
      trail?.releases[0]?.stops.map(({ what, at, tookMs }) => [what, at === null, tookMs]),
    ).to.deep.equal([
      ['revision 7 began', false, 1000],
      ['20 %', false, 47_000],
      ['paused', true, null],
    ]);
    expect(trail?.leadMs).to.equal(null);
  });

  it('does not call a step left now that was left before anybody looked', () => {
    const release = {
      input: rollout(97, { phase: 'Progressing', currentStepIndex: 2 }),
      points: [point(1, 2)],
    };
    const [, step] =
      trailOf(inputOf(kustomization(applied), { releases: [release] }))?.releases[0]?.stops ?? [];
    expect([step?.what, step?.at, step?.note]).to.deep.equal(['20 %', null, 'earlier']);
  });

  it('ends in an abort with its reason', () => {
    const message =
      'Rollout aborted update to revision 7: Metric "m" assessed Failed due to failed (3) > failureLimit (2)';
    const condition = { type: 'Progressing', status: 'False', reason: 'RolloutAborted', message };
    const status = { phase: 'Degraded', abort: true, abortedAt: ago(20), conditions: [condition] };
    const release = { input: rollout(97, status), points: [] };
    const trail = trailOf(inputOf(kustomization(applied), { releases: [release] }));
    const end = trail?.releases[0]?.stops.at(-1);
    expect([end?.what, end?.mark, end?.note]).to.deep.equal([
      'aborted',
      'bad',
      'gate m: 3 failed, 2 tolerated',
    ]);
    expect(trail?.leadMs).to.equal(80_000);
  });

  it('leaves out releases of other commits, and shows the one that waits', () => {
    const release = { input: rollout(5000, { phase: 'Healthy' }), points: [] };
    const trail = trailOf(inputOf(kustomization(applied), { source: source(newer), releases: [release] }));
    expect(trail?.releases[0]?.stops).to.deep.equal([]);
    expect(trail?.stops.map(({ what }) => what)).to.deep.equal(['applied']);
    expect(trail?.next?.commit.revision).to.equal('main 77aa01c');
  });

  it('tells an attempt that failed, and one under way', () => {
    const failed = { ...applied, conditions: [ready('False', 'BuildFailed', 'line 14')] };
    expect(trailOf(inputOf(kustomization(failed)))?.stops.at(-1)).to.include({
      what: 'failed: BuildFailed',
      note: 'line 14',
      mark: 'bad',
    });
    const running = { ...applied, conditions: [ready('Unknown', 'Progressing', 'waits for 2 objects', 3)] };
    expect(trailOf(inputOf(kustomization(running)))?.stops.at(-1)).to.include({
      what: 'being applied',
      at: null,
    });
  });

  it('finds for a Rollout the commit that began its release', () => {
    const release = { input: rollout(97, { phase: 'Healthy' }), points: [] };
    const next = {
      ...applied.history[0],
      firstReconciled: ago(10),
      metadata: { revision: `main@sha1:${newer}` },
    };
    const object = kustomization({
      ...applied,
      lastAttemptedRevision: `main@sha1:${newer}`,
      history: [next, ...applied.history],
    });
    expect(trailOfRelease(inputOf(object), release)?.commit.sha).to.equal(sha);
  });
});

describe('acts on sources and Kustomizations', () => {
  it('write what the command line of the peer writes', () => {
    expect(gitPlan('reconcile', kustomization(applied), now)).to.deep.equal({
      ok: true,
      patch: {
        metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': '2026-03-04T05:26:00.000000Z' } },
      },
    });
    expect(gitPlan('suspend', kustomization(applied), now)).to.deep.equal({
      ok: true,
      patch: { spec: { suspend: true } },
    });
    expect(gitPlan('resume', kustomization(applied, { suspend: true }), now)).to.deep.equal({
      ok: true,
      patch: { spec: { suspend: null } },
    });
  });
  it('refuse what would change nothing', () => {
    const why = (...args: Parameters<typeof gitPlan>) => {
      const plan = gitPlan(...args);
      return plan.ok ? '' : plan.why;
    };
    const suspended = kustomization(applied, { suspend: true });
    expect(why('reconcile', suspended, now)).to.contain('resume it first');
    expect(why('suspend', suspended, now)).to.contain('already');
    expect(why('resume', kustomization(applied), now)).to.contain('not suspended');
  });
  it('say in a suspended one what resuming applies', () => {
    const row = gitRowOf(inputOf(kustomization(applied, { suspend: true }), { source: source(newer) }));
    expect(gitActionsOf(row, false)[1]?.text).to.match(/^Applies main 77aa01c at once/);
  });
});

describe('sources', () => {
  it('show no password of an address', () => {
    const detail = gitDetailOf(inputOf(source(sha), { source: undefined }), [], []);
    expect(JSON.stringify(detail)).not.to.contain('hunter2');
    expect(detail.facts[0]).to.deep.equal({ label: 'Address', value: 'https://***@git.example.com/x.git' });
    expect(detail.trail).to.equal(null);
  });
  const revisions: readonly (readonly [string, string])[] = [
    [revision, 'main 3f2a91c'],
    [`sha256:${'ab'.repeat(32)}`, 'abababa'],
    [`v1.2@sha256:${'cd'.repeat(32)}`, 'v1.2 cdcdcdc'],
    ['', ''],
  ];
  for (const [long, short] of revisions)
    it(`shorten the revision ${long.slice(0, 20)}`, () => expect(shortRevision(long)).to.equal(short));
});

describe('a commit object', () => {
  it('gives author, subject and time', () => {
    const content =
      'tree 1\nauthor Ann B <ann@example.com> 1772600000 +0100\ncommitter Bob <b@example.com> 1772600060 +0100\n\nraise the limit\n\nbecause\n';
    expect(commitFactsOf(content)).to.deep.equal({
      author: 'Ann B',
      subject: 'raise the limit',
      at: 1_772_600_060_000,
    });
    expect(commitFactsOf('no commit')).to.equal(undefined);
  });
});
