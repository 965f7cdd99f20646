import { randomBytes } from 'node:crypto';
import { Instance } from '../../cluster/instance.js';
import { Merchant } from '../../cluster/merchant.js';
import { Clients } from './clients.js';
import { Ledger } from './ledger.js';
import { report } from './report.js';
import { verify, verifyChains } from './verifier.js';

const secret = () => randomBytes(24).toString('hex');

/** Secrets for a server that isn't to generate its own. */
export const SECRETS = { JWT_SECRET: secret(), KEY_PEPPERS: secret(), ENCRYPTION_KEYS: secret() };

const ADMIN = { username: 'admin', password: secret() };

/** A real server process, in a folder of its own. */
export class Server extends Instance {
  /** @param main another program than the one that is built here */
  constructor(folder, environment = {}, main = undefined) {
    const all = {
      ADMIN_PASSWORD: ADMIN.password,
      CLIENT_RATE_LIMIT_PER_MINUTE: '0',
      LOGIN_RATE_LIMIT_PER_MINUTE: '0',
      PUBLIC_RATE_LIMIT_PER_MINUTE: '0',
      PUBLIC_URL: 'https://keys.example',
      ...environment,
    };
    super('The server', all, { folder, main });
    this.folder = folder;
    const { PATH } = process.env;
    const { DATABASE_URL } = environment;
    this.databaseEnvironment = { PATH, ...(DATABASE_URL && { DATABASE_URL }) };
  }

  /** As a cluster of one, for those that choose among instances. */
  sound() {
    return this;
  }

  async logIn(username, password) {
    const { body } = await this.call('POST', '/api/auth/login', { json: { username, password } });
    const { token, user } = body.data;
    const me = await this.call('GET', '/api/v1/merchants/me', { token });
    return { token, id: user.id, merchantId: me.body.id, username };
  }

  admin() {
    return this.logIn(ADMIN.username, ADMIN.password);
  }

  async readiness() {
    const { status, body } = await this.call('GET', '/health/ready');
    return { isReady: status === 200, status, details: body?.details ?? body };
  }
}

/** A merchant with clients that use its keys on a server, and what they were told. The server may be replaced by another over the same database. */
export class Load {
  ledger = new Ledger();

  static async on(server) {
    const load = new Load();
    load.merchant = await Merchant.signUp(server, await server.admin());
    load.clients = new Clients(server, load.merchant, await load.merchant.application(), load.ledger);
    return load;
  }

  set server(server) {
    this.clients.server = server;
  }

  /** Compares everything that was acknowledged with what the server says. */
  verify() {
    return verify(this.ledger, this.clients.server, this.merchant);
  }

  /** Ends the server, reports, and fails unless everything that was acknowledged held. */
  async conclude(fault, rounds) {
    await verifyChains(this.ledger, this.clients.server);
    await this.clients.server.kill();
    report(fault, rounds, this.ledger);
    this.ledger.assertKept();
  }
}
