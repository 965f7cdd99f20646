import ipaddr from 'ipaddr.js';
import { parseAddress } from '../validation/networks.js';

/**
 * Names the party behind an address, for limits: an IPv4 address, also where it is written as an IPv6 one, or the /64 network that an IPv6
 * address belongs to, of which one subscriber has all addresses.
 */
export function partyAt(text: string): string {
  const address = parseAddress(text);
  if (!(address instanceof ipaddr.IPv6)) return text;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().toString();
  return `${address.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
