import { readFile } from 'node:fs/promises';
import { textAt } from '#core/json/read.js';
import { parseInstant } from '#core/time/instant.js';
import { createHttpClient, type HttpAnswer } from '../http/call.js';
import { QueryFailure } from '../http/failure.js';
import { readJson } from '../http/json.js';
import type { LeasedCredentials } from './sts.js';

type Env = Readonly<Record<string, string | undefined>>;

const timeoutMs = 3000;
const containerHost = 'http://169.254.170.2';
const machineHost = 'http://169.254.169.254';
/** Without proxy and guard: these are the services of the machine, and no user names them. */
const callHttp = createHttpClient({ env: {} });

/** Credentials of the container: of an ECS task, or of a pod by EKS Pod Identity. `undefined`: this is no such container. */
export async function readContainerCredentials(
  env: Env,
  signal: AbortSignal,
): Promise<LeasedCredentials | undefined> {
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const full = env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  const url = relative === undefined ? full : `${containerHost}${relative}`;
  if (url === undefined || url === '') return undefined;
  const file = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  const token =
    file === undefined ? env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] : (await readFile(file, 'utf8')).trim();
  const headers = token === undefined ? {} : { authorization: token };
  return credentialsOf(await callHttp({ url, headers, signal, timeoutMs }), 'the container');
}

/** Credentials of the role of the machine, by its instance metadata service (version 2). Throws QueryFailure. */
export async function readMachineCredentials(env: Env, signal: AbortSignal): Promise<LeasedCredentials> {
  if (env['AWS_EC2_METADATA_DISABLED'] === 'true') throw new QueryFailure('no AWS credentials were found');
  const host = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? machineHost;
  const ask = (path: string, rest: { method?: 'PUT'; headers: Record<string, string> }) =>
    callHttp({ url: new URL(path, host), signal, timeoutMs, ...rest });
  const token = await ask('/latest/api/token', {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' },
  });
  const headers = { 'x-aws-ec2-metadata-token': textOf(token) };
  const folder = '/latest/meta-data/iam/security-credentials/';
  const role = textOf(await ask(folder, { headers })).trim();
  return credentialsOf(await ask(folder + role, { headers }), 'the machine');
}

function textOf({ status, text }: HttpAnswer): string {
  if (status === 200) return text;
  throw new QueryFailure(`no AWS credentials were found: the machine's metadata service answers ${status}`);
}

function credentialsOf({ status, text }: HttpAnswer, whose: string): LeasedCredentials {
  const answer = status === 200 ? readJson(text) : undefined;
  const accessKeyId = textAt(answer, 'AccessKeyId');
  const secretAccessKey = textAt(answer, 'SecretAccessKey');
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new QueryFailure(
      `no AWS credentials were found: those of ${whose} cannot be read (status ${status})`,
    );
  }
  const sessionToken = textAt(answer, 'Token');
  return {
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    expiresAt: parseInstant(textAt(answer, 'Expiration')),
  };
}
