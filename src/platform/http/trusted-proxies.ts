import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { Config } from '../config/config.js';
import { AddressList } from '../validation/address-list.js';
import { withoutPort } from '../validation/networks.js';

/** Returns which addresses are those of the proxies of the configuration, also where one is forwarded with a port; `false` for none. */
export function trustedProxies({ TRUSTED_PROXIES }: Config): ((address: string) => boolean) | false {
  if (TRUSTED_PROXIES === undefined) return false;
  const proxies = new AddressList(TRUSTED_PROXIES);
  return (address) => proxies.includes(withoutPort(address));
}

/** Reads the client's address from a request, which is what Fastify's `ip` is. */
export type AddressReader = (request: {
  headers: IncomingMessage['headers'];
  socket: { remoteAddress?: string | undefined };
}) => string;

/** Returns a reader of the client's address. */
export function addressReader(config: Config): AddressReader {
  const trusted = trustedProxies(config);
  return trusted
    ? (request) => proxyAddr.all(request as IncomingMessage, trusted).at(-1) ?? ''
    : ({ socket }) => socket.remoteAddress ?? '';
}
