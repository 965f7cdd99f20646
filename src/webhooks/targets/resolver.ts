import { promises as dns, NODATA, NOTFOUND } from 'node:dns';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';

/** The timeout of a name server, and the number of tries. */
const PATIENCE = { timeout: 2000, tries: 2 };

/** Codes for a name that does not exist or has no address. */
const UNKNOWN = new Set<string>([NOTFOUND, NODATA]);

/**
 * Resolves the host names of webhooks. Node's own resolver queries name servers without a thread, so that a slow one delays no other lookup. Names
 * that it cannot resolve are looked up by the system, with its hosts file and search list; that takes a thread, so one name at a time.
 */
@Injectable()
export class Resolver {
  private readonly resolver = new dns.Resolver(PATIENCE);
  private readonly asksSystem: boolean;
  private turn: Promise<unknown> = Promise.resolve();

  constructor({ WEBHOOK_DNS_SERVERS: servers }: Config) {
    if (servers) this.resolver.setServers(servers);
    this.asksSystem = !servers;
  }

  /** @throws the error of the name servers, with its code, when there is no address */
  async resolve(name: string): Promise<string[]> {
    const answers = await Promise.allSettled([this.resolver.resolve4(name), this.resolver.resolve6(name)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []));
    const isUnknown = failures.every((error) => UNKNOWN.has((error as NodeJS.ErrnoException).code ?? ''));
    if (!isUnknown || !this.asksSystem) throw failures[0] ?? new Error(`${name} has no address`);
    return this.askSystem(name);
  }

  private askSystem(name: string): Promise<string[]> {
    const asked = this.turn.then(() => dns.lookup(name, { all: true }));
    this.turn = asked.catch(() => undefined);
    return asked.then((found) => found.map(({ address }) => address));
  }
}
