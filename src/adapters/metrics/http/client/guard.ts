import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { QueryFailure } from '../failure.js';
import { addNetwork } from './proxy.js';

/**
 * What no metric may reach unless the controller is told otherwise: link-local addresses, under which clouds hand out the
 * credentials of the machine, and the other addresses that they do it under.
 */
export const deniedByDefault: readonly string[] = [
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '168.63.129.16',
];

/** Keeps metrics, whose addresses users write, from places that only the machine is meant to reach. */
export interface AddressGuard {
  /** Throws QueryFailure for a host that is an address on the list. Names are looked at when they are resolved. */
  check(host: string): void;
  /** Resolves a name; an error when any of its addresses is on the list, so that no answer of DNS leads around it. */
  readonly lookup: LookupFunction;
}

type Resolver = (
  host: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

/** A guard with a list of addresses and networks (`10.0.0.0/8`). Throws TypeError for an entry that is neither. */
export function createGuard(denied: readonly string[], resolver: Resolver = resolve): AddressGuard {
  const networks = new BlockList();
  for (const entry of denied) {
    if (!addNetwork(networks, entry)) throw new TypeError(`${entry} is no address and no network`);
  }
  const isDenied = (address: string): boolean =>
    networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') ||
    behind(address).some((inner) => networks.check(inner, 'ipv4'));
  return {
    check: (host) => {
      if (isIP(host) !== 0 && isDenied(host)) throw refusal(host, host);
    },
    lookup: (host, options, done) => {
      resolver(host, { ...options, all: true }, (error, found) => {
        const bad = error === null ? found.find(({ address }) => isDenied(address)) : undefined;
        const [first] = found ?? [];
        if (error !== null) done(error, '');
        else if (bad !== undefined) done(refusal(host, bad.address), '');
        else if (options.all === true) done(null, found);
        else done(null, first?.address ?? '', first?.family);
      });
    },
  };
}

/** IPv4 addresses that a network may translate an IPv6 one to: NAT64, 6to4, and IPv4-compatible ones. */
function behind(address: string): readonly string[] {
  if (isIP(address) !== 6) return [];
  const groups = groupsOf(address);
  const [first = 0, second = 0, third = 0] = groups;
  if (first === 0x2002) return [dotted(second, third)];
  const [last = 0, before = 0] = [...groups].reverse();
  const isTranslated = first === 0x64 && second === 0xff9b;
  const isCompatible = groups.slice(0, 6).every((group) => group === 0);
  return isTranslated || isCompatible ? [dotted(before, last)] : [];
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // A URL writes an IPv4 end as two groups and everything in its shortest form.
  const written = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const [head = '', tail] = written.split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [left, right] = [read(head), read(tail ?? '')];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

function refusal(host: string, address: string): QueryFailure {
  const where = host === address ? host : `${host} (${address})`;
  return new QueryFailure(
    `${where} must not be asked: it is on the list of denied addresses of the controller`,
  );
}
