import {
  isWithin,
  parseAddress,
  parseNetwork,
  type Address,
  type Network,
} from '../../platform/validation/networks.js';

/** The range of global unicast IPv6 addresses (IANA); all others have special purposes. */
const GLOBAL_IPV6 = parseNetwork('2000::/3');

/** Addresses that look public but are internal to a cloud (Azure's host). */
const OF_CLOUDS = ['168.63.129.16'].map(parseNetwork);

/**
 * The addresses that webhooks may be sent to: public ones, and those of the configured networks. Addresses that embed another one (IPv4 in
 * IPv6, 6to4, NAT64, Teredo) count as private.
 */
export class AllowedNetworks {
  private readonly allowed: Network[];

  /** @param networks addresses, or networks in CIDR notation */
  constructor(networks: string[]) {
    this.allowed = networks.map(parseNetwork);
  }

  includes(text: string): boolean {
    const address = parseAddress(text);
    if (!address) return false;
    return this.allowed.some((network) => isWithin(address, network)) || isPublic(address);
  }
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || OF_CLOUDS.some((network) => isWithin(address, network))) return false;
  return address.kind() === 'ipv4' || isWithin(address, GLOBAL_IPV6);
}
