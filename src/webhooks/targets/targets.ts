import { isIP, type LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { AllowedNetworks } from './networks.js';
import { Resolver } from './resolver.js';

/** The server doesn't send there; the message says why, in words for the merchant. */
export class TargetRefused extends Error {}

const NOT_PUBLIC = 'leads to an address that is not public';

/**
 * Where webhooks may go, so that nobody makes the server ask what only the server can reach (request forgery): checked when an endpoint is
 * made, and again for every connection, which then goes to the very addresses that were checked.
 */
@Injectable()
export class Targets {
  private readonly networks: AllowedNetworks;

  constructor(
    private readonly config: Config,
    private readonly resolver: Resolver,
  ) {
    this.networks = new AllowedNetworks(config.WEBHOOK_ALLOWED_NETWORKS ?? []);
  }

  /**
   * A URL that may be sent to as far as it can be told without asking for addresses.
   *
   * @throws {TargetRefused}
   */
  parse(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url) throw new TargetRefused('must be an absolute URL');
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TargetRefused('must be an https URL');
    if (url.protocol === 'http:' && this.config.isProduction) throw new TargetRefused('must be an https URL');
    if (url.username !== '' || url.password !== '') throw new TargetRefused('must not hold a user name or a password');
    const host = hostOf(url);
    if (isIP(host) !== 0) this.require([host]);
    return url;
  }

  /**
   * A URL whose addresses may all be sent to by now.
   *
   * @throws {TargetRefused}
   */
  async check(text: string): Promise<URL> {
    const url = this.parse(text);
    const host = hostOf(url);
    if (isIP(host) === 0) await this.addressesOf(host);
    return url;
  }

  /** How a connection to a name gets its addresses. (One to an address asks nobody; {@link parse} has checked that.) */
  readonly lookup: LookupFunction = (host, options, callback) => {
    this.addressesOf(host).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        const [first = { address: '', family: 4 }] = found;
        if (options.all) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as Error, ''),
    );
  };

  private async addressesOf(host: string): Promise<string[]> {
    const addresses = await this.resolver.resolve(host).catch(() => {
      throw new TargetRefused('has a host name that cannot be resolved');
    });
    this.require(addresses);
    return addresses;
  }

  private require(addresses: string[]): void {
    if (!addresses.every((address) => this.networks.includes(address))) throw new TargetRefused(NOT_PUBLIC);
  }
}

/** The URL parser writes every notation of an IPv4 address with dots, and IPv6 addresses in brackets. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');
