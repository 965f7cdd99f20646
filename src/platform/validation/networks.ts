import { isIP } from 'node:net';
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

/** An address with a port or in brackets, as some proxies forward it (RFC 7239, section 6). */
const WITH_PORT = /^(?:([\d.]+):\d{1,5}|\[([\da-f:.]+)\](?::\d{1,5})?)$/i;

/** Returns the address in a text like `203.0.113.9:51008` or `[2001:db8::1]:443`; any other text as it is. */
export function withoutPort(text: string): string {
  if (isIP(text) !== 0) return text;
  const [, ipv4, ipv6] = WITH_PORT.exec(text) ?? [];
  return ipv4 ?? ipv6 ?? text;
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

/** Whether every address of some networks is also in one of others. */
export function areWithin(networks: readonly string[], others: readonly string[]): boolean {
  const outer = others.map(readNetwork);
  return networks
    .map(readNetwork)
    .every((network) => outer.some((other) => network.bits >= other.bits && isWithin(network.address, other)));
}

/** Whether an address is in a network of its own family. */
export const isWithin = (address: Address, network: Network): boolean =>
  address.kind() === network.address.kind() && address.match(network.address, network.bits);

/** The bits that all IPv4 addresses have in common when they are mapped to IPv6. */
const MAPPED_BITS = 96;

/**
 * Reads a network as what it holds: a network of mapped addresses is the IPv4 network. Any larger IPv6 network, like `::/0`, holds IPv6 addresses
 * alone.
 */
export function readNetwork(text: string): Network {
  const { address, bits } = parseNetwork(text);
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= MAPPED_BITS;
  return isMapped ? { address: address.toIPv4Address(), bits: bits - MAPPED_BITS } : { address, bits };
}
