import { expect } from 'chai';
import type { Alert, AlertSpec } from '#api/flux/alert.js';
import type { Provider, ProviderType } from '#api/flux/provider.js';
import { instantOf } from '#core/time/instant.js';
import { isAudience } from './audience.js';
import { changeCommentOf } from './change-request.js';
import { commitStatusOf, shaOf } from './commit-status.js';
import { eventKey } from './event-key.js';
import { type FluxEvent, fluxEventOf, parseFluxEvent } from './flux-event.js';
import { matchAlert, needsLabels } from './match.js';
import { mergeMetadata } from './metadata.js';
import { RecentEvents } from './recent-events.js';
import { titleCased } from './words.js';

const group = 'kustomize.toolkit.fluxcd.io';
const sha = '1'.repeat(40);

function event(more: Partial<FluxEvent> = {}): FluxEvent {
  return {
    involvedObject: {
      kind: 'Kustomization',
      namespace: 'flux-system',
      name: 'apps',
      apiVersion: `${group}/v1`,
    },
    severity: 'info',
    timestamp: '2026-01-05T10:00:02Z',
    message: 'Deployment/shop/web configured',
    reason: 'Progressing',
    metadata: { [`${group}/revision`]: `main@sha1:${sha}` },
    reportingController: 'kustomize-controller',
    ...more,
  };
}

function alert(spec: Partial<AlertSpec> = {}, namespace = 'flux-system'): Alert {
  return {
    apiVersion: 'notification.toolkit.fluxcd.io/v1beta3',
    kind: 'Alert',
    metadata: { name: 'all', namespace },
    spec: {
      providerRef: { name: 'chat' },
      eventSources: [{ kind: 'Kustomization', name: '*' }],
      ...spec,
    },
  };
}

const provider: Provider = {
  apiVersion: 'notification.toolkit.fluxcd.io/v1beta3',
  kind: 'Provider',
  metadata: { name: 'git', namespace: 'flux-system', uid: '0c9c2e41-d2f9-4f9b-9c41-bebc1984d67a' },
  spec: { type: 'github' },
};

describe('an event (flux-semantics 12.1)', () => {
  it('is made of what a controller recorded: Warning is error, keys get the prefix of the group', () => {
    const object = {
      apiVersion: `${group}/v1`,
      kind: 'Kustomization',
      metadata: {
        name: 'apps',
        namespace: 'flux-system',
        uid: 'u',
        resourceVersion: '42',
        annotations: { 'event.toolkit.fluxcd.io/team': 'shop', other: 'x' },
      },
    };
    const record = {
      type: 'Warning',
      reason: 'BuildFailed',
      message: 'no',
      metadata: { revision: 'r' },
    } as const;
    const reporter = { controller: 'kustomize-controller', instance: 'pod', now: instantOf(0) };
    expect(fluxEventOf(object, record, reporter)).to.deep.equal({
      involvedObject: {
        kind: 'Kustomization',
        namespace: 'flux-system',
        name: 'apps',
        uid: 'u',
        apiVersion: `${group}/v1`,
        resourceVersion: '42',
      },
      severity: 'error',
      timestamp: '1970-01-01T00:00:00Z',
      message: 'no',
      reason: 'BuildFailed',
      metadata: { [`${group}/revision`]: 'r', 'event.toolkit.fluxcd.io/team': 'shop' },
      reportingController: 'kustomize-controller',
      reportingInstance: 'pod',
    });
    expect(fluxEventOf(object, { ...record, isTrace: true }, reporter)).to.equal(undefined);
    const long = fluxEventOf(object, { ...record, message: 'x'.repeat(40_000) }, reporter);
    expect(long?.message).to.have.lengthOf(39_000);
  });

  it('is read back from JSON as it was posted', () => {
    const posted = { ...event(), reportingInstance: 'pod' };
    expect(parseFluxEvent(JSON.parse(JSON.stringify(posted)))).to.deep.equal({ ok: true, event: posted });
  });

  for (const [what, value] of Object.entries({
    'a list': [],
    'no object': { ...event(), involvedObject: {} },
    'no severity': { ...event(), severity: 'loud' },
    'no message': { ...event(), message: '' },
    'no time': { ...event(), timestamp: 'soon' },
  })) {
    it(`is refused with ${what}`, () => expect(parseFluxEvent(value).ok).to.equal(false));
  }
});

describe('a repeated event (flux-semantics 12.2)', () => {
  const base = eventKey(event());
  for (const [what, more, isSame] of [
    ['another time and reason', { timestamp: '2027-01-01T00:00:00Z', reason: 'Other' }, true],
    ['another severity', { severity: 'error' }, true],
    ['another message', { message: 'other' }, false],
    ['another revision', { metadata: { [`${group}/revision`]: 'x' } }, false],
    ['a token', { metadata: { ...event().metadata, [`${group}/token`]: 'x' } }, false],
    ['an originRevision', { metadata: { ...event().metadata, [`${group}/originRevision`]: 'x' } }, false],
    ['another checksum', { metadata: { ...event().metadata, [`${group}/checksum`]: 'x' } }, true],
  ] as const) {
    it(`is ${isSame ? 'known by its key' : 'news'} with ${what}`, () => {
      expect(eventKey(event(more)) === base).to.equal(isSame);
    });
  }

  it('is news again after five minutes', () => {
    const recent = new RecentEvents();
    const news = [0, 1000, 299_999, 300_000, 300_001].map((at) => recent.take('k', instantOf(at)));
    expect(news).to.deep.equal([true, false, false, true, false]);
    expect(recent.size).to.equal(1);
  });
});

describe('which Alerts tell (flux-semantics 12.2, 12.3)', () => {
  for (const [what, spec, kind] of [
    ['* of its own namespace', {}, 'told'],
    ['the name', { eventSources: [{ kind: 'Kustomization', name: 'apps' }] }, 'told'],
    ['another name', { eventSources: [{ kind: 'Kustomization', name: 'infra' }] }, 'not told'],
    ['another kind', { eventSources: [{ kind: 'HelmRelease', name: '*' }] }, 'not told'],
    [
      'another namespace',
      { eventSources: [{ kind: 'Kustomization', name: '*', namespace: 'x' }] },
      'not told',
    ],
    [
      'labels that it has',
      { eventSources: [{ kind: 'Kustomization', name: '*', matchLabels: { team: 'shop' } }] },
      'told',
    ],
    [
      'labels that it lacks',
      { eventSources: [{ kind: 'Kustomization', name: '*', matchLabels: { team: 'x' } }] },
      'not told',
    ],
    ['only errors', { eventSeverity: 'error' }, 'not told'],
    ['suspend', { suspend: true }, 'not told'],
    ['an inclusion that is met', { inclusionList: ['^x', 'configured$'] }, 'told'],
    ['an inclusion that is not met', { inclusionList: ['^created'] }, 'not told'],
    ['an exclusion that is met', { exclusionList: ['(?i)DEPLOYMENT/'] }, 'not told'],
    ['an exclusion that is not met', { exclusionList: ['Secret/'] }, 'told'],
    [
      'both met: the exclusion counts',
      { inclusionList: ['Deployment'], exclusionList: ['configured'] },
      'not told',
    ],
    ['an expression that is none', { inclusionList: ['('] }, 'invalid'],
  ] as const) {
    it(`${kind}: ${what}`, () => {
      const labels = { team: 'shop' };
      expect(matchAlert(alert(spec), event(), { isLocked: false, labels }).kind).to.equal(kind);
    });
  }

  it('of other namespaces only while that is allowed', () => {
    const far = alert(
      { eventSources: [{ kind: 'Kustomization', name: '*', namespace: 'flux-system' }] },
      'shop',
    );
    expect(matchAlert(far, event(), { isLocked: false }).kind).to.equal('told');
    expect(matchAlert(far, event(), { isLocked: true }).kind).to.equal('denied');
  });

  it('asks for labels only when they decide', () => {
    const labelled = (name: string) =>
      alert({ eventSources: [{ kind: 'Kustomization', name, matchLabels: { a: 'b' } }] });
    expect(needsLabels(alert(), event())).to.equal(false);
    expect(needsLabels(labelled('*'), event())).to.equal(true);
    expect(needsLabels(labelled('infra'), event())).to.equal(false);
  });
});

describe('metadata of a message (flux-semantics 12.2)', () => {
  const told = event({
    metadata: {
      [`${group}/revision`]: 'r1',
      [`${group}/checksum`]: 'c',
      [`${group}/digest`]: 'd',
      [`${group}/token`]: 't',
      'event.toolkit.fluxcd.io/team': 'shop',
      'event.toolkit.fluxcd.io/env': 'of the object',
      bare: 'x',
    },
  });

  it('has prefixes stripped and nothing internal', () => {
    expect(mergeMetadata(alert(), told)).to.deep.equal({
      metadata: { revision: 'r1', team: 'shop', env: 'of the object' },
      conflicts: [],
    });
  });

  it('is merged from the object, eventMetadata, summary and the controller, the later standing', () => {
    const spec = { eventMetadata: { env: 'prod', revision: 'mine', summary: 'a' }, summary: 'b' };
    expect(mergeMetadata(alert(spec), told)).to.deep.equal({
      metadata: { revision: 'r1', team: 'shop', env: 'prod', summary: 'b' },
      conflicts: ['env', 'revision', 'summary'],
    });
  });
});

describe('who hears of an event (flux-semantics 12.4)', () => {
  for (const [type, what, more, hears] of [
    ['slack', 'any event', {}, true],
    ['slack', 'an update of a status', { metadata: { commit_status: 'update' } }, false],
    ['generic', 'an update of a status', { metadata: { commit_status: 'update' } }, true],
    ['generic-hmac', 'an update of a status', { metadata: { commit_status: 'update' } }, true],
    ['github', 'an update of a status', { reason: 'X', metadata: { commit_status: 'update' } }, true],
    ['github', 'good news without a commit', { reason: 'X' }, false],
    ['github', 'good news with a commit', { reason: 'X', metadata: { commit: sha } }, true],
    ['github', 'an error', { reason: 'X', severity: 'error' }, true],
    ['gitlab', 'progress', { severity: 'error' }, false],
    ['githubpullrequestcomment', 'an event without a change request', {}, false],
    ['githubpullrequestcomment', 'an event with one', { metadata: { change_request: '7' } }, true],
  ] as const satisfies readonly (readonly [ProviderType, string, Partial<FluxEvent>, boolean])[]) {
    it(`${type} ${hears ? 'hears' : 'does not hear'} of ${what}`, () => {
      expect(isAudience(type, event({ metadata: {}, ...more }))).to.equal(hears);
    });
  }
});

describe('a comment on a change request (flux-semantics 12.4)', () => {
  const own: Provider = {
    ...provider,
    spec: { ...provider.spec, type: 'gitlabmergerequestcomment' },
    metadata: { ...provider.metadata, uid: 'u-1' },
  };
  const told = (metadata: Record<string, string>) => changeCommentOf(event({ metadata }), own);

  it('bears the mark of Provider and object, and says what happened', () => {
    const outcome = told({ change_request: '7', revision: 'main@sha1:1' });
    const { kind, namespace, name } = event({}).involvedObject;
    const marker = `<!-- flux-mr-comment-key:u-1/${kind}/${namespace}/${name} -->`;
    expect(outcome).to.deep.include({ ok: true });
    if (!outcome.ok) return;
    expect(outcome.comment).to.deep.include({ number: '7', marker });
    expect(outcome.comment.body)
      .to.include(`${marker}\n\n## Flux Status`)
      .and.to.include('* `revision`: main@sha1:1')
      .and.not.to.include('change_request');
  });

  for (const number of ['', '7/../8', '-1', 'x']) {
    it(`is refused for the number ${JSON.stringify(number)}`, () => {
      expect(told({ change_request: number }).ok).to.equal(false);
    });
  }
});

describe('the status of a commit (flux-semantics 12.4)', () => {
  const told = (more: Partial<FluxEvent>) =>
    commitStatusOf(
      event({
        reason: 'HealthCheckFailed',
        severity: 'error',
        metadata: { revision: `main@sha1:${sha}` },
        ...more,
      }),
      provider,
      alert(),
    );

  it('has state, context and description of the event', () => {
    expect(told({})).to.deep.equal({
      ok: true,
      status: {
        sha,
        state: 'failure',
        context: 'kustomization/apps/0c9c2e41',
        description: 'health check failed',
      },
    });
    expect(told({ severity: 'info' }))
      .to.deep.include({ ok: true })
      .and.to.have.nested.property('status.state', 'success');
  });

  it('is of commit, else originRevision, else revision', () => {
    const of = (metadata: Record<string, string>) => {
      const outcome = told({ metadata });
      return outcome.ok ? outcome.status.sha.slice(0, 1) : undefined;
    };
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(40));
    const all = { commit: `main@sha1:${a}`, originRevision: `v1@sha1:${b}`, revision: `latest@sha256:${c}` };
    expect(of(all)).to.equal('a');
    expect(of({ originRevision: all.originRevision, revision: all.revision })).to.equal('b');
    expect(of({ revision: all.revision })).to.equal('c');
    expect(of({ revision: 'latest' })).to.equal(undefined);
  });

  for (const [revision, found] of [
    [`main@sha1:${sha}`, sha],
    [`sha1:${sha}`, sha],
    [`feature/x@sha1:${sha}`, sha],
    [`main/${sha}`, sha],
    [sha, sha],
    ['v1.2.3', undefined],
  ] as const) {
    it(`finds ${found === undefined ? 'no commit' : 'the commit'} in ${revision}`, () =>
      expect(shaOf(revision)).to.equal(found));
  }

  it('has the context that commitStatusExpr gives', () => {
    const expression =
      "(event.involvedObject.kind + '/' + provider.metadata.name + '/' + alert.metadata.name)";
    const own = { ...provider, spec: { ...provider.spec, commitStatusExpr: expression } };
    const metadata = { revision: sha };
    const outcome = commitStatusOf(event({ metadata }), own, alert());
    expect(outcome).to.have.nested.property('status.context', 'Kustomization/git/all');
    const bad = { ...provider, spec: { ...provider.spec, commitStatusExpr: '1 + 1' } };
    expect(commitStatusOf(event({ metadata }), bad, alert()).ok).to.equal(false);
  });
});

it('a reason becomes title case (flux-semantics 12.4)', () => {
  expect(['Progressing', 'health check failed', 'build-failed'].map(titleCased)).to.deep.equal([
    'Progressing',
    'HealthCheckFailed',
    'BuildFailed',
  ]);
});
