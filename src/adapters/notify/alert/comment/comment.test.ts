import { expect } from 'chai';
import type { ProviderType } from '#api/flux/provider.js';
import type { AlertMessage } from '#ports/alert-sender.js';
import { toAppError } from '#ports/errors.js';
import { FakeHttpServer, type SeenRequest, sendJson } from '#test/fakes/http-server.js';
import { createAlertSender } from '../index.js';

describe('comments on change requests (flux-semantics 12.4)', () => {
  let server: FakeHttpServer;
  before(async () => (server = await FakeHttpServer.start()));
  after(() => server.stop());
  beforeEach(() => void (server.seen.length = 0));

  const sender = createAlertSender({});
  const bodyOf = (request: SeenRequest | undefined): unknown => JSON.parse(request?.body ?? 'null');

  function message(type: ProviderType, repository: string): AlertMessage {
    return {
      event: {
        involvedObject: { kind: 'Kustomization', namespace: 'flux-system', name: 'apps' },
        severity: 'info',
        timestamp: '2026-01-05T10:00:02Z',
        message: 'it works',
        reason: 'ReconciliationSucceeded',
        reportingController: 'kustomize-controller',
        reportingInstance: 'pod',
      },
      destination: {
        type,
        address: `${server.url}${repository}`,
        channel: '',
        username: '',
        password: '',
        token: 't',
        headers: {},
        timeoutMs: 2000,
      },
      changeComment: comment,
      id: 'abcdef0123456789abcdef0123456789',
      signal: new AbortController().signal,
    };
  }

  const comment = { number: '42', marker: '<!-- key -->', body: '<!-- key -->\n\nit works' };
  const changes: readonly (readonly [ProviderType, string, string, string, string])[] = [
    [
      'githubpullrequestcomment',
      '/shop/app.git',
      '/api/v3/repos/shop/app/issues/42/comments',
      'PATCH',
      '/api/v3/repos/shop/app/issues/comments/7',
    ],
    [
      'giteapullrequestcomment',
      '/shop/app',
      '/api/v1/repos/shop/app/issues/42/comments',
      'PATCH',
      '/api/v1/repos/shop/app/issues/comments/7',
    ],
    [
      'gitlabmergerequestcomment',
      '/group/sub/app',
      '/api/v4/projects/group%2Fsub%2Fapp/merge_requests/42/notes',
      'PUT',
      '/api/v4/projects/group%2Fsub%2Fapp/merge_requests/42/notes/7',
    ],
  ];
  for (const [type, repository, path, method, updated] of changes) {
    const tell = async (answer: typeof server.answer): Promise<readonly string[]> => {
      server.seen.length = 0;
      server.answer = answer;
      await sender.send(message(type, repository));
      return server.seen.map((one) => `${one.method} ${one.path.split('?')[0]}`);
    };
    const others = [{ id: 6, body: 'hello' }];
    const own = [...others, { id: 7, body: `${comment.marker} before` }];

    it(`${type} has one comment for an object, which is made and then updated`, async () => {
      expect(await tell((_, response) => sendJson(response, 200, others))).to.deep.equal([
        `GET ${path}`,
        `POST ${path}`,
      ]);
      expect(bodyOf(server.seen[1])).to.deep.equal({ body: comment.body });
      expect(await tell((_, response) => sendJson(response, 200, own))).to.deep.equal([
        `GET ${path}`,
        `${method} ${updated}`,
      ]);
      expect(bodyOf(server.seen[1])).to.deep.equal({ body: comment.body });
    });

    it(`${type} makes one when what looks like it is somebody else's`, async () => {
      const asked = await tell((request, response) =>
        sendJson(response, request.method === method ? 403 : 200, own),
      );
      expect(asked).to.deep.equal([`GET ${path}`, `${method} ${updated}`, `POST ${path}`]);
    });
  }

  it('does not comment where it cannot read the comments that there are', async () => {
    server.answer = (_, response) => sendJson(response, 200, '[{');
    const error = await sender.send(message('githubpullrequestcomment', '/shop/app')).catch(toAppError);
    expect(error).to.include({ code: 'NotifyInvalid' });
    expect(server.seen).to.have.lengthOf(1);
  });
});
