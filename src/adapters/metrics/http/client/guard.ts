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
    networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
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

function refusal(host: string, address: string): QueryFailure {
  const where = host === address ? host : `${host} (${address})`;
  return new QueryFailure(
    `${where} must not be asked: it is on the list of denied addresses of the controller`,
  );
}
