import { BlockList, isIP } from 'node:net';
import { readNetwork } from './networks.js';

/** All IPv4 addresses, as they are mapped to IPv6. */
const MAPPED = new BlockList();
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');

/** The addresses of some networks, in which Node looks an address up in less time than it takes to parse one. */
export class AddressList {
  private readonly ipv4 = new BlockList();
  /** Apart from the others, since Node takes an IPv4 address for the IPv6 one that it is mapped to. */
  private readonly ipv6 = new BlockList();

  /** @param networks addresses, or networks in CIDR notation */
  constructor(readonly networks: readonly string[]) {
    for (const { address, bits } of networks.map(readNetwork)) {
      const family = address.kind();
      this[family].addSubnet(address.toString(), bits, family);
    }
  }

  /** Whether an address, in any spelling, is in one of the networks; a text that is no address is in none. */
  includes(address: string): boolean {
    const family = isIP(address);
    if (family === 4) return this.ipv4.check(address, 'ipv4');
    if (family === 0) return false;
    return (MAPPED.check(address, 'ipv6') ? this.ipv4 : this.ipv6).check(address, 'ipv6');
  }
}
