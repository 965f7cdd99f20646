import type { EntityManager } from 'typeorm';
import { ConfigError } from '../../config/config-error.js';

type Settings = ReadonlyMap<string, string>;

/** The largest statement that the application sends, in bytes, with room to spare: MySQL 5.7's default; later ones are higher. */
const PACKET_MIN = 4 * 1024 * 1024;

/** A setting by which an acknowledged change can be lost, the values that keep it, and when the setting matters. */
interface DurabilityRule {
  name: string;
  isSafe: (value: string) => boolean;
  set: string;
  matters?: (settings: Settings) => boolean;
}

const hasBinaryLog = (settings: Settings): boolean => settings.get('log_bin') === 'ON';

const DURABILITY: DurabilityRule[] = [
  // 3 is as durable as 1, and known to MariaDB only.
  { name: 'innodb_flush_log_at_trx_commit', isSafe: (value) => ['1', '3'].includes(value), set: '1' },
  { name: 'innodb_doublewrite', isSafe: (value) => !['OFF', '0', 'DETECT_ONLY'].includes(value), set: 'ON' },
  { name: 'innodb_flush_method', isSafe: (value) => !['nosync', 'littlesync'].includes(value), set: 'fsync' },
  { name: 'sync_binlog', isSafe: (value) => value === '1', set: '1', matters: hasBinaryLog },
];

/** Reads the server's settings that {@link assertUsable} and {@link describeDurabilityRisks} look at. */
export async function readServerSettings(manager: EntityManager): Promise<Settings> {
  const names = [
    'version',
    'version_comment',
    'log_bin',
    'binlog_format',
    'max_allowed_packet',
    'wsrep_on',
    ...DURABILITY.map(({ name }) => name),
  ];
  const rows = await manager.query<{ Variable_name: string; Value: string }[]>(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`,
  );
  return new Map(rows.map(({ Variable_name: name, Value: value }) => [name.toLowerCase(), value]));
}

/** The server that answers, whatever it was taken for. */
export const engineOf = (settings: Settings): 'mariadb' | 'mysql' =>
  /mariadb/i.test(`${settings.get('version')} ${settings.get('version_comment')}`) ? 'mariadb' : 'mysql';

/** @throws {ConfigError} when a setting of the server, which a session cannot change, would make statements fail */
export function assertUsable(settings: Settings): void {
  if (hasBinaryLog(settings) && settings.get('binlog_format') === 'STATEMENT')
    throw new ConfigError(
      'The database server has binlog_format=STATEMENT, which does not allow transactions at READ COMMITTED. Set binlog_format to ROW or MIXED.',
    );
  const packet = Number(settings.get('max_allowed_packet') ?? PACKET_MIN);
  if (packet < PACKET_MIN)
    throw new ConfigError(
      `The database server has max_allowed_packet=${packet}, which is too small for some statements. Set it to ${PACKET_MIN} (4M) or more.`,
    );
}

/** Names the settings by which a server can lose acknowledged changes at a power loss, and what to set; `null` when there are none. */
export function describeDurabilityRisks(settings: Settings): string | null {
  const risks = DURABILITY.flatMap(({ name, isSafe, set, matters }) => {
    const value = settings.get(name);
    const isRisk = value !== undefined && !isSafe(value) && (matters?.(settings) ?? true);
    return isRisk ? [`${name} is ${value} (set ${set})`] : [];
  });
  if (risks.length === 0) return null;
  const when =
    settings.get('wsrep_on') === 'ON' ? 'when all nodes of the cluster lose power at once' : 'at a power loss';
  return `The database can lose acknowledged changes ${when}: ${risks.join(', ')}.`;
}
