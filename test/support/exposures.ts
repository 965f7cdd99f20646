import { crc32 } from 'node:zlib';
import { ApiKey } from '../../src/api-keys/api-key.entity.js';
import { randomBase62 } from '../../src/api-keys/credentials/credential.js';
import { AuditEvent } from '../../src/audit/audit-event.entity.js';
import { ExposureInbox } from '../../src/exposures/exposure-inbox.js';
import { ExposureDetector } from '../../src/exposures/exposure-detector.js';
import type { Answer } from './http.js';
import type { TestServer, User } from './server.js';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A full key with a valid checksum that was never issued, with a given public id. */
export function forgedKey(publicId = `ks_live_${randomBase62(16)}`): string {
  const key = publicId + randomBase62(32);
  let checksum = '';
  for (let rest = crc32(key); checksum.length < 6; rest = Math.floor(rest / 62))
    checksum = BASE62.charAt(rest % 62) + checksum;
  return key + checksum;
}

let reporters = 0;

/** Reports keys, each time from an address of its own. */
export function report(server: TestServer, keys: unknown, source?: unknown): Promise<Answer> {
  reporters += 1;
  const from = `127.1.${reporters >> 8}.${reporters & 255 || 255}`;
  return server.call('POST', '/api/v1/exposures', { json: { keys, source }, from });
}

/** Waits until everything that was reported and detected has been processed. */
export async function settled(server: TestServer): Promise<void> {
  await server.app.get(ExposureDetector, { strict: false }).stored();
  await server.app.get(ExposureInbox, { strict: false }).drained();
}

export const setPolicy = (server: TestServer, { token }: User, json: object): Promise<Answer> =>
  server.call('PATCH', '/api/v1/merchants/me/exposure-policy', { token, json });

/** The exposure of a key, from its row. */
export async function exposureOf(server: TestServer, id: string): Promise<[Date | null, string | null]> {
  const { exposedAt, exposedSource } = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ id });
  return [exposedAt, exposedSource];
}

/** The exposure of a key, from the audit trail. */
export function exposureEvents(server: TestServer, id: string): Promise<AuditEvent[]> {
  return server.dataSource.getRepository(AuditEvent).findBy({ targetId: id, action: 'api_key.exposed' });
}

/** The source of a key's exposure, once everything has been processed. */
export async function sourceOf(server: TestServer, id: string): Promise<string | null> {
  await settled(server);
  return (await exposureOf(server, id))[1];
}
