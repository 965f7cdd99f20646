import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import type { LoggerService, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { hash } from '@node-rs/argon2';
import type { FastifyInstance } from 'fastify';
import passport, { type Strategy } from 'passport';
import type { DataSource } from 'typeorm';
import type { Role } from '../../src/access/levels.js';
import { Passwords } from '../../src/accounts/passwords/passwords.js';
import { LastSeen } from '../../src/accounts/sessions/last-seen.js';
import { LastSources } from '../../src/api-keys/uses/last-sources.js';
import { PreviousUses } from '../../src/api-keys/uses/previous-uses.js';
import { ScopeUses } from '../../src/api-keys/uses/scope-uses.js';
import { LastUse } from '../../src/api-keys/uses/last-use.js';
import { createApp } from '../../src/app.js';
import { Sealer } from '../../src/audit/sealer.js';
import { PortalTokenStrategy } from '../../src/portal/portal-token.strategy.js';
import { KeyStrategy } from '../../src/verification/http/key.strategy.js';
import { KeyPairStrategy } from '../../src/verification/http/key-pair.strategy.js';
import { LoginTokenStrategy } from '../../src/auth/login-token.strategy.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { Clock } from '../../src/platform/runtime/clock.js';
import type { WriteBehindBuffer } from '../../src/platform/runtime/write-behind-buffer.js';
import { Housekeeper, type JobResult } from '../../src/housekeeping/housekeeper.js';
import { DeniedRequests } from '../../src/platform/http/denied-requests.js';
import type { AuthScheme } from '../../src/platform/http/requirement.js';
import { Quotas } from '../../src/verification/limits/quotas/quotas.js';
import { Usage } from '../../src/verification/usage/usage.js';
import { createDatabase, type TestDatabase } from './engine.js';
import { DATA } from './folders.js';
import { send, type Answer, type RequestOptions } from './http.js';
import { closeAtEnd } from './process-end.js';
import { DocumentedAnswers } from './documented-answers.js';
import { RefusalsSeen } from './refusals.js';
import { SecretsSeen } from './secrets.js';
import { Mailbox } from './smtp.js';

export const PASSWORD = 'correct horse battery';

/** Tests hash thousands of passwords, with the least work that argon2 can do: the server has no setting for that. */
Passwords.prototype.hash = (password) => hash(password, { memoryCost: 8, timeCost: 1, parallelism: 1 });

/** A clock that a test can put forward. */
class TestClock extends Clock {
  private aheadMs = 0;

  override nowMs(): number {
    return Date.now() + this.aheadMs;
  }

  advance(seconds: number): void {
    this.aheadMs += seconds * 1000;
  }
}

/** A user who is logged in. */
export interface User {
  /** Login token. */
  token: string;
  email: string;
  password: string;
  /** The account's number. */
  accountId: number;
  /** The account's uuid. */
  uuid: string;
  clientId: string;
  merchantId: string;
}

export interface Pair {
  id: string;
  apikey: string;
  apisecret: string;
}

export interface PersonalKey {
  key: string;
  secret: string;
  /** For HTTP Basic. */
  basic: string;
}

/** What Passport, which knows one application in a process, calls by name. */
const STRATEGIES: Record<AuthScheme, Type<Strategy>> = {
  loginToken: LoginTokenStrategy,
  keyPair: KeyPairStrategy,
  key: KeyStrategy,
  portalToken: PortalTokenStrategy,
};

/** In the order in which they were last used; Passport asks the latest. */
const running = new Set<TestServer>();

/** Servers that stay for a worker's next files, by engine. */
const shared: Partial<Record<typeof ENGINE, Promise<TestServer>>> = {};

/** The real application over a real database of its own, listening on a port of its own. */
export class TestServer {
  readonly clock = new TestClock();
  readonly mailbox = new Mailbox();
  readonly secrets = new SecretsSeen();
  readonly refusals = new RefusalsSeen();
  readonly answers = new DocumentedAnswers();
  readonly logs: string[] = [];
  admin!: User;
  app!: NestFastifyApplication;
  fastPath!: FastifyInstance;
  url!: string;
  private readonly agent = new Agent({ keepAlive: true });
  private database!: TestDatabase;
  /** Where the instances on this database write their revocation journals. */
  readonly journalFolder = join(DATA, `keywright-journal-${randomUUID()}`);
  private environment: Record<string, string> = {};
  private ownSecrets: string[] = [];
  private isShared = false;

  /**
   * The started server of all files that need no configuration of their own and neither put its clock forward nor change what belongs to no
   * merchant.
   */
  static async shared(): Promise<TestServer> {
    const server = await (shared[ENGINE] ??= TestServer.startShared());
    server.use();
    const { email, password } = server.admin;
    server.admin = await server.logIn(email, password);
    return server;
  }

  private static async startShared(): Promise<TestServer> {
    const server = await TestServer.start();
    server.isShared = true;
    closeAtEnd(() => server.end());
    return server;
  }

  /**
   * A server of a file's own.
   *
   * @param variables of the environment, beside those that every test needs
   * @param database one of the file's engine, unless another is given
   */
  static async start(
    variables: Record<string, string> = {},
    database: TestDatabase | Promise<TestDatabase> = createDatabase(),
  ): Promise<TestServer> {
    const server = new TestServer();
    server.database = await database;
    server.environment = {
      DATABASE_URL: server.database.url,
      PORT: '0',
      ADMIN_PASSWORD: randomBytes(12).toString('hex'),
      JWT_SECRET: secret(),
      KEY_PEPPERS: secret(),
      ENCRYPTION_KEYS: secret(),
      SMTP_URL: await server.mailbox.start(),
      CLIENT_RATE_LIMIT_PER_MINUTE: '0',
      PORTAL_RATE_LIMIT_PER_MINUTE: '0',
      LOGIN_RATE_LIMIT_PER_MINUTE: '0',
      PUBLIC_RATE_LIMIT_PER_MINUTE: '0',
      MAX_VERIFIERS_PER_MERCHANT: '0',
      ALLOW_UNITTEST_SIGNUP: 'true',
      USAGE_FLUSH_INTERVAL_MS: '50',
      // Less memory to prepare at each start than the default.
      KEYRING_MAX_KEYS: '10000',
      // Jobs run when a test says so.
      HOUSEKEEPING: 'false',
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1/32',
      REVOCATION_JOURNAL: server.journalFolder,
      ...variables,
    };
    await server.open();
    const { ADMIN_USERNAME, ADMIN_PASSWORD = '' } = loadConfig(server.environment);
    server.admin = await server.logIn(ADMIN_USERNAME, ADMIN_PASSWORD);
    return server;
  }

  /** Starts the application, on the database as it is. */
  async open(port = 0): Promise<void> {
    const config = loadConfig(this.environment);
    this.ownSecrets = [...config.JWT_SECRET, ...config.KEY_PEPPERS, ...config.ENCRYPTION_KEYS];
    for (const own of this.ownSecrets) this.secrets.add(own);
    const { app, fastPath } = await createApp(config, this.logger(), this.clock);
    this.fastPath = fastPath;
    this.app = app;
    running.add(this);
    await app.listen(port, '127.0.0.1');
    this.url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  }

  /**
   * Another instance on the same database, with the same secrets and the same clock, to be closed before this one is stopped.
   */
  async another(variables: Record<string, string> = {}): Promise<TestServer> {
    const { admin, answers, clock, logs, mailbox, refusals, secrets } = this;
    const other = Object.assign(new TestServer(), { admin, answers, clock, logs, mailbox, refusals, secrets });
    other.database = this.database;
    other.environment = { ...this.environment, ...variables };
    await other.open();
    return other;
  }

  /** Ends the application in good order, as SIGTERM does; the database stays. */
  async close(): Promise<void> {
    await this.app.close();
    this.agent.destroy();
    running.delete(this);
    [...running].at(-1)?.use();
  }

  /**
   * Makes sure that no secret that went over the wire is in a log line or in the clear in the database, and that every refusal is documented;
   * then stops the server, unless the next files share it.
   */
  async stop(): Promise<void> {
    if (this.isShared) {
      await this.flushed();
      await this.sealed();
    } else await this.close();
    const { count } = this.secrets;
    const found = {
      inLogs: this.secrets.foundIn(this.logs.join('\n')),
      inDatabase: this.secrets.foundIn(await this.database.dump()),
      undocumented: [...this.refusals.undocumented, ...this.answers.problems],
    };
    if (this.isShared) this.forget();
    else await this.dispose();
    expect(count).toBeGreaterThan(3);
    expect(found).toEqual({ inLogs: [], inDatabase: [], undocumented: [] });
  }

  /** Waits until what was counted in memory has been written. */
  async flushed(): Promise<void> {
    for (const part of [LastSeen, LastSources, LastUse, PreviousUses, Quotas, ScopeUses, Usage])
      await this.app.get<WriteBehindBuffer>(part, { strict: false }).drain();
  }

  /** Runs a scheduled job now, as this instance; `null` when another one is at it. */
  async keepHouse(name: string, how: 'run' | 'dryRun' = 'run'): Promise<JobResult | null> {
    const housekeeper = this.app.get(Housekeeper, { strict: false });
    const job = housekeeper.jobs.get(name);
    if (!job) throw new Error(`There is no job ${name}.`);
    return housekeeper[how](job);
  }

  /** Waits until everything that has happened, or was refused, has its place in the audit trail. */
  async sealed(): Promise<void> {
    await this.app.get(DeniedRequests).drain();
    await this.app.get(Sealer).seal();
  }

  /** Keeps the database as it is, while the server is closed. @returns a function that puts it back */
  snapshot(): Promise<() => Promise<void>> {
    if (!this.database.snapshot) throw new Error('This database cannot be put back.');
    return this.database.snapshot();
  }

  /** The environment of the server, for a command on the same database. */
  get variables(): Record<string, string> {
    return { ...this.environment };
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  async call(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    this.secrets.collect(options.json);
    const answer = await send(this.agent, this.url, method, path, options);
    this.secrets.collect(answer.body);
    this.refusals.note(method, path, answer);
    this.answers.note(method, path, answer);
    return answer;
  }

  /** The application's own data source, to look at or to change what HTTP can't. */
  get dataSource(): DataSource {
    return this.app.get<DataSource>(getDataSourceToken());
  }

  async logIn(username: string, password: string): Promise<User> {
    const { body } = await this.call('POST', '/api/auth/login', { json: { username, password } });
    const { token, user } = body.data;
    const me = await this.call('GET', '/api/v1/merchants/me', { token });
    const who = await this.call('GET', '/whoami/jwt', { token });
    const accountId = who.body.account.id as number;
    return {
      token,
      email: user.email,
      password,
      accountId,
      uuid: user.id,
      clientId: user.client_id,
      merchantId: me.body.id,
    };
  }

  /** A new merchant, by its first member, who has level 4. */
  async newMerchant(): Promise<User> {
    const { body } = await this.call('POST', '/api/v1/merchants/invite', { token: this.admin.token, json: {} });
    const email = `owner-${randomUUID()}@shop.example`;
    const { pathname, search } = new URL(body.signupLink);
    await this.call('POST', pathname + search, {
      json: {
        organization: { legalBusinessName: 'Example Shop Ltd' },
        admin: { email, password: PASSWORD, firstName: 'Ada', lastName: 'Lovelace' },
      },
    });
    return this.logIn(email, PASSWORD);
  }

  /** A new member of the inviter's merchant. */
  async newMember(inviter: User, role: Role): Promise<User> {
    const email = `member-${randomUUID()}@shop.example`;
    const { body } = await this.call('POST', '/api/v1/members', { token: inviter.token, json: { email, role } });
    const { pathname, search } = new URL(body.signupLink);
    await this.call('POST', pathname + search, {
      json: { password: PASSWORD, firstName: 'Grace', lastName: 'Hopper' },
    });
    return this.logIn(email, PASSWORD);
  }

  /** A key of the clients surface, with its credential. */
  async newPair(user: User): Promise<Pair> {
    const service = await this.call('POST', '/api/clients/generate-service-id', { token: user.token });
    const json = { service_id: service.body.data.SERVICE_ID };
    const { body } = await this.call('POST', '/api/clients/generate-api-key', { token: user.token, json });
    const list = await this.call('GET', '/api/clients/api-keys', { token: user.token });
    const { apikey, apisecret } = list.body.data.find(({ id }: Pair) => id === body.data.id);
    return { id: body.data.id, apikey, apisecret };
  }

  async newApplication(user: User, environment = 'live'): Promise<string> {
    const json = { name: `app ${randomUUID()}`, environment };
    return (await this.call('POST', '/api/v1/applications', { token: user.token, json })).body.id;
  }

  /** A key of the merchants surface. */
  async newFullKey(
    user: User,
    applicationId: string,
    limits: Record<string, unknown> = {},
  ): Promise<{ id: string; fullKey: string }> {
    const path = `/api/v1/applications/${applicationId}/api-keys`;
    return (await this.call('POST', path, { token: user.token, json: { description: 'A key', ...limits } })).body;
  }

  /** A key of the accounts surface. */
  async newPersonalKey(user: User, level = 4, expiresIn = 3600): Promise<PersonalKey> {
    const { body } = await this.call('POST', '/apikeys/jwt', {
      token: user.token,
      json: { name: 'A key', level, expiresIn },
    });
    const { key, secret } = body.apikey;
    return { key, secret, basic: `${key}:${secret}` };
  }

  /** Has Passport ask this application. */
  private use(): void {
    running.delete(this);
    running.add(this);
    for (const [name, strategy] of Object.entries(STRATEGIES))
      passport.use(name, this.app.get(strategy, { strict: false }));
  }

  /** Forgets what this file has sent and received. */
  private forget(): void {
    this.logs.length = 0;
    this.mailbox.mails.length = 0;
    this.refusals.clear();
    this.answers.clear();
    this.secrets.clear();
    for (const own of this.ownSecrets) this.secrets.add(own);
  }

  private async end(): Promise<void> {
    await this.close();
    await this.dispose();
  }

  private async dispose(): Promise<void> {
    await this.mailbox.stop();
    await this.database.drop();
    await rm(this.journalFolder, { recursive: true, force: true });
    // Jest keeps what a test file has in its variables.
    Object.assign(this, { app: undefined, fastPath: undefined });
  }

  private logger(): LoggerService {
    const keep = (...parts: unknown[]): void => void this.logs.push(parts.map(String).join(' '));
    return { log: keep, warn: keep, error: keep, fatal: keep };
  }
}

const secret = (): string => randomBytes(24).toString('hex');
