import { BackupError } from '../../backup/backup-error.js';
import type { Secrets } from '../../backup/secrets-file.js';
import { SECRETS } from '../../platform/config/config.js';
import { readSecretsFile, SECRETS_FILE } from '../../platform/config/generated-secrets.js';

/** The secrets that a server would have here, as far as there are any. */
export function readOwnSecrets(): Partial<Secrets> {
  const stored = process.env.NODE_ENV === 'production' ? {} : (readSecretsFile() ?? {});
  const given = Object.fromEntries(SECRETS.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  return { ...stored, ...given };
}

/**
 * Commands never generate secrets: they would not be those of the database.
 *
 * @throws {BackupError} when there are none
 */
export function assertSecrets(): Secrets {
  const own = readOwnSecrets();
  const missing = SECRETS.filter((name) => own[name] === undefined);
  if (missing.length > 0)
    throw new BackupError(`${missing.join(', ')} must be set, or be in ${SECRETS_FILE} of the working directory.`);
  return own as Secrets;
}

/** @throws {BackupError} when there are other secrets here than the restored ones */
export function assertSameSecrets(restored: Secrets): void {
  const own = readOwnSecrets();
  const differing = SECRETS.filter((name) => own[name] !== undefined && own[name] !== restored[name]);
  if (differing.length > 0)
    throw new BackupError(
      `${differing.join(', ')} of the environment or of ${SECRETS_FILE} differ from the backup's. Remove them first.`,
    );
}
