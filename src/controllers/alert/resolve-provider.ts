import type { Provider } from '#api/flux/provider.js';
import type { Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { parseGoDuration } from '#core/time/duration.js';
import { isObject } from '#core/json/json.js';
import { parseYaml } from '#core/yaml/yaml.js';
import type { ClientTls, Destination } from '#ports/alert-sender.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';

type Values = Readonly<Record<string, string>>;

/** Where a Provider sends, and the texts that must not be shown. */
export interface ResolvedProvider {
  readonly destination: Destination;
  readonly secrets: readonly string[];
}

const defaultTimeoutMs = 15_000;

/** What nobody must read, wherever it is named. */
const open = new Set(['username', 'ca.crt', 'caFile', 'tls.crt']);

/** A Provider with its Secrets put in. Throws NotifyInvalid when one is missing or cannot be read. */
export async function resolveProvider(kube: Kube, provider: Provider): Promise<ResolvedProvider> {
  const { spec, metadata } = provider;
  if (spec.serviceAccountName !== undefined && spec.secretRef === undefined) {
    const why = 'is not served; put a token into the Secret of spec.secretRef';
    throw new AppError('NotifyInvalid', `spec.serviceAccountName of the Provider: ${why}`);
  }
  const read = (name: string | undefined) => readSecret(kube, metadata.namespace ?? '', name);
  const values = await read(spec.secretRef?.name);
  const proxyValues = await read(spec.proxySecretRef?.name);
  const tlsValues = await read(spec.certSecretRef?.name);
  const proxy = proxyOf(proxyValues) ?? values['proxy'] ?? spec.proxy;
  const tls = tlsOf(tlsValues);
  const secrets = [values, proxyValues, tlsValues].flatMap((all) =>
    Object.entries(all).flatMap(([key, value]) => (open.has(key) ? [] : [value])),
  );
  return {
    destination: {
      ...ownFields(provider, values),
      ...(proxy === undefined ? {} : { proxy: checkedProxy(proxy) }),
      ...(tls === undefined ? {} : { tls }),
    },
    secrets,
  };
}

function ownFields({ spec, metadata }: Provider, values: Values): Destination {
  const { address = '', username = '', channel = '', secretRef, type, timeout = '' } = spec;
  return {
    type,
    address: values['address']?.trim() ?? address,
    channel,
    username: values['username'] ?? username,
    password: values['password'] ?? '',
    token: values['token']?.trim() ?? '',
    headers: headersOf(values['headers'], `Secret/${metadata.namespace ?? ''}/${secretRef?.name ?? ''}`),
    timeoutMs: parseGoDuration(timeout) || defaultTimeoutMs,
  };
}

async function readSecret(kube: Kube, namespace: string, name: string | undefined): Promise<Values> {
  if (name === undefined) return {};
  const secret = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
  if (secret === undefined)
    throw new AppError(
      'NotifyInvalid',
      `Secret/${namespace}/${name}: not found; create it or change the Provider`,
    );
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]),
  );
}

/** Keys address, username and password of `spec.proxySecretRef`, as one URL. */
function proxyOf({ address, username, password }: Values): string | undefined {
  if (address === undefined) return undefined;
  const url = new URL(checkedProxy(address.trim()));
  if (username !== undefined) url.username = encodeURIComponent(username);
  if (password !== undefined) url.password = encodeURIComponent(password);
  return url.href;
}

function checkedProxy(address: string): string {
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return address;
  throw new AppError('NotifyInvalid', 'the proxy of the Provider is no URL of http or https');
}

function tlsOf(values: Values): ClientTls | undefined {
  const [ca, cert, key] = [values['ca.crt'] ?? values['caFile'], values['tls.crt'], values['tls.key']];
  if (ca === undefined && (cert === undefined || key === undefined)) return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
}

function headersOf(text: string | undefined, subject: string): Values {
  if (text === undefined || text.trim() === '') return {};
  const parsed = parseYaml(text);
  const value = parsed.ok ? parsed.value : undefined;
  if (!isObject(value) || !Object.values(value).every((one) => typeof one === 'string'))
    throw new AppError('NotifyInvalid', `${subject}: key 'headers' is no map of texts`);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
}
