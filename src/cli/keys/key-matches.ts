import { In, type DataSource } from 'typeorm';
import { ApiKey } from '../../api-keys/api-key.entity.js';
import { isIntact, parseCredential, type Credential } from '../../api-keys/credentials/credential.js';
import { SecretHasher } from '../../api-keys/credentials/secret-hasher.js';
import { containsText } from '../../platform/database/text-search.js';
import { ImportedFormats } from '../../verification/cache/imported-formats.js';
import { openSource, type Use } from '../application/application.js';
import { UsageError } from '../shell/failure.js';
import { readSecretLine } from '../shell/standard-input.js';

/** Stands for a full key on standard input. */
export const STANDARD_INPUT = '-';

/** How a text has led to a key. */
export type MatchedBy = 'id' | 'public id' | 'external id' | 'name' | 'credential' | 'deleted credential';

export interface Match {
  key: ApiKey;
  by: MatchedBy;
}

/**
 * Full keys are read from standard input only: the shell keeps what it is given as an argument, and the list of processes shows it to others.
 *
 * @throws {UsageError}
 */
export function assertNoCredential(texts: string[]): void {
  if (texts.some((text) => parseCredential(text) !== null))
    throw new UsageError(
      'A full key does not belong into a command line, where others can see it. Give - in its place, and the key on standard input.',
    );
}

/** Finds keys by their id or one of their public ids, deleted ones among them. */
export async function findById({ manager }: DataSource, ids: string[]): Promise<Match[]> {
  const spelt = [...new Set(ids.flatMap((id) => [id, id.toLowerCase()]))];
  const keys = await manager.find(ApiKey, {
    where: [{ id: In(spelt) }, { publicId: In(spelt) }, { previousPublicId: In(spelt) }],
    order: { createdAt: 'ASC', id: 'ASC' },
  });
  return keys.map((key) => ({ key, by: spelt.includes(key.id) ? 'id' : 'public id' }));
}

/** Finds keys that are not deleted by their external id, or by a part of their name in any letter case. */
export async function findByText({ manager }: DataSource, text: string, limit: number): Promise<Match[]> {
  const named = containsText(manager, 'k.name', text);
  // The values of `containsText` are positional; TypeORM names its own.
  const ids = await manager.query<{ id: string }[]>(
    `SELECT k.id AS id FROM api_key k WHERE k.deleted_at IS NULL AND (k.external_id = ? OR ${named.sql})
     ORDER BY k.created_at DESC, k.id LIMIT ${limit}`,
    [text, ...named.values],
  );
  const keys = await manager.find(ApiKey, {
    where: { id: In(ids.map(({ id }) => id)) },
    order: { createdAt: 'DESC', id: 'ASC' },
  });
  return keys.map((key) => ({ key, by: key.externalId === text ? 'external id' : 'name' }));
}

/** Reads a full key from standard input. It is neither printed nor logged. */
export const readCredential = async (): Promise<string> => (await readSecretLine('full key')).trim();

/** Finds the keys that a text is a credential of. The search counts as no use. */
export async function findByCredential(use: Use, text: string): Promise<Match[]> {
  const formats = use(ImportedFormats);
  await formats.load();
  const own = parseCredential(text);
  const candidates: Credential[] = [...(own && isIntact(own) ? [own] : []), ...formats.candidates(text)];
  const matches: Match[] = [];
  for (const { publicId, secret } of candidates)
    for (const { key } of await findById(openSource(use), [publicId])) {
      const isCurrent = key.publicId === publicId;
      const secretHash = isCurrent ? key.secretHash : key.previousSecretHash;
      const pepperId = isCurrent ? key.pepperId : key.previousPepperId;
      if (secretHash === null || pepperId === null) {
        // Nothing is left to compare with, but nobody can guess the public id and the checksum.
        if (own !== null) matches.push({ key, by: 'deleted credential' });
      } else if (await use(SecretHasher).matches(secret, { secretHash, pepperId, merchantId: key.merchantId }))
        matches.push({ key, by: 'credential' });
    }
  return matches;
}
