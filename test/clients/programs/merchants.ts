/** The merchants surface by openapi-typescript and openapi-fetch: keys, verification, lines, versions, repetitions and sessions. */

import { createHash, randomUUID } from 'node:crypto';
import createClient from 'openapi-fetch';
import type { components, paths } from '../generated/openapi-typescript/schema';
import { present, same, variable } from './expect';

type ExportedKey = components['schemas']['ExportedKeyView'];

const baseUrl = variable('KEYWRIGHT_URL');
const api = createClient<paths>({ baseUrl });
/** Sends no login token. */
const visitor = createClient<paths>({ baseUrl });
const sent = (body: string): string => body;

const login = await api.POST('/api/v1/auth/login', {
  body: { username: 'admin', password: variable('KEYWRIGHT_PASSWORD') },
});
const { accessToken, tokenType } = present('the login', login.data, login.error);
same('tokenType', tokenType, 'Bearer');
api.use({
  onRequest: ({ request }) => {
    if (!request.headers.has('authorization')) request.headers.set('authorization', `Bearer ${accessToken}`);
    return request;
  },
});

// An application and its key; the repetition returns no secret.
const application = await api.POST('/api/v1/applications', {
  body: { name: `Shop ${randomUUID()}`, environment: 'test' },
});
const { id } = present('the application', application.data, application.error);
const creation = {
  params: { path: { id }, header: { 'Idempotency-Key': randomUUID() } },
  body: { description: 'Checkout', scopes: ['payments:write'], metadata: { owner: 'checkout', tags: [1, 2] } },
};
const created = await api.POST('/api/v1/applications/{id}/api-keys', creation);
const key = present('the key', created.data, created.error);
const fullKey = present('the full key', key.fullKey);
const repeated = await api.POST('/api/v1/applications/{id}/api-keys', creation);
same('the replayed header', repeated.response.headers.get('replayed'), 'true');
same('the repeated full key', repeated.data?.fullKey, null);
same('the repeated id', repeated.data?.id, key.id);

// Verification, by the login and by the key itself.
const verified = await api.POST('/api/v1/keys/verify', {
  body: { key: fullKey, scopes: ['payments:write'], ip: '203.0.113.7' },
});
same('the outcome', verified.data?.outcome, 'VALID');
same('the merchant', verified.data?.applicationId, id);
const batch = await api.POST('/api/v1/keys/verify/batch', {
  body: { keys: [{ key: fullKey, level: 8 }, { key: 'ks_x' }] },
});
same('the outcomes', batch.data?.results.map(({ outcome }) => outcome).join(), 'INSUFFICIENT_LEVEL,NOT_FOUND');
const checked = await api.GET('/api/v1/keys/check', {
  params: { query: { level: 0 } },
  headers: { Authorization: `Bearer ${fullKey}` },
});
same('the check', checked.response.status, 204);
same('the key of the check', checked.response.headers.get('X-Key-Id'), key.id);

// Versions: a change of the expected version, and one of an outdated one.
const place = { id, keyId: key.id };
const read = await api.GET('/api/v1/applications/{id}/api-keys/{keyId}', { params: { path: place } });
const version = { 'If-Match': present('the version', read.response.headers.get('ETag')) };
const changed = await api.PATCH('/api/v1/applications/{id}/api-keys/{keyId}', {
  params: { path: place, header: version },
  body: { rateLimit: { limit: 100, windowSeconds: 60 }, expiresAt: null },
});
same('the rate limit', changed.data?.rateLimit?.limit, 100);
const outdated = await api.PATCH('/api/v1/applications/{id}/api-keys/{keyId}', {
  params: { path: place, header: version },
  body: { rateLimit: null },
});
same('an outdated change', outdated.response.status, 412);
same('the code of its error', outdated.error?.code, 412);

// Rotation without a body, and with an overlap.
const again = await api.POST('/api/v1/applications/{id}/api-keys/{keyId}/rotate', { params: { path: place } });
const secondKey = present('the rotated key', again.data?.fullKey, again.error);
const rotated = await api.POST('/api/v1/applications/{id}/api-keys/{keyId}/rotate', {
  params: { path: place },
  body: { mode: 'after_overlap', overlapSeconds: 60 },
});
same('the previous key', rotated.data?.previousKey.keyPrefix, secondKey.slice(0, 12));
const newKey = present('the key of the second rotation', rotated.data?.fullKey, rotated.error);

// Lines in and out.
const hash = createHash('sha256').update(`acme_live_${randomUUID()}`).digest('hex');
const lines = [{ format: { prefix: 'acme_live_' } }, { hash, algorithm: 'sha256', description: 'Imported' }];
const imported = await api.POST('/api/v1/api-keys/import-lines', {
  params: { query: { dryRun: false } },
  headers: { 'Content-Type': 'application/x-ndjson' },
  body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  bodySerializer: sent,
});
same('the number of imported keys', imported.data?.imported, 1);
const exported = await api.GET('/api/v1/api-keys/export', { parseAs: 'text' });
const exportedKeys = present('the export', exported.data)
  .trim()
  .split('\n')
  .map((line): ExportedKey => JSON.parse(line));
same('the exported key', exportedKeys.find((one) => one.id === key.id)?.status, 'active');

// Lists by page and by cursor.
const page = await api.GET('/api/v1/api-keys', {
  params: { query: { status: 'active', sort: '-createdAt', limit: 1 } },
});
const list = present('the list', page.data, page.error);
same('a page', 'totalItems' in list && list.totalItems >= 2, true);
const part = await api.GET('/api/v1/api-keys', { params: { query: { cursor: '', limit: 1 } } });
same('a part', part.data !== undefined && 'nextCursor' in part.data, true);

// A session: opened by the key, introspected, ended.
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const opened = await visitor.POST('/oauth/token', {
  body: { grant_type: 'client_credentials', client_id: newKey.slice(0, 12), client_secret: newKey },
  headers: FORM,
});
const session = present('the session', opened.data, opened.error);
const bySession = await api.GET('/api/v1/keys/check', { headers: { Authorization: `Bearer ${session.access_token}` } });
same('the check of the session', bySession.response.status, 204);
const wrong = await visitor.POST('/oauth/token', {
  body: { grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'nothing' },
  headers: FORM,
});
same('a wrong client', wrong.error?.error, 'invalid_client');

// Removal of a member: what it would leave behind, then the removal itself.
const member = await api.POST('/api/v1/members', { body: { email: `${randomUUID()}@shop.example`, role: 'readOnly' } });
const memberPath = { id: present('the member', member.data, member.error).id };
const preview = await api.DELETE('/api/v1/members/{id}', { params: { path: memberPath, query: { dryRun: true } } });
same('the preview', preview.data?.totalKeys, 0);
const removed = await api.DELETE('/api/v1/members/{id}', { params: { path: memberPath } });
same('the removal', removed.response.status, 204);

console.log('merchants: every request and answer was typed');
