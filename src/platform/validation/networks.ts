import { BlockList, isIP } from 'node:net';
import { registerDecorator } from 'class-validator';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The addresses whose first bits are those of one. */
export interface Network {
  address: Address;
  bits: number;
}

/** Reads an address; `null` for anything else, and for what only some programs take for one: octal numbers, a zone. */
export function parseAddress(text: string): Address | null {
  const family = isIP(text);
  if (family === 0 || text.includes('%')) return null;
  // ipaddr.js takes ::192.0.2.1 for ::ffff:192.0.2.1. The URL parser writes every IPv6 address in hexadecimal groups.
  return ipaddr.parse(family === 4 ? text : new URL(`http://[${text}]`).hostname.slice(1, -1));
}

/**
 * Returns the one spelling of an address, by which records and limits know it: an IPv4 address that is mapped to IPv6, as a socket that listens
 * on `::` shows it, is the IPv4 address. What is no address is returned as it is.
 */
export function spellAddress(text: string): string {
  const address = isIP(text) === 6 ? parseAddress(text) : null;
  if (!(address instanceof ipaddr.IPv6)) return text;
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toString();
}

/**
 * Reads an address, or a network in CIDR notation.
 *
 * @throws {Error} for anything else
 */
export function parseNetwork(text: string): Network {
  const network = tryParseNetwork(text);
  if (!network) throw new Error(`${text} is no network.`);
  return network;
}

function tryParseNetwork(text: string): Network | null {
  const [start = '', prefix, ...rest] = text.split('/');
  const address = parseAddress(start);
  if (!address || rest.length > 0) return null;
  const length = address.kind() === 'ipv4' ? 32 : 128;
  if (prefix === undefined) return { address, bits: length };
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= length ? { address, bits: Number(prefix) } : null;
}

/** Each item is an address or a network in CIDR notation whose host bits are zero. */
export function IsNetwork(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isNetwork',
      target: target.constructor,
      propertyName: property as string,
      options: {
        each: true,
        message: '$property: each must be an address, or a network like 203.0.113.0/24 without host bits',
      },
      validator: { validate: (value: unknown) => typeof value === 'string' && isNetwork(value) },
    });
}

function isNetwork(text: string): boolean {
  const network = tryParseNetwork(text);
  if (!network) return false;
  const address = network.address.toString();
  const family = network.address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  return family.networkAddressFromCIDR(`${address}/${network.bits}`).toString() === address;
}

/** Whether every address of some networks is also in one of others. An IPv4 address is the IPv6 one that it is mapped to. */
export function areWithin(networks: readonly string[], others: readonly string[]): boolean {
  const outer = others.map(parseMapped);
  return networks
    .map(parseMapped)
    .every(({ address, bits }) =>
      outer.some((other) => bits >= other.bits && address.match(other.address, other.bits)),
    );
}

function parseMapped(text: string): Network & { address: ipaddr.IPv6 } {
  const { address, bits } = parseNetwork(text);
  return address instanceof ipaddr.IPv4
    ? { address: address.toIPv4MappedAddress(), bits: 96 + bits }
    : { address, bits };
}

/** Networks as Node looks addresses up in them, in less time than it takes to parse one. */
export function buildBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const { address, bits } of networks.map(parseNetwork)) list.addSubnet(address.toString(), bits, address.kind());
  return list;
}

/** Whether an address is in a list; a text that is no address is in none. */
export function isListed(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
