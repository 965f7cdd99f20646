import { BlockList, isIP } from 'node:net';

/** Addresses and networks (CIDR) as Node looks them up. */
export function buildBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const { address, family, bits } = parts(network);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, bits, family);
  }
  return list;
}

/** Whether every address of some networks is also in one of others. */
export const areWithin = (networks: readonly string[], others: readonly string[]): boolean =>
  networks.every((network) => others.some((other) => isWithin(network, other)));

function isWithin(network: string, other: string): boolean {
  const { address, family } = parts(network);
  return fixedBits(network) >= fixedBits(other) && buildBlockList([other]).check(address, family);
}

/** Of the 128 bits of an IPv6 address, as which an IPv4 one can be written. */
function fixedBits(network: string): number {
  const { family, bits } = parts(network);
  return family === 'ipv6' ? (bits ?? 128) : 96 + (bits ?? 32);
}

function parts(network: string): { address: string; family: 'ipv4' | 'ipv6'; bits?: number } {
  const [address = '', bits] = network.split('/');
  return { address, family: isIP(address) === 6 ? 'ipv6' : 'ipv4', ...(bits !== undefined && { bits: Number(bits) }) };
}
