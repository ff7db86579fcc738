import { BlockList, isIP } from 'node:net';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a URL, as Go reads it: `HTTPS_PROXY` for https, `HTTP_PROXY` for http, in upper or
 * lower case; none for loopback and for what `NO_PROXY` names: hosts, `.suffixes`, addresses and networks, each with a port or
 * without, or `*`. Throws TypeError when what it names is no URL.
 */
export function proxyOf(url: URL, env: Env): URL | undefined {
  const read = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  const given = read(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (given === '') return undefined;
  const host = bareHost(url);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (isLoopback(host)) return undefined;
  const exceptions = read('NO_PROXY')
    .split(',')
    .map((entry) => entry.trim().toLowerCase());
  if (exceptions.some((entry) => entry !== '' && isExcepted(host, port, entry))) return undefined;
  return new URL(given.includes('://') ? given : `http://${given}`);
}

/** The host of a URL without the brackets of an IPv6 address. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function isExcepted(host: string, port: string, entry: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(host, entry);
  const { name, wantedPort } = splitPort(entry);
  if (wantedPort !== undefined && wantedPort !== port) return false;
  if (isIP(host) !== 0 || isIP(name) !== 0) return host === name;
  if (name.startsWith('.')) return host.endsWith(name);
  if (name.startsWith('*.')) return host.endsWith(name.slice(1));
  return host === name || host.endsWith(`.${name}`);
}

function splitPort(entry: string): { readonly name: string; readonly wantedPort: string | undefined } {
  const match = /^(?:\[(.+)\]|([^:]*)):(\d+)$/.exec(entry);
  if (match !== null) return { name: match[1] ?? match[2] ?? '', wantedPort: match[3] };
  return { name: entry.replace(/^\[(.*)\]$/, '$1'), wantedPort: undefined };
}

function isInNetwork(host: string, entry: string): boolean {
  const family = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  const networks = new BlockList();
  return isIP(host) !== 0 && addNetwork(networks, entry) && networks.check(host, family);
}

/** Adds an address or a network in CIDR form; false for what is neither. */
export function addNetwork(networks: BlockList, entry: string): boolean {
  const [address = '', bits] = entry.split('/');
  const family = isIP(address);
  const longest = family === 6 ? 128 : 32;
  const length = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (family === 0 || length < 0 || length > longest) return false;
  networks.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4');
  return true;
}
