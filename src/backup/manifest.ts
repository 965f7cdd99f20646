import { BackupError } from './backup-error.js';

const FORMAT = 'keywright-backup';
const VERSION = 1;

/** The end of a merchant's audit trail. */
export interface AuditHead {
  merchantId: string;
  sequence: number;
  hash: string;
}

/** What a backup contains, and when it was taken. */
export interface Manifest {
  /** The version of Keywright that took the backup. */
  keywright: string;
  createdAt: string;
  /** The id of the database. */
  database: string;
  /** The revision of the latest key change in the backup. A journal has what was revoked after it. */
  revision: number;
  /** The names of the migrations of the schema, in their order. */
  migrations: string[];
  auditHeads: AuditHead[];
  /** The database file: its size in bytes, and its SHA-256 in hex. */
  content: { size: number; sha256: string };
}

/** The first line of a backup. */
export const formatManifest = (manifest: Manifest): string =>
  `${JSON.stringify({ format: FORMAT, version: VERSION, ...manifest })}\n`;

/** @throws {BackupError} */
export function parseManifest(path: string, line: string): Manifest {
  const { format, version, ...manifest } = parse(line);
  if (format !== FORMAT) throw new BackupError(`${path} is not a backup of Keywright.`);
  const { keywright, createdAt, database, revision, migrations, auditHeads, content } = manifest as Partial<Manifest>;
  if (version !== VERSION)
    throw new BackupError(
      `${path} was taken by a newer version of Keywright (${String(keywright)}). Use that version.`,
    );
  const isText = [keywright, createdAt, database, content?.sha256].every((value) => typeof value === 'string');
  const isNumber = [revision, content?.size].every((value) => Number.isSafeInteger(value));
  if (!isText || !isNumber || !Array.isArray(migrations) || !Array.isArray(auditHeads))
    throw new BackupError(`The manifest of ${path} is damaged.`);
  return manifest as unknown as Manifest;
}

function parse(line: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(line) as object) };
  } catch {
    return {};
  }
}
