// A server that speaks the verifiers' protocol and keeps its promise: a revocation returns when every verifier has acknowledged it, or its leases have ended.
// Its faults can be set. It has one database and as many instances as wanted, each at a URL of its own.
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { issueFullKey, formatFullKey } from '../../../../dist/src/api-keys/credentials/credential.js';

const LEASE_MS = 2500;
const RENEW_MS = 500;
export const OWN_KEY = formatFullKey(issueFullKey('live'));

const NOTHING = {
  valid: false,
  outcome: 'NOT_FOUND',
  keyId: null,
  merchantId: null,
  clientId: null,
  accountId: null,
  applicationId: null,
  serviceId: null,
  environment: null,
  level: null,
  scopes: null,
  name: null,
  externalId: null,
  expiresAt: null,
  limitedBy: null,
  rateLimit: null,
  rateLimits: null,
  quota: null,
  metadata: null,
};

/** One database, and the instances in front of it. */
export class Keywright {
  keys = new Map();
  revision = 7;
  changes = [];
  verifiers = new Map();
  importsKeys = false;
  uses = [];
  reports = new Map();
  instances = [];
  merchantId = randomUUID();

  static async start({ instances = 1 } = {}) {
    const keywright = new Keywright();
    for (let index = 0; index < instances; index++) keywright.instances.push(await Instance.start(keywright));
    return keywright;
  }

  get url() {
    return this.instances[0].url;
  }

  get faults() {
    return this.instances[0].faults;
  }

  /** Requests to all instances, as "POST /verifications". */
  get requests() {
    return this.instances.flatMap(({ requests }) => requests);
  }

  count(what) {
    return this.requests.filter((request) => request === what).length;
  }

  async stop() {
    await Promise.all(this.instances.map((instance) => instance.stop()));
  }

  /** Issues a key. Returns its text. */
  issue(properties = {}) {
    const text = formatFullKey(issueFullKey('live'));
    const key = {
      id: randomUUID(),
      level: 1,
      scopes: ['orders:read'],
      applicationId: null,
      allowedIps: null,
      isActive: true,
      expiresAtMs: null,
      remaining: null,
      metadata: null,
      ...properties,
    };
    this.keys.set(text, key);
    return text;
  }

  /** Changes a key. Resolves when no verifier decides by what it was. */
  async change(text, properties) {
    const key = this.keys.get(text);
    if (properties === null) this.keys.delete(text);
    else Object.assign(key, properties);
    await this.forget([key.id]);
  }

  revoke(text) {
    return this.change(text, null);
  }

  /** Goes back to an earlier revision, as the restoration of a backup does. */
  restore(revision) {
    this.changes = [];
    this.revision = revision;
    for (const verifier of this.verifiers.values()) verifier.acknowledged = 0;
  }

  async forget(ids, more = {}) {
    const change = { revision: ++this.revision, forget: ids, everything: false, ...more };
    this.changes.push(change);
    await Promise.all(this.instances.map((instance) => instance.apply(change)));
  }

  verify({ key: text, level = 0, scopes = [], ip = '', applicationId }) {
    const key = this.keys.get(text);
    if (!key || (applicationId !== undefined && key.applicationId !== applicationId))
      return { ...NOTHING, known: null };
    const nowMs = Date.now();
    const isExpired = key.expiresAtMs !== null && key.expiresAtMs <= nowMs;
    const refusedAs = key.isActive ? (isExpired ? 'EXPIRED' : null) : 'DISABLED';
    let outcome = refusedAs ?? 'VALID';
    if (outcome === 'VALID' && key.allowedIps && !key.allowedIps.includes(ip)) outcome = 'IP_NOT_ALLOWED';
    if (outcome === 'VALID' && key.level < level) outcome = 'INSUFFICIENT_LEVEL';
    if (outcome === 'VALID' && !scopes.every((scope) => key.scopes.includes(scope))) outcome = 'MISSING_SCOPE';
    if (outcome === 'VALID' && key.remaining === 0) outcome = 'QUOTA_EXCEEDED';
    if (outcome === 'VALID' && key.remaining > 0) key.remaining--;
    key.asked = (key.asked ?? 0) + 1;
    const known = {
      credential: `c-${key.id}`,
      dependsOn: [key.id, this.merchantId],
      expiresInMs: key.expiresAtMs === null ? null : Math.max(0, key.expiresAtMs - nowMs),
      allowedIps: key.allowedIps,
      refusedAs,
    };
    const { id: keyId, level: has, metadata, scopes: held } = key;
    const { merchantId } = this;
    const about = { keyId, merchantId, clientId: '17765423', applicationId: key.applicationId, environment: 'live' };
    const may = { level: has, scopes: held, name: 'A key', metadata };
    return {
      ...NOTHING,
      ...about,
      ...may,
      valid: outcome === 'VALID',
      outcome,
      expiresAt: key.expiresAtMs === null ? null : new Date(key.expiresAtMs).toISOString(),
      known: key.remaining === null ? known : null,
    };
  }
}

/** An instance, with faults:
 * - `askDelayMs`: answers to questions are decided at once, and sent so much later
 * - `streamDelayMs`: each event of a stream comes so much later
 * - `isBuffered`: streams begin, but bring nothing
 * - `isSilent`: nothing is sent on streams any more
 * - `isDown`: connections are ended
 * - `loseAcknowledgements`: so many are ended without an answer, and not taken
 * - `refuse`: `{ path: [status, code] }`
 * - `loseUsage`: so many reports are taken, and their answers lost
 */
class Instance {
  faults = {};
  requests = [];
  streams = new Set();
  /** Until when each verifier may trust this instance, on the real clock. */
  leases = new Map();
  clockOffsetMs = Math.floor(Math.random() * 1e9);
  #keywright;
  #server = createServer((request, response) => void this.#handle(request, response));
  #timer = setInterval(() => this.#renew(), RENEW_MS).unref();

  static async start(keywright) {
    const instance = new Instance();
    instance.#keywright = keywright;
    instance.#server.listen(0, '127.0.0.1');
    await once(instance.#server, 'listening');
    return instance;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  async stop() {
    clearInterval(this.#timer);
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** Ends all streams. */
  cut() {
    for (const { response } of this.streams) response.destroy();
  }

  async apply(change) {
    for (const stream of this.streams) this.#send(stream, 'forget', change);
    const waits = [...this.leases].map(([id, untilMs]) => this.#untilForgotten(id, change.revision, untilMs));
    await Promise.all(waits);
  }

  async #untilForgotten(id, revision, untilMs) {
    const verifier = this.#keywright.verifiers.get(id);
    while (verifier && verifier.acknowledged < revision && performance.now() < untilMs) await sleep(1);
  }

  #renew() {
    for (const stream of this.streams) this.#grant(stream);
  }

  #grant(stream) {
    if (stream.isWaiting || this.faults.isSilent) return;
    const validForMs = this.faults.leaseMs ?? LEASE_MS;
    this.leases.set(stream.id, performance.now() + validForMs);
    this.#send(stream, 'lease', { revision: this.#keywright.revision, validForMs });
  }

  #send({ response }, type, data) {
    const { revision } = data;
    const event = { ...data, serverTimeMs: Math.floor(performance.now()) + this.clockOffsetMs };
    const write = () => response.write(`id: ${revision}\nevent: ${type}\ndata: ${JSON.stringify(event)}\n\n`);
    if (this.faults.isSilent || this.faults.isBuffered) return;
    if (this.faults.streamDelayMs) setTimeout(write, this.faults.streamDelayMs);
    else write();
  }

  async #handle(request, response) {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    // Questions name no verifier.
    const [, id, action = ''] = /^\/api\/v1\/verifiers(?:\/([\da-f-]{36}))?(?:\/(\w+))?$/.exec(pathname) ?? [];
    const body = (await request.toArray()).join('');
    const what = `${request.method} /${action}`;
    this.requests.push(what);
    if (this.faults.isDown) return void request.socket.destroy();
    const refusal = this.faults.refuse?.[what];
    if (refusal) return this.#refuse(response, ...refusal);
    if (request.headers.authorization !== `Bearer ${OWN_KEY}`) return this.#refuse(response, 401, 'credential.invalid');
    const verifier = this.#keywright.verifiers.get(id);
    if (id !== undefined && !verifier) return this.#refuse(response, 404, 'verifier.not_found');
    const context = { id, verifier, searchParams, response, request, body: body === '' ? undefined : JSON.parse(body) };
    await ROUTES[what].call(this, context);
  }

  #refuse(response, status, code, headers = {}) {
    const answer = { statusCode: status, message: `The server refuses: ${code}` };
    response.writeHead(status, { 'Content-Type': 'application/json', 'X-Error-Code': code, ...headers });
    response.end(JSON.stringify(answer));
  }

  json(response, status, value) {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(value && JSON.stringify(value));
  }

  attach({ response, body }) {
    const id = randomUUID();
    const { revision, importsKeys, verifiers } = this.#keywright;
    verifiers.set(id, { acknowledged: revision, name: body.name });
    this.json(response, 201, { id, name: body.name ?? null, importsKeys, revision });
  }

  #missed(after) {
    const { changes, revision } = this.#keywright;
    const missed = changes.filter((change) => change.revision > after);
    const forget = missed.flatMap((change) => change.forget);
    return { revision, forget, everything: after > revision || missed.some(({ everything }) => everything) };
  }

  stream({ id, response, searchParams, verifier }) {
    const after = Number(searchParams.get('after') ?? this.#keywright.revision);
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    response.write(': hello\n\n');
    const stream = { id, response };
    const missed = this.#missed(after);
    if (after <= this.#keywright.revision) verifier.acknowledged = Math.max(verifier.acknowledged, after);
    this.streams.add(stream);
    response.on('close', () => this.streams.delete(stream));
    if (missed.forget.length > 0 || missed.everything) this.#send(stream, 'forget', missed);
    this.#grant(stream);
  }

  async changes({ id, response, searchParams, verifier }) {
    const after = Number(searchParams.get('after'));
    const startMs = performance.now();
    verifier.acknowledged = Math.max(verifier.acknowledged, after);
    let missed = this.#missed(after);
    while (missed.forget.length === 0 && performance.now() - startMs < Number(searchParams.get('waitMs'))) {
      await sleep(2);
      missed = this.#missed(after);
    }
    const isNew = missed.forget.length > 0 || missed.everything;
    const validForMs = isNew ? 0 : LEASE_MS;
    if (!isNew) this.leases.set(id, performance.now() + validForMs);
    const heldMs = Math.floor(performance.now() - startMs);
    this.json(response, 200, { ...missed, importsKeys: this.#keywright.importsKeys, heldMs, validForMs });
  }

  acknowledge({ request, response, verifier, body }) {
    if (this.faults.loseAcknowledgements > 0) {
      this.faults.loseAcknowledgements--;
      return void request.socket.destroy();
    }
    if (body.revision > this.#keywright.revision) return this.#refuse(response, 400, 'request.invalid');
    verifier.acknowledged = Math.max(verifier.acknowledged, body.revision);
    this.json(response, 204);
  }

  async ask({ response, body }) {
    if (body.keys.length > 100) return this.#refuse(response, 400, 'request.invalid');
    this.batches ??= [];
    this.batches.push(body.keys);
    const answer = { revision: this.#keywright.revision, results: body.keys.map((key) => this.#keywright.verify(key)) };
    if (this.faults.askDelayMs) await sleep(this.faults.askDelayMs);
    this.json(response, 200, answer);
  }

  report({ request, response, body }) {
    const { reports, uses } = this.#keywright;
    const key = request.headers['idempotency-key'];
    const former = reports.get(key);
    if (former !== undefined && former !== JSON.stringify(body))
      return this.#refuse(response, 422, 'idempotency.key_reused');
    if (former === undefined) uses.push(...body.uses);
    reports.set(key, JSON.stringify(body));
    if (this.faults.loseUsage > 0) {
      this.faults.loseUsage--;
      return void request.socket.destroy();
    }
    this.json(response, 204);
  }

  detach({ id, response }) {
    this.#keywright.verifiers.delete(id);
    this.leases.delete(id);
    this.json(response, 204);
  }
}

const ROUTES = {
  'POST /': Instance.prototype.attach,
  'GET /stream': Instance.prototype.stream,
  'GET /changes': Instance.prototype.changes,
  'POST /acknowledgements': Instance.prototype.acknowledge,
  'POST /verifications': Instance.prototype.ask,
  'POST /usage': Instance.prototype.report,
  'DELETE /': Instance.prototype.detach,
};

/** A text of the form of a key that cannot be one. */
export const mistype = (key) => key.slice(0, 20) + (key[20] === 'a' ? 'b' : 'a') + key.slice(21);
export const randomText = () => randomBytes(30).toString('base64url');
