import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import { FakeHttpServer, sendJson } from '#test/fakes/http-server.js';
import { createHttpClient } from '../http/call.js';
import { AwsIdentities } from './identity.js';

const start = Date.UTC(2026, 0, 1);
const { signal } = new AbortController();

const assumed = (action: string, key: string) =>
  `<${action}Response><${action}Result><Credentials><AccessKeyId>${key}</AccessKeyId>
   <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration>
   </Credentials></${action}Result></${action}Response>`;

describe('AWS credentials', () => {
  let server: FakeHttpServer;
  let folder: string;
  let now: number;
  before(async () => {
    server = await FakeHttpServer.start();
    folder = mkdtempSync(join(tmpdir(), 'sluice-aws-'));
  });
  beforeEach(() => {
    now = start;
    server.seen.splice(0);
    server.answer = ({ body }, response) => {
      const form = new URLSearchParams(body);
      const action = form.get('Action') ?? '';
      response.end(assumed(action, `${action}:${form.get('RoleArn')}`));
    };
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server.stop();
  });

  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const identities = (env: Record<string, string>) =>
    new AwsIdentities({
      http: createHttpClient({ env: {} }),
      clock: { now: () => instantOf(now), schedule: () => () => undefined },
      env: { HOME: folder, AWS_REGION: 'r', AWS_ENDPOINT_URL_STS: server.url, ...env },
    });
  const keyOf = async (env: Record<string, string>, profile?: string) =>
    (await identities(env).find({ profile }, signal)).credentials.accessKeyId;

  it('come from the environment first, then from the token of a ServiceAccount', async () => {
    const token = { AWS_WEB_IDENTITY_TOKEN_FILE: file('token', 'jwt\n'), AWS_ROLE_ARN: 'arn:pod' };
    const keys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' };
    expect(await keyOf({ ...token, ...keys })).to.equal('ENV');
    expect(await keyOf(token)).to.equal('AssumeRoleWithWebIdentity:arn:pod');
    expect(new URLSearchParams(server.seen[0]?.body).get('WebIdentityToken')).to.equal('jwt');
    expect(server.seen[0]?.headers.authorization).to.equal(undefined);
  });

  it('are kept until shortly before they expire', async () => {
    const known = identities({ AWS_WEB_IDENTITY_TOKEN_FILE: file('token', 'jwt'), AWS_ROLE_ARN: 'arn:pod' });
    await known.find({}, signal);
    await known.find({}, signal);
    expect(server.seen.length).to.equal(1);
    now = start + 59.5 * 60_000;
    await known.find({}, signal);
    expect(server.seen.length).to.equal(2);
  });

  it('come from a profile of the shared files, also over the role that it names', async () => {
    const env = {
      AWS_CONFIG_FILE: file(
        'config',
        '[default]\nregion = eu-north-1\n[profile deep]\nrole_arn = arn:deep\nsource_profile = base\n' +
          '[profile round]\nrole_arn = arn:x\nsource_profile = round2\n[profile round2]\nrole_arn = arn:y\nsource_profile = round\n' +
          '[profile sso]\nsso_session = s\n',
      ),
      AWS_SHARED_CREDENTIALS_FILE: file(
        'credentials',
        '[base]\naws_access_key_id = BASE\naws_secret_access_key = s\n',
      ),
    };
    expect(await keyOf(env, 'base')).to.equal('BASE');
    expect(await keyOf({ ...env, AWS_PROFILE: 'base' })).to.equal('BASE');
    expect(await keyOf(env, 'deep')).to.equal('AssumeRole:arn:deep');
    expect(server.seen[0]?.headers.authorization).to.contain('Credential=BASE/20260101/r/sts/');
    const { region } = await identities({ ...env, AWS_REGION: '', AWS_PROFILE: 'base' }).find(
      { region: 'given' },
      signal,
    );
    expect(region).to.equal('given');
    const message = (profile: string) =>
      keyOf(env, profile).catch((thrown: unknown) => (thrown as Error).message);
    expect(await message('round')).to.equal('AWS profile round2: its source_profile leads in a circle');
    expect(await message('sso')).to.equal('AWS profile sso: sso_session is not supported');
  });

  it('come from the container, or from the machine', async () => {
    const lease = {
      AccessKeyId: 'LEASED',
      SecretAccessKey: 's',
      Token: 't',
      Expiration: '2026-01-01T06:00:00Z',
    };
    server.answer = (_, response) => sendJson(response, 200, lease);
    const container = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file('pod', 'pod-token'),
    };
    expect(await keyOf(container)).to.equal('LEASED');
    expect(server.seen[0]?.headers.authorization).to.equal('pod-token');
    server.answer = ({ path }, response) =>
      path === '/latest/api/token'
        ? response.end('imds')
        : path.endsWith('/')
          ? response.end('role')
          : sendJson(response, 200, lease);
    expect(await keyOf({ AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url })).to.equal('LEASED');
    expect(server.seen.slice(1).map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      'PUT /latest/api/token',
      'GET /latest/meta-data/iam/security-credentials/',
      'GET /latest/meta-data/iam/security-credentials/role',
    ]);
    expect(server.seen[2]?.headers['x-aws-ec2-metadata-token']).to.equal('imds');
  });
});
