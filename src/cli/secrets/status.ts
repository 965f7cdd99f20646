import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { SecretCipher } from '../../platform/secrets/secret-cipher.js';
import { TABLES } from '../../entities.js';
import { loadConfig, type Config } from '../../platform/config/config.js';
import { openDatabase } from '../../platform/database/open-database.js';
import { requireMigrated } from '../../platform/database/schema.js';
import { countDependents, type RowCounts } from '../../platform/secrets/needed-secrets.js';
import { reencrypt } from '../../platform/secrets/reencryption.js';
import { requireOwnSecrets } from '../../platform/secrets/secret-check.js';
import { configuredSecrets, ENCRYPTED_COLUMNS } from '../../secrets.js';
import { assertDatabase } from '../location.js';
import { assertSecrets } from '../restore/own-secrets.js';

/** Prints which entries of the settings rows still need, and so which may be removed. */
export const showSecrets = (): Promise<void> =>
  withDatabase(async (source, config) => {
    for (const { setting, secrets, computeId, dependents } of configuredSecrets(config)) {
      console.log(setting);
      const counts = await countDependents(source, dependents);
      for (const [index, secret] of secrets.entries()) {
        const needed = computeId ? (counts.get(computeId(secret)) ?? new Map<string, number>()) : null;
        console.log(`  ${index + 1}  ${describe(index === 0, needed)}`);
      }
    }
  });

/**
 * Encrypts everything with the newest encryption key.
 *
 * @returns whether all of it could be decrypted
 */
export const reencryptAll = async (): Promise<boolean> => {
  let isComplete = true;
  await withDatabase(async (source, config) => {
    const cipher = new SecretCipher(config);
    for (const column of ENCRYPTED_COLUMNS) {
      const { changed, unreadable } = await reencrypt(source, column, cipher);
      const rest = unreadable === 0 ? '' : `, ${unreadable} cannot be decrypted: their encryption key is missing`;
      console.log(`${column.rows}: ${changed} encrypted anew${rest}`);
      // A signing key that cannot be read is replaced by the next one.
      isComplete &&= unreadable === 0 || column.isReplaceable === true;
    }
    if (isComplete) console.log('Nothing needs an older entry of ENCRYPTION_KEYS: remove it from all instances.');
  });
  return isComplete;
};

async function withDatabase(work: (source: DataSource, config: Config) => Promise<void>): Promise<void> {
  assertDatabase();
  assertSecrets();
  const config = loadConfig(process.env);
  const source = await openDatabase(config.DATABASE_URL, TABLES);
  try {
    await requireMigrated(source);
    await requireOwnSecrets(source, configuredSecrets(config));
    await work(source, config);
  } finally {
    await source.destroy();
  }
}

/** @param needed what needs the entry; `null` if rows name none */
function describe(isNewest: boolean, needed: RowCounts | null): string {
  const use = isNewest ? 'in use' : 'accepted';
  if (!needed) return isNewest ? use : `${use}: may be removed when what it has signed has expired`;
  if (needed.size > 0)
    return `${use}, needed by ${[...needed].map(([rows, number]) => `${rows}: ${number}`).join(', ')}`;
  return isNewest ? `${use}, needed by nothing yet` : `${use}, needed by nothing: may be removed`;
}
