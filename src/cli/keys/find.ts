import { In, type DataSource } from 'typeorm';
import { Merchant } from '../../accounts/merchant.entity.js';
import type { ApiKey } from '../../api-keys/api-key.entity.js';
import { displayPrefix } from '../../api-keys/credentials/credential.js';
import { withServices } from '../application/application.js';
import { withDatabase } from '../application/database.js';
import { CommandError } from '../shell/failure.js';
import { formatTable, print, type OutputOptions } from '../shell/output.js';
import {
  assertNoCredential,
  findByCredential,
  findById,
  findByText,
  readCredential,
  STANDARD_INPUT,
  type Match,
} from './key-matches.js';

/** The most keys that are shown. */
const SHOWN_MAX = 100;

const TITLES = ['Id', 'Key', 'Name', 'State', 'Level', 'Merchant', 'Expires', 'Last used', 'Found by'];

/**
 * Finds keys by an id, a public id, an external id or a part of the name, or by the full key on standard input.
 *
 * @throws {CommandError} when there is none
 */
export async function findKeys(text: string, options: OutputOptions): Promise<void> {
  assertNoCredential([text]);
  const matches =
    text === STANDARD_INPUT ? await findPresented() : await withDatabase((source) => search(source, text));
  if (matches.length === 0) throw new CommandError('No key has been found.');
  const merchants = await withDatabase((source) => readMerchants(source, matches));
  const found = matches.slice(0, SHOWN_MAX).map((match) => present(match, merchants));
  print(found, options, () =>
    [
      formatTable(
        TITLES,
        found.map((key) => [
          key.id,
          key.prefix,
          key.name,
          key.state,
          String(key.level),
          key.merchant.name ?? '',
          key.expiresAt ?? 'never',
          key.lastUsedAt ?? 'never',
          key.foundBy,
        ]),
      ),
      ...(matches.length > SHOWN_MAX ? [`There are more than ${SHOWN_MAX}: search for more of the name.`] : []),
    ].join('\n'),
  );
}

async function findPresented(): Promise<Match[]> {
  const text = await readCredential();
  return withServices((use) => findByCredential(use, text));
}

async function search(source: DataSource, text: string): Promise<Match[]> {
  const exact = await findById(source, [text]);
  return exact.length > 0 ? exact : findByText(source, text, SHOWN_MAX + 1);
}

async function readMerchants({ manager }: DataSource, matches: Match[]): Promise<Map<string, Merchant>> {
  const ids = [...new Set(matches.map(({ key }) => key.merchantId))];
  const merchants = await manager.find(Merchant, { where: { id: In(ids) } });
  return new Map(merchants.map((merchant) => [merchant.id, merchant]));
}

/** Names every field: the entity holds the secret's hash. */
function present({ key, by }: Match, merchants: Map<string, Merchant>) {
  const { id, publicId, name, surface, environment, level, scopes, externalId, merchantId } = key;
  const merchant = merchants.get(merchantId);
  return {
    id,
    publicId,
    prefix: displayPrefix(key),
    name,
    state: stateOf(key),
    surface,
    environment,
    level,
    scopes,
    externalId,
    merchant: { id: merchantId, name: merchant?.name ?? null, clientId: merchant?.clientId ?? null },
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    deletedAt: key.deletedAt?.toISOString() ?? null,
    foundBy: by,
  };
}

function stateOf({ deletedAt, isActive, expiresAt }: ApiKey): 'deleted' | 'disabled' | 'expired' | 'active' {
  if (deletedAt !== null) return 'deleted';
  if (!isActive) return 'disabled';
  return expiresAt !== null && expiresAt.getTime() <= Date.now() ? 'expired' : 'active';
}
