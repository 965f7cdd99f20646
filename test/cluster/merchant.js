import { randomUUID } from 'node:crypto';

const PASSWORD = 'correct horse battery';

/** A merchant of its own, and what it does through random instances. */
export class Merchant {
  #cluster;

  /** One that is there already, by what its member's login said. */
  static of(cluster, login) {
    const merchant = new Merchant();
    merchant.#cluster = cluster;
    return Object.assign(merchant, login);
  }

  static async signUp(cluster, admin) {
    const merchant = Merchant.of(cluster);
    const { signupLink } = await merchant.#get(admin.token, 'POST', '/api/v1/merchants/invite', {});
    const email = `owner-${randomUUID()}@shop.example`;
    const person = { email, password: PASSWORD, firstName: 'Ada', lastName: 'Lovelace' };
    await merchant.#get(undefined, 'POST', pathOf(signupLink), {
      organization: { legalBusinessName: 'Example Shop Ltd' },
      admin: person,
    });
    Object.assign(merchant, await cluster.logIn(email, PASSWORD));
    return merchant;
  }

  /** Logs in at another server on the same database. */
  async logInAt(cluster) {
    this.#cluster = cluster;
    Object.assign(this, await cluster.logIn(this.username, PASSWORD));
  }

  /** Another member, with a role. */
  async member(role) {
    const email = `member-${randomUUID()}@shop.example`;
    const { signupLink } = await this.#get(this.token, 'POST', '/api/v1/members', { email, role });
    await this.#get(undefined, 'POST', pathOf(signupLink), {
      password: PASSWORD,
      firstName: 'Grace',
      lastName: 'Hopper',
    });
    return this.#cluster.logIn(email, PASSWORD);
  }

  async application() {
    return (await this.#get(this.token, 'POST', '/api/v1/applications', { name: `app ${randomUUID()}` })).id;
  }

  /** A key of the merchants surface: its path and its credential. */
  async fullKey(applicationId, limits = {}) {
    const path = `/api/v1/applications/${applicationId}/api-keys`;
    const { id, fullKey } = await this.#get(this.token, 'POST', path, { description: 'A key', ...limits });
    return { id, path: `${path}/${id}`, credential: fullKey };
  }

  /** A key by which verifiers are attached. */
  async verifierKey() {
    const json = { description: 'Verifiers', level: 1, scopes: ['verifier'] };
    return (await this.#get(this.token, 'POST', '/api/v1/api-keys', json)).fullKey;
  }

  /** A key of the clients surface. */
  async pair() {
    const { data: service } = await this.#get(this.token, 'POST', '/api/clients/generate-service-id');
    const json = { service_id: service.SERVICE_ID };
    const { id } = (await this.#get(this.token, 'POST', '/api/clients/generate-api-key', json)).data;
    const list = (await this.#get(this.token, 'GET', '/api/clients/api-keys')).data;
    const { apikey, apisecret } = list.find((key) => key.id === id);
    return { id, path: `/api/clients/api-keys/${id}`, credential: `${apikey}:${apisecret}` };
  }

  /** A key of the accounts surface. */
  async personalKey({ token }, level = 2) {
    const json = { name: 'A key', level, expiresIn: 3600 };
    const { key, secret } = (await this.#get(token, 'POST', '/apikeys/jwt', json)).apikey;
    return { id: key, path: `/apikeys/${key}/jwt`, credential: `${key}:${secret}` };
  }

  async #get(token, method, path, json) {
    const { status, text, body } = await this.#cluster.sound().call(method, path, { token, json });
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return body;
  }
}

function pathOf(link) {
  const { pathname, search } = new URL(link);
  return pathname + search;
}
