import type { Type } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Merchant } from '../accounts/merchant.entity.js';
import { Passwords } from '../accounts/passwords/passwords.js';
import { createApp } from '../app.js';
import { Sealer } from '../audit/sealer.js';
import { MailSender } from '../notifications/mail-sender.js';
import type { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/events/domain-error.js';
import { LineLogger } from '../platform/observability/logs/line-logger.js';
import { readConfigBesideServers } from './application/command-config.js';
import { CommandError } from './shell/failure.js';
import { printFirstLogin } from './serving/first-login.js';
import { createExampleMerchant, WEBHOOK_NETWORK, type ExampleMerchant } from './seed/example-merchant.js';
import { PastClock } from './seed/past-clock.js';

const LOGGER = new LineLogger(['error']);

/** Adds an example merchant to the database, and prints how to log in and which keys there are to try. */
export async function seed(name: string): Promise<void> {
  if (process.env.NODE_ENV === 'production')
    throw new CommandError('NODE_ENV is production: example data does not belong in a production database.');
  const config = readExampleConfig();
  const clock = new PastClock();
  const { app, firstLogin } = await createApp(config, LOGGER, clock);
  try {
    if (firstLogin) {
      console.log('The database was empty. Its first account, an administrator:');
      printFirstLogin(firstLogin);
    }
    const use = <T>(service: Type<T>): T => app.get<T>(service, { strict: false });
    const merchants = app.get<DataSource>(getDataSourceToken()).getRepository(Merchant);
    if (await merchants.existsBy({ name })) throw nameTaken(name);
    const password = use(Passwords).generate();
    const merchant = await createExampleMerchant(use, clock, name, password);
    console.log(describe(name, password, merchant, config));
    // The mails about all this end here, in a log that shows errors only: a server would send them to addresses that do not exist.
    await use(Sealer).seal();
    use(MailSender).tick();
  } catch (error) {
    throw error instanceof DomainError && error.code === 'email.taken' ? nameTaken(name) : error;
  } finally {
    await app.close();
  }
}

/** Lets webhooks name addresses that lead nowhere, and has mails written to the log. */
function readExampleConfig(): Config {
  const config = readConfigBesideServers();
  const networks = [...(config.WEBHOOK_ALLOWED_NETWORKS ?? []), WEBHOOK_NETWORK];
  return Object.assign(config, { SMTP_URL: undefined, WEBHOOK_ALLOWED_NETWORKS: networks });
}

const nameTaken = (name: string): CommandError =>
  new CommandError(`There is a merchant "${name}" already. Add another one with --name "Another Shop".`);

function describe(
  name: string,
  password: string,
  { clientId, members, keys }: ExampleMerchant,
  config: Config,
): string {
  const url = `${config.publicUrl}/api/v1/keys/check`;
  return [
    `The merchant ${name}, client ${clientId}, has been created. Log in as any of its members:`,
    ...members.map(({ email, role, level }) => `  ${email.padEnd(36)} ${role}, level ${level}`),
    `  Password       ${password}   (shown this once)`,
    '',
    `Keys to try, for example with: curl -i ${url} -H "X-API-Key: <key>"`,
    ...Object.entries(keys).map(([what, key]) => `  ${what.padEnd(26)} ${key}`),
  ].join('\n');
}
