import type { DatadogMetric } from '#api/argoproj/metric-provider.js';
import { toAppError } from '#ports/errors.js';
import type { MetricRequest } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { QueryFailure } from '../http/failure.js';

export interface Credentials {
  readonly address: string;
  readonly apiKey: string;
  readonly appKey: string;
}

const defaultAddress = 'https://api.datadoghq.com';
const defaultSecret = 'datadog';

/**
 * Those of the Secret that is named, and of no other; else those of the environment when it has all three; else those of
 * the Secret `datadog` beside the controller. Throws QueryFailure.
 */
export async function findCredentials(
  deps: MetricSourceDeps,
  { secretRef }: DatadogMetric,
  request: MetricRequest,
): Promise<Credentials> {
  const { name = '', namespaced = false } = secretRef ?? {};
  if (namespaced && name === '') {
    throw new QueryFailure('secret name is required for namespaced credentials');
  }
  if (name === '') return fromEnv(deps.env) ?? fromSecret(deps, defaultSecret);
  return namespaced ? fromRun(request, name) : fromSecret(deps, name);
}

function fromEnv(env: MetricSourceDeps['env']): Credentials | undefined {
  const { DD_API_KEY: apiKey = '', DD_APP_KEY: appKey = '', DD_ADDRESS: address = '' } = env;
  return apiKey === '' || appKey === '' || address === '' ? undefined : { address, apiKey, appKey };
}

async function fromSecret({ readSecret }: MetricSourceDeps, name: string): Promise<Credentials> {
  const data = await reading(name, async () => (await readSecret?.(name)) ?? {});
  return complete(name, { apiKey: data['api-key'], appKey: data['app-key'], address: data['address'] });
}

async function fromRun(request: MetricRequest, name: string): Promise<Credentials> {
  const read = (key: string): Promise<string> => request.readSecret(name, key);
  const apiKey = await reading(name, () => read('api-key'));
  const appKey = await reading(name, () => read('app-key'));
  const address = await addressIn(read);
  return complete(name, { apiKey, appKey, address });
}

async function addressIn(read: (key: string) => Promise<string>): Promise<string | undefined> {
  try {
    return await read('address');
  } catch (thrown) {
    if (toAppError(thrown).class === 'Missing') return undefined;
    throw thrown;
  }
}

const notFound = 'failed to find the credentials for datadog metrics provider';

async function reading<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    if (toAppError(thrown).class !== 'Missing') throw thrown;
    throw new QueryFailure(`${notFound}: secret ${name}: ${toAppError(thrown).message}`);
  }
}

function complete(
  name: string,
  found: { readonly [K in keyof Credentials]: string | undefined },
): Credentials {
  const { apiKey = '', appKey = '', address } = found;
  if (apiKey === '' || appKey === '') {
    throw new QueryFailure(`${notFound}: secret ${name} needs the keys api-key and app-key`);
  }
  return { apiKey, appKey, address: address || defaultAddress };
}
