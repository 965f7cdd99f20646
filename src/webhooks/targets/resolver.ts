import { promises as dns, NODATA, NOTFOUND } from 'node:dns';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';

/** How long a name server has for its answer, and how often it is asked. */
const PATIENCE = { timeout: 2000, tries: 2 };

/** Codes of answers that there is no such name, or no address of it. */
const UNKNOWN = new Set<string>([NOTFOUND, NODATA]);

/**
 * The addresses of names that merchants give. Node's own resolver asks the name servers without a thread, so that a slow one delays nobody
 * else; what they don't know, the system's may, by its hosts file or search list: that takes a thread, so one name at a time.
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

  /** @throws the name servers' refusal, with its code, when there is no address */
  async resolve(name: string): Promise<string[]> {
    const answers = await Promise.allSettled([this.resolver.resolve4(name), this.resolver.resolve6(name)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const deniedRequests = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []));
    const isUnknown = deniedRequests.every((error) => UNKNOWN.has((error as NodeJS.ErrnoException).code ?? ''));
    if (!isUnknown || !this.asksSystem) throw deniedRequests[0] ?? new Error(`${name} has no address`);
    return this.askSystem(name);
  }

  private askSystem(name: string): Promise<string[]> {
    const asked = this.turn.then(() => dns.lookup(name, { all: true }));
    this.turn = asked.catch(() => undefined);
    return asked.then((found) => found.map(({ address }) => address));
  }
}
