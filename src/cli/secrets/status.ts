import type { DataSource } from 'typeorm';
import { SecretCipher } from '../../platform/secrets/secret-cipher.js';
import { loadConfig, type Config } from '../../platform/config/config.js';
import { countDependents, type RowCounts } from '../../platform/secrets/needed-secrets.js';
import { reencrypt } from '../../platform/secrets/reencryption.js';
import { requireOwnSecrets, type ConfiguredSecrets } from '../../platform/secrets/secret-check.js';
import type { SecretSetting } from '../../platform/secrets/secret-fingerprint.entity.js';
import { configuredSecrets, ENCRYPTED_COLUMNS } from '../../secrets.js';
import { withDatabase } from '../application/database.js';
import { assertDatabase } from '../shell/location.js';
import { print, type OutputOptions } from '../shell/output.js';
import { assertSecrets } from '../restore/own-secrets.js';

/** Prints which entries of the settings rows still need, and so which may be removed. */
export const showSecrets = (options: OutputOptions): Promise<void> =>
  withSecrets(async (source, config) => {
    const found = await Promise.all(configuredSecrets(config).map((one) => findNeeds(source, one)));
    const settings = found.map(({ setting, entries }) => ({
      setting,
      entries: entries.map((needed, index) => ({
        entry: index + 1,
        isInUse: index === 0,
        neededBy: needed && Object.fromEntries(needed),
        mayBeRemoved: index > 0 && needed?.size === 0,
      })),
    }));
    print(settings, options, () =>
      found
        .flatMap(({ setting, entries }) => [
          setting,
          ...entries.map((needed, index) => `  ${index + 1}  ${describe(index === 0, needed)}`),
        ])
        .join('\n'),
    );
  });

/** What needs each entry of a setting; `null` where rows name none. */
interface Needs {
  setting: SecretSetting;
  entries: (RowCounts | null)[];
}

/** Counts what needs each entry of a setting. */
export async function findNeeds(
  source: DataSource,
  { setting, secrets, computeId, dependents }: ConfiguredSecrets,
): Promise<Needs> {
  const counts = await countDependents(source, dependents);
  const none: RowCounts = new Map();
  return { setting, entries: secrets.map((secret) => (computeId ? (counts.get(computeId(secret)) ?? none) : null)) };
}

/**
 * Encrypts everything with the newest encryption key.
 *
 * @returns whether all of it could be decrypted
 */
export const reencryptAll = async (): Promise<boolean> => {
  let isComplete = true;
  await withSecrets(async (source, config) => {
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

/**
 * Does work with the secrets of the database.
 *
 * @throws {ConfigError} when those of the environment or of the working directory are not the database's
 */
export const withSecrets = async (work: (source: DataSource, config: Config) => Promise<void>): Promise<void> => {
  assertDatabase();
  assertSecrets();
  const config = loadConfig(process.env);
  await withDatabase(async (source) => {
    await requireOwnSecrets(source, configuredSecrets(config));
    await work(source, config);
  });
};

/** @param needed what needs the entry; `null` if rows name none */
function describe(isNewest: boolean, needed: RowCounts | null): string {
  const use = isNewest ? 'in use' : 'accepted';
  if (!needed) return isNewest ? use : `${use}: may be removed when what it has signed has expired`;
  if (needed.size > 0)
    return `${use}, needed by ${[...needed].map(([rows, number]) => `${rows}: ${number}`).join(', ')}`;
  return isNewest ? `${use}, needed by nothing yet` : `${use}, needed by nothing: may be removed`;
}
