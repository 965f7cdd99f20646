import type { ExclusiveFile } from '../platform/database/sqlite/exclusive-file.js';
import type { Revocation } from '../verification/journal/revocation.js';

/** How what is in the backup (`b`) compares with the database (`d`) that it replaces. The columns are those of every released schema. */
const COMPARISONS: {
  kind: Revocation['kind'];
  id: string;
  table: string;
  where: string;
  isGone: string;
  differs: string;
}[] = [
  {
    kind: 'key',
    id: 'id',
    table: 'api_key',
    where: 'b.deleted_at IS NULL',
    isGone: 'd.id IS NULL OR d.deleted_at IS NOT NULL',
    differs:
      'd.version <> b.version OR d.is_active <> b.is_active OR d.public_id <> b.public_id OR d.updated_at <> b.updated_at OR d.previous_secret_hash IS NOT b.previous_secret_hash',
  },
  {
    kind: 'application',
    id: 'id',
    table: 'application',
    where: 'TRUE',
    isGone: 'd.id IS NULL',
    differs: 'd.is_enabled < b.is_enabled',
  },
  {
    kind: 'account',
    id: 'uuid',
    table: 'account',
    where: 'b.deleted_at IS NULL',
    isGone: 'd.uuid IS NULL OR d.deleted_at IS NOT NULL',
    differs: 'd.role <> b.role OR d.status < b.status OR d.consent < b.consent',
  },
  {
    kind: 'merchant',
    id: 'id',
    table: 'merchant',
    where: 'TRUE',
    isGone: `d.id IS NULL OR d.status = 'deleting'`,
    differs: `d.status <> b.status AND d.status = 'blocked'`,
  },
];

/** What may have been taken away since the backup, by the database that it replaces: whatever was deleted or changed. */
export function findChanged(database: ExclusiveFile, backup: string): Revocation[] {
  database.query('ATTACH ? AS backup', backup);
  try {
    return COMPARISONS.flatMap(({ kind, id, table, where, isGone, differs }) =>
      database
        .query<{ id: string; isGone: number }>(
          `SELECT b.${id} AS id, (${isGone}) AS isGone FROM backup.${table} b LEFT JOIN main.${table} d ON d.${id} = b.${id}
            WHERE ${where} AND ((${isGone}) OR (${differs}))`,
        )
        .map((row): Revocation => ({ kind, id: row.id, revokes: row.isGone ? 'everything' : 'permissions' })),
    );
  } finally {
    database.query('DETACH backup');
  }
}
