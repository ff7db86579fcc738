import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { checkCall, type IdentityType } from './check-call.js';
import type { ReceiverType } from '#api/flux/receiver.js';
import type { Signing } from './hook-call.js';

const signing: Signing = {
  hmacHex: (algorithm, key, data) => createHmac(algorithm, key).update(data).digest('hex'),
  isSame: (a, b) => a === b,
};
const token = 'swordfish';

interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly events?: readonly string[];
}

function answer(type: Exclude<ReceiverType, IdentityType>, { headers = {}, body = {}, events = [] }: Call) {
  const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  return checkCall(type, { headers, body: bytes }, { token, events }, signing);
}

const signed = (algorithm: 'sha1' | 'sha256' | 'sha512', body: unknown = {}) =>
  signing.hmacHex(algorithm, token, new TextEncoder().encode(JSON.stringify(body)));

const dockerhub = { push_data: { tag: 'v1' }, repository: { repo_url: 'https://hub/r/shop/web' } };
const quay = { docker_url: 'quay.io/shop/web', updated_tags: ['v1'] };
const acr = { action: 'push', target: { repository: 'shop/web', tag: 'v1' } };
const nexus = { action: 'UPDATED', repositoryName: 'shop' };
const cdevent = {
  context: {
    version: '0.4.1',
    id: '1',
    source: '/ci',
    type: 'dev.cdevents.change.merged.0.2.0',
    timestamp: '2026-01-05T10:00:00Z',
  },
  subject: { id: '1', type: 'change', content: {} },
};
const ce = { 'ce-type': 'dev.cdevents.change.merged.0.2.0' };

const good: readonly (readonly [string, Exclude<ReceiverType, IdentityType>, Call])[] = [
  ['generic asks for nothing', 'generic', { body: 'hello' }],
  ['generic-hmac by sha256', 'generic-hmac', { headers: { 'x-signature': `sha256=${signed('sha256')}` } }],
  ['generic-hmac by sha1', 'generic-hmac', { headers: { 'x-signature': `sha1=${signed('sha1')}` } }],
  ['generic-hmac by sha512', 'generic-hmac', { headers: { 'x-signature': `sha512=${signed('sha512')}` } }],
  [
    'github by X-Hub-Signature-256 and an event of the list',
    'github',
    {
      headers: { 'x-hub-signature-256': `sha256=${signed('sha256')}`, 'x-github-event': 'push' },
      events: ['ping', 'push'],
    },
  ],
  ['github by X-Hub-Signature', 'github', { headers: { 'x-hub-signature': `sha1=${signed('sha1')}` } }],
  [
    'gitlab by its token and event',
    'gitlab',
    { headers: { 'x-gitlab-token': token, 'x-gitlab-event': 'Push Hook' }, events: ['Push Hook'] },
  ],
  [
    'bitbucket by signature and event key',
    'bitbucket',
    {
      headers: { 'x-hub-signature': `sha256=${signed('sha256')}`, 'x-event-key': 'repo:push' },
      events: ['repo:push'],
    },
  ],
  ['harbor by its Authorization', 'harbor', { headers: { authorization: token } }],
  ['dockerhub by the shape of the body', 'dockerhub', { body: dockerhub }],
  ['quay by the shape of the body', 'quay', { body: quay }],
  ['acr by the shape of the body', 'acr', { body: acr }],
  [
    'nexus by its hmac-sha1',
    'nexus',
    { headers: { 'x-nexus-webhook-signature': signed('sha1', nexus) }, body: nexus },
  ],
  ['cdevents by schema and type', 'cdevents', { headers: ce, body: cdevent, events: [ce['ce-type']] }],
];

const bad: readonly (readonly [string, Exclude<ReceiverType, IdentityType>, Call, RegExp])[] = [
  ['generic-hmac without a signature', 'generic-hmac', {}, /^missing X-Signature header$/],
  ['generic-hmac by md5', 'generic-hmac', { headers: { 'x-signature': 'md5=00' } }, /wanted <sha1/],
  [
    'generic-hmac signed by somebody else',
    'generic-hmac',
    { headers: { 'x-signature': `sha256=${'0'.repeat(64)}` } },
    /not that of the body/,
  ],
  [
    'github with a good old signature beside a bad new one',
    'github',
    { headers: { 'x-hub-signature': `sha1=${signed('sha1')}`, 'x-hub-signature-256': 'sha256=00' } },
    /^X-Hub-Signature-256: the signature/,
  ],
  [
    'github with an event that is not on the list',
    'github',
    {
      headers: { 'x-hub-signature-256': `sha256=${signed('sha256')}`, 'x-github-event': 'fork' },
      events: ['push'],
    },
    /^the GitHub event "fork" is not authorised$/,
  ],
  ['gitlab with another token', 'gitlab', { headers: { 'x-gitlab-token': 'x' } }, /X-Gitlab-Token/],
  ['bitbucket without a signature', 'bitbucket', {}, /^missing X-Hub-Signature header$/],
  [
    'harbor with Bearer before the token',
    'harbor',
    { headers: { authorization: `Bearer ${token}` } },
    /Auth/,
  ],
  ['dockerhub without a tag', 'dockerhub', { body: { push_data: {} } }, /push_data\.tag is missing/],
  ['quay that is no JSON', 'quay', { body: 'tags' }, /not a JSON object/],
  ['quay without tags', 'quay', { body: { docker_url: 'x' } }, /updated_tags is missing/],
  ['acr without a target', 'acr', { body: { action: 'push' } }, /target\.repository is missing/],
  [
    'nexus with another body',
    'nexus',
    { headers: { 'x-nexus-webhook-signature': signed('sha1') }, body: nexus },
    /X-Nexus/,
  ],
  ['cdevents without Ce-Type', 'cdevents', { body: cdevent }, /^missing Ce-Type header$/],
  ['cdevents of another type', 'cdevents', { headers: ce, body: cdevent, events: ['x'] }, /not authorised/],
  [
    'cdevents without a subject',
    'cdevents',
    { headers: ce, body: { context: cdevent.context } },
    /subject\.id is missing/,
  ],
];

describe('what a call to a Receiver must be (flux-semantics 12.5)', () => {
  for (const [name, type, call] of good)
    it(`takes ${name}`, () => expect(answer(type, call)).to.equal(undefined));
  for (const [name, type, call, problem] of bad) {
    it(`refuses ${name}`, () => {
      expect(answer(type, call)).to.match(problem);
      expect(answer(type, call)).not.to.contain(token);
    });
  }
});
