import { newPortal, type TestPortal } from './portal.js';
import { newVerifier, type TestVerifier } from './verifiers.js';
import { randomUUID } from 'node:crypto';
import { ApiKey } from '../../src/api-keys/api-key.entity.js';
import { PASSWORD, type TestServer, type User } from './server.js';

/** The description of the strong keys of a merchant, by which a filter finds them all. */
const STRONG = 'A strong key';

/** The external id of these keys. */
const SHARED = 'strong-customer';

/** An account of level 8, in the merchant of weaker members, with all that is its own. */
export class Stronger {
  private constructor(
    private readonly server: TestServer,
    readonly account: User,
    readonly application: string,
    readonly webhook: string,
    /** The id of a strong key of another merchant, and that merchant. */
    readonly elsewhere: { merchantId: string; keyId: string },
    /** By what they are: their ids. */
    readonly ids: Record<'personal' | 'inApplication' | 'ofMerchant' | 'pair', string>,
    /** The id of its login session. */
    private readonly session: string,
    /** The credentials of all its keys. */
    private readonly credentials: string[],
    /** Keys of its own that are weaker than it, by level. */
    readonly weakKeys: string[],
    /** A verifier of its merchant's. */
    readonly verifier: TestVerifier,
    /** A portal session that it has opened. */
    readonly portal: TestPortal,
  ) {}

  static async in(server: TestServer): Promise<Stronger> {
    const account = await server.newMember(server.admin, 'admin');
    const { token } = account;
    const application = await server.newApplication(account);
    const settings = {
      description: STRONG,
      externalId: SHARED,
      level: 8,
      scopes: ['payments:*'],
      expiresInSeconds: 86_400,
    };
    const inApplication = await server.newFullKey(account, application, settings);
    const ofMerchant = (await server.call('POST', '/api/v1/api-keys', { token, json: settings })).body;
    const pair = await server.newPair(account);
    const change = { name: STRONG, level: 8 };
    await server.dataSource.getRepository(ApiKey).update(pair.id, change);
    const personal = await server.newPersonalKey(account, 8);
    const { merchantId } = await server.newMerchant();
    const path = `/api/v1/api-keys?merchantId=${merchantId}`;
    const elsewhere = (await server.call('POST', path, { token, json: settings })).body;
    const json = { url: 'http://127.0.0.1:9/', events: ['api_key.exposed'] };
    const webhook = await server.call('POST', '/api/v1/webhooks', { token, json });
    const weakKeys: string[] = [];
    for (let level = 0; level < 8; level += 1) weakKeys.push((await server.newPersonalKey(account, level)).basic);
    const sessions = (await server.call('GET', '/api/v1/sessions', { token })).body;
    return new Stronger(
      server,
      account,
      application,
      webhook.body.id,
      { merchantId, keyId: elsewhere.id },
      { personal: personal.key, inApplication: inApplication.id, ofMerchant: ofMerchant.id, pair: pair.id },
      sessions.items.find((one: { isCurrent: boolean }) => one.isCurrent).id,
      [
        inApplication.fullKey,
        ofMerchant.fullKey,
        elsewhere.fullKey,
        `${pair.apikey}:${pair.apisecret}`,
        personal.basic,
        ...weakKeys,
      ],
      weakKeys,
      await newVerifier(server, account),
      await newPortal(server, account),
    );
  }

  /** The strong keys that everybody of the merchant can name in a bulk call. */
  get ofTheMerchant(): string[] {
    return [this.ids.inApplication, this.ids.ofMerchant, this.ids.pair];
  }

  /** A filter that finds the same keys. */
  readonly filter = { q: STRONG };

  /** What must stay as it is: what its keys are good for, and what is known of it, but for the language of its mails and the times of changes. */
  async state(): Promise<unknown> {
    const { token } = this.server.admin;
    const json = { keys: this.credentials.map((key) => ({ key })) };
    const { results } = (await this.server.call('POST', '/api/v1/keys/verify/batch', { token, json })).body;
    const read = async (path: string, by = token): Promise<unknown> => {
      const { status, body } = await this.server.call('GET', path, { token: by });
      return [status, body];
    };
    const state = {
      results,
      member: await read(`/api/v1/members/${this.account.uuid}`),
      account: await read('/whoami/jwt', this.account.token),
      webhook: await read(`/api/v1/webhooks/${this.webhook}`),
      merchant: await read(`/api/v1/merchants/${this.elsewhere.merchantId}`),
    };
    const compared = (name: string, value: unknown): unknown =>
      ['language', 'updatedAt'].includes(name) ? undefined : value;
    return JSON.parse(JSON.stringify(state, compared)) as unknown;
  }

  /** The statuses of logins on each surface. */
  async logins(): Promise<number[]> {
    const json = { username: this.account.email, password: PASSWORD };
    const paths = ['/login', '/api/v1/auth/login', '/api/auth/login'];
    return Promise.all(paths.map(async (path) => (await this.server.call('POST', path, { json })).status));
  }

  /** Ids by the part of a path that precedes them, with the name of the parameter. */
  get parameters(): Record<string, string[]> {
    const { inApplication, ofMerchant, pair, personal } = this.ids;
    return {
      'api/clients/api-keys/{id}': [pair],
      'apikeys/{key}': [personal],
      'applications/{id}': [this.application],
      'applications/{id}/api-keys/{keyId}': [inApplication],
      'api/v1/api-keys/{keyId}': [ofMerchant, inApplication, this.elsewhere.keyId],
      'members/{id}': [this.account.uuid],
      'merchants/{id}': [this.elsewhere.merchantId, this.account.merchantId],
      'sessions/{id}': [this.session],
      'confirm/email/{id}': ['f'.repeat(48)],
      'confirm/recovery/{id}': ['f'.repeat(48)],
      'housekeeping/{job}': ['rate_counts'],
      'verifiers/{id}': [this.verifier.id],
      'portal-sessions/{id}': [this.portal.id],
      'portal/keys/{keyId}': [ofMerchant, inApplication],
      'webhooks/{id}': [this.webhook],
      'deliveries/{deliveryId}': [randomUUID()],
      'import-formats/{id}': [randomUUID()],
      'shared-limits/{externalId}': [SHARED],
      'passkeys/{id}': ['f'.repeat(64)],
      'confirm/signup/{id}': ['f'.repeat(48)],
    };
  }
}
