import type { DataSource, EntityManager } from 'typeorm';
import { isSqlite } from '../engine-sql.js';

const known = new WeakMap<DataSource, boolean>();

/**
 * Whether the database is a node of a Galera cluster; asked once. Every node accepts writes, and conflicts are detected at the commit: of two
 * transactions on different nodes that write the same row, the first to commit wins and the other fails with a deadlock. Row locks and named
 * locks are not visible to other nodes (https://mariadb.com/kb/en/mariadb-galera-cluster-known-limitations/).
 */
export async function isGalera(manager: EntityManager): Promise<boolean> {
  const { dataSource } = manager;
  const already = known.get(dataSource);
  if (already !== undefined) return already;
  const isIt = !isSqlite(manager) && (await ask(manager));
  known.set(dataSource, isIt);
  return isIt;
}

async function ask(manager: EntityManager): Promise<boolean> {
  const [row] = await manager.query<{ Value: string }[]>(`SHOW VARIABLES LIKE 'wsrep_on'`);
  return row?.Value === 'ON';
}
