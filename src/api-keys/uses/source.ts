import Bowser from 'bowser';
import ipaddr from 'ipaddr.js';
import { parseAddress, spellAddress } from '../../platform/validation/networks.js';

/** Where a key is used from, as far as the request or the asker says. */
export interface Source {
  /** The address. */
  ip?: string | undefined;
  /** The `User-Agent`. */
  userAgent?: string | undefined;
}

/** Where a key was used from, without what would tell people apart; `null` where it isn't known. */
export interface CoarseSource {
  /** The network of the address: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address. */
  network: string | null;
  /** The name of the program, without its version. */
  agent: string | null;
}

const BITS = { ipv4: 24, ipv6: 48 };

/** The product of a `User-Agent` that names one first, as programs do (RFC 9110, section 10.1.5). */
const PRODUCT = /^[a-z][\w.+-]{0,39}(?=[/ ]|$)/i;

/** What has more digits than names have may be a secret that was sent as a name. */
const MAX_DIGITS = 3;

/** Parsed texts, since most requests send one of a few. */
const AGENTS_KEPT = 1000;
const agents = new Map<string, string | null>();

/** Returns what is kept of a source. */
export const coarsen = ({ ip, userAgent }: Source): CoarseSource => ({
  network: ip === undefined ? null : networkOf(ip),
  agent: userAgent === undefined ? null : agentOf(userAgent),
});

function networkOf(ip: string): string | null {
  const address = parseAddress(spellAddress(ip));
  if (!address) return null;
  const kind = address.kind();
  const family = kind === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  const cidr = `${address.toString()}/${BITS[kind]}`;
  return `${family.networkAddressFromCIDR(cidr).toString()}/${BITS[kind]}`;
}

function agentOf(userAgent: string): string | null {
  let agent = agents.get(userAgent);
  if (agent === undefined) {
    if (agents.size >= AGENTS_KEPT) agents.clear();
    agent = parseAgent(userAgent);
    agents.set(userAgent, agent);
  }
  return agent;
}

/** Browsers name another one first, for reasons of history. */
function parseAgent(userAgent: string): string | null {
  const name = userAgent.startsWith('Mozilla/')
    ? Bowser.parse(userAgent).browser.name?.slice(0, 40)
    : PRODUCT.exec(userAgent)?.[0];
  return name === undefined || name.replaceAll(/\D/g, '').length > MAX_DIGITS ? null : name;
}
