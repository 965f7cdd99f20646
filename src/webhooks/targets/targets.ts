import { isIP, type LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { AllowedNetworks } from './networks.js';
import { Resolver } from './resolver.js';

/** Webhooks cannot be sent to this URL; the message tells the merchant why. */
export class TargetRefused extends Error {}

const NOT_PUBLIC = 'leads to an address that is not public';

/**
 * Checks the targets of webhooks, so that they cannot be used to reach internal hosts (server-side request forgery): when an endpoint is created,
 * and again for every connection, which uses exactly the addresses that were checked.
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
   * Parses a URL, and checks it as far as that is possible without resolving its host.
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
   * Parses a URL, and checks all addresses of its host.
   *
   * @throws {TargetRefused}
   */
  async check(text: string): Promise<URL> {
    const url = this.parse(text);
    const host = hostOf(url);
    if (isIP(host) === 0) await this.addressesOf(host);
    return url;
  }

  /** Resolves the host of a connection. (An address needs no lookup; {@link parse} has checked it.) */
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

/** The host of a URL; the URL parser has normalised addresses, with brackets around IPv6. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');
