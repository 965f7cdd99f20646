import { BlockList, isIP } from 'node:net';

/** All IPv4 addresses, as they are mapped to IPv6, and the bits that they have in common. */
const MAPPED = new BlockList();
const MAPPED_BITS = 96;
MAPPED.addSubnet('::ffff:0:0', MAPPED_BITS, 'ipv6');

/** Whether a text is an address, or a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** The addresses of some networks. */
export class AddressList {
  private readonly ipv4 = new BlockList();
  /** Apart from the others, since Node takes an IPv4 address for the IPv6 one that it is mapped to. */
  private readonly ipv6 = new BlockList();

  /** @param networks addresses, or networks in CIDR notation, as {@link isNetwork} says */
  constructor(networks: readonly string[]) {
    for (const network of networks) this.add(network);
  }

  /** Whether an address, in any spelling, is in one of the networks; a text that is no address is in none. */
  includes(address: string): boolean {
    const family = isIP(address);
    if (family === 4) return this.ipv4.check(address, 'ipv4');
    if (family === 0) return false;
    return (MAPPED.check(address, 'ipv6') ? this.ipv4 : this.ipv6).check(address, 'ipv6');
  }

  /** A network of mapped addresses is the IPv4 network. Any larger IPv6 network, like `::/0`, holds IPv6 addresses alone. */
  private add(network: string): void {
    const [address = '', prefix] = network.split('/');
    const bits = prefix === undefined ? undefined : Number(prefix);
    if (isIP(address) === 4) return this.ipv4.addSubnet(address, bits ?? 32, 'ipv4');
    const isMapped = MAPPED.check(address, 'ipv6') && (bits ?? 128) >= MAPPED_BITS;
    if (isMapped) this.ipv4.addSubnet(mappedAddress(address), (bits ?? 128) - MAPPED_BITS, 'ipv4');
    else this.ipv6.addSubnet(address, bits ?? 128, 'ipv6');
  }
}

/** Returns the IPv4 address that is mapped to an IPv6 one. The URL parser writes the latter as `[::ffff:c000:201]`. */
function mappedAddress(address: string): string {
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':').slice(-2);
  const [high = 0, low = 0] = groups.map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
