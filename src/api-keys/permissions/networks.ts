import { BlockList, isIP } from 'node:net';

/** Builds a block list of addresses and networks (CIDR). */
export function buildBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const { address, family, bits } = parts(network);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, bits, family);
  }
  return list;
}

/** Whether every address in `networks` is also in one of `others`. */
export const areWithin = (networks: readonly string[], others: readonly string[]): boolean =>
  networks.every((network) => others.some((other) => isWithin(network, other)));

function isWithin(network: string, other: string): boolean {
  const { address, family } = parts(network);
  return fixedBits(network) >= fixedBits(other) && buildBlockList([other]).check(address, family);
}

/** How many bits a network fixes of an IPv6 address's 128. An IPv4 network counts as its IPv4-mapped IPv6 one. */
function fixedBits(network: string): number {
  const { family, bits } = parts(network);
  return family === 'ipv6' ? (bits ?? 128) : 96 + (bits ?? 32);
}

function parts(network: string): { address: string; family: 'ipv4' | 'ipv6'; bits?: number } {
  const [address = '', bits] = network.split('/');
  return { address, family: isIP(address) === 6 ? 'ipv6' : 'ipv4', ...(bits !== undefined && { bits: Number(bits) }) };
}
