import { existsSync, statSync } from 'node:fs';
import { IsNull, type DataSource } from 'typeorm';
import { TABLES } from '../../entities.js';
import { Account, STATUS } from '../../accounts/account.entity.js';
import { databaseTimeMs, isSqlite } from '../../platform/database/engine-sql.js';
import {
  describeDurabilityRisks,
  engineOf,
  readServerSettings,
} from '../../platform/database/mysql/server-settings.js';
import { openDatabase } from '../../platform/database/open-database.js';
import { requireOwnSecrets } from '../../platform/secrets/secret-check.js';
import type { Config } from '../../platform/config/config.js';
import { ConfigError } from '../../platform/config/config-error.js';
import { configuredSecrets } from '../../secrets.js';
import { Instance } from '../../verification/barrier/instance.entity.js';
import { WebhookEndpoint } from '../../webhooks/webhook-endpoint.entity.js';
import { databaseFile } from '../shell/location.js';
import { printable } from '../shell/output.js';
import { ok, problem, warning, type Check } from './finding.js';

/** How far clocks may differ: lists and leases go by the database's, expiries and codes of authenticator apps by the server's. */
const CLOCK_WARNING_MS = 2000;
const CLOCK_PROBLEM_MS = 30_000;

/** The most endpoints that are named. */
const NAMED_MAX = 3;

const ENGINES = { mariadb: 'MariaDB', mysql: 'MySQL' };

/** The checks of a database, each of which needs that it has been opened. */
export type DatabaseCheck = Omit<Check, 'look'> & { look: (source: DataSource) => ReturnType<Check['look']> };

/** Opens the database; `null` when there is none yet, which the first start would create. */
export async function openExisting(url: string): Promise<DataSource | null> {
  const file = databaseFile(url);
  if (file !== null && (!existsSync(file) || statSync(file).size === 0)) return null;
  return openDatabase(url, TABLES);
}

export const describeServer: DatabaseCheck = {
  name: 'database',
  look: async (source) => {
    if (isSqlite(source.manager)) {
      const [row] = await source.query<{ version: string }[]>('SELECT sqlite_version() AS version');
      return [ok(`SQLite ${row?.version}, ${source.options.database as string}`)];
    }
    const settings = await readServerSettings(source.manager);
    const risks = describeDurabilityRisks(settings);
    const comment = settings.get('version_comment')?.replace(/^\((.*)\)$/, '$1');
    const name = `${ENGINES[engineOf(settings)]} ${settings.get('version')}, ${comment}`;
    return [risks === null ? ok(name) : warning(risks)];
  },
};

/** The migrations are read as they are: TypeORM would create their table. */
export const inspectSchema: DatabaseCheck = {
  name: 'schema',
  look: async (source) => {
    const table = source.options.migrationsTableName ?? '';
    const rows = await source.query<{ name: string }[]>(`SELECT name FROM ${table}`).catch(() => null);
    if (rows === null) return [warning('The database is empty. The first start creates the tables.')];
    const done = new Set(rows.map(({ name }) => name));
    const known = source.migrations.map(({ name, constructor }) => name ?? constructor.name);
    const newer = [...done].filter((name) => !known.includes(name));
    if (newer.length > 0)
      return [
        problem(`The schema is newer than this version (${newer.join(', ')}). Run the version that has migrated it.`),
      ];
    const pending = known.filter((name) => !done.has(name)).length;
    return [
      pending === 0
        ? ok('of this version')
        : problem(
            `${pending} migrations are missing. Make a backup with the version before, then start the server: it migrates.`,
          ),
    ];
  },
};

export const inspectSecrets = (config: Config): DatabaseCheck => ({
  name: 'secrets',
  look: async (source) => {
    const configured = configuredSecrets(config);
    try {
      await requireOwnSecrets(source, configured);
    } catch (error) {
      if (error instanceof ConfigError) return [problem(error.message.replace('Keywright cannot start: ', ''))];
      throw error;
    }
    const several = configured.filter(({ secrets }) => secrets.length > 1).map(({ setting }) => setting);
    return [
      ok(
        several.length === 0
          ? 'those of this database'
          : `those of this database; whether older entries of ${several.join(', ')} may go: keywright secrets status`,
      ),
    ];
  },
});

export const compareClocks: DatabaseCheck = {
  name: 'clock',
  look: async (source) => {
    const sentMs = Date.now();
    const [row] = await source.query<{ now: number | string }[]>(`SELECT ${databaseTimeMs(source)} AS now`);
    const readMs = Date.now();
    const aheadMs = Math.round(Number(row?.now) - (sentMs + readMs) / 2);
    const apart = Math.abs(aheadMs) - (readMs - sentMs) / 2;
    const text = `The database's clock is ${Math.abs(aheadMs) / 1000} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's. Synchronise both, as with NTP.`;
    if (apart > CLOCK_PROBLEM_MS) return [problem(text)];
    return [apart > CLOCK_WARNING_MS ? warning(text) : ok("agrees with the database's")];
  },
};

export const countServers: DatabaseCheck = {
  name: 'servers',
  look: async (source) => {
    const count = await source
      .getRepository(Instance)
      .createQueryBuilder('i')
      .where(`i.leaseUntil > ${databaseTimeMs(source)}`)
      .getCount();
    return [ok(count === 1 ? '1 runs' : `${count === 0 ? 'none' : count} run`)];
  },
};

export const inspectAdministrators: DatabaseCheck = {
  name: 'administrators',
  look: async (source) => {
    const administrators = { role: 'admin' as const, deletedAt: IsNull() };
    const accounts = await source.getRepository(Account).find({ where: administrators, relations: { merchant: true } });
    const able = accounts.filter(({ status, merchant }) => status === STATUS.active && merchant?.status === 'active');
    if (accounts.length === 0) return [warning('There are none yet. The first start creates one.')];
    if (able.length === 0) return [problem('None may log in. Enable one with keywright admin unlock.')];
    if (able.length > 1) return [ok(`${able.length} may log in`)];
    return [ok('1 may log in; keywright admin create creates a second one')];
  },
};

export const inspectWebhooks: DatabaseCheck = {
  name: 'webhooks',
  look: async (source) => {
    const endpoints = await source
      .getRepository(WebhookEndpoint)
      .createQueryBuilder('e')
      .where('e.isEnabled = :yes AND (e.pausedAt IS NOT NULL OR e.failingSince IS NOT NULL)', { yes: true })
      .orderBy('e.consecutiveFailures', 'DESC')
      .take(NAMED_MAX)
      .getManyAndCount();
    const [failing, count] = endpoints;
    if (count === 0) return [ok('none fails')];
    const names = failing.map(
      ({ host, id, pausedAt, consecutiveFailures }) =>
        `${printable(host)} (${id}, ${pausedAt === null ? `${consecutiveFailures} failures` : 'paused'})`,
    );
    return [
      warning(
        `${count} cannot be delivered: ${names.join(', ')}${count > names.length ? ', …' : ''}. GET /api/v1/webhooks/{id}/deliveries says why.`,
      ),
    ];
  },
};
