import { connect, type Socket } from 'node:net';
import mysql, { type ConnectionOptions, type PoolOptions } from 'mysql2';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { OneTimeLink } from '../../accounts/one-time-link.entity.js';
import { ApiKey } from '../../api-keys/api-key.entity.js';
import { ImportFormat } from '../../api-keys/credentials/imported/import-format.entity.js';
import { ExpiryNotice } from '../../api-keys/retention/expiry-notice.entity.js';
import { IdleKey } from '../../api-keys/retention/idle-key.entity.js';
import { Application } from '../../applications/application.entity.js';
import { ExposureReport } from '../../exposures/exposure-report.entity.js';
import { ExposurePolicy } from '../../exposures/policy/exposure-policy.entity.js';
import { JobState } from '../../housekeeping/job-state.entity.js';
import { AuditChain, AuditEvent } from '../../audit/audit-event.entity.js';
import { IdempotencyRecord } from '../../idempotency/idempotency-record.entity.js';
import { Initial1763683200000 } from './migrations/1763683200000-initial.js';
import { Verification1763700000000 } from './migrations/1763700000000-verification.js';
import { KeyLife1763740000000 } from './migrations/1763740000000-key-life.js';
import { KeyLists1763742000000 } from './migrations/1763742000000-key-lists.js';
import { Oauth1763744000000 } from './migrations/1763744000000-oauth.js';
import { Idempotency1763746000000 } from './migrations/1763746000000-idempotency.js';
import { Offboarding1763747000000 } from './migrations/1763747000000-offboarding.js';
import { Import1763748000000 } from './migrations/1763748000000-import.js';
import { ExternalId1763748500000 } from './migrations/1763748500000-external-id.js';
import { Replays1763748600000 } from './migrations/1763748600000-replays.js';
import { Exposures1763754000000 } from './migrations/1763754000000-exposures.js';
import { AuditChain1763751000000 } from './migrations/1763751000000-audit-chain.js';
import { Housekeeping1763756000000 } from './migrations/1763756000000-housekeeping.js';
import { Notifications1763757000000 } from './migrations/1763757000000-notifications.js';
import { Responsibility1763758000000 } from './migrations/1763758000000-responsibility.js';
import { Mail } from '../../notifications/mail.entity.js';
import { NotificationChoice } from '../../notifications/notification-choice.entity.js';
import { RowLatches1763760000000 } from './migrations/1763760000000-row-latches.js';
import { Webhooks1763752000000 } from './migrations/1763752000000-webhooks.js';
import { ConflictRow } from './galera/conflict-row.entity.js';
import { SigningKey } from '../../oauth/signing-key.entity.js';
import { Service } from '../../services/service.entity.js';
import { Instance } from '../../verification/barrier/instance.entity.js';
import { KeyChange, KeyRevision } from '../../verification/barrier/key-change.entity.js';
import { RevokedSession } from '../../verification/cache/revoked-session.entity.js';
import { QuotaUse } from '../../verification/limits/quota-use.entity.js';
import { KeyUsage } from '../../verification/usage/key-usage.entity.js';
import { WebhookDelivery } from '../../webhooks/webhook-delivery.entity.js';
import { WebhookEndpoint } from '../../webhooks/webhook-endpoint.entity.js';

/** How long a statement waits for another process's lock. */
const BUSY_TIMEOUT_MS = 10_000;

/** After so long without a byte a connection counts as cut, though nobody said so; longer than a statement waits for a lock. */
const SILENCE_MS = 90_000;

const TABLES = {
  entities: [
    Merchant,
    Account,
    OneTimeLink,
    Service,
    Application,
    ApiKey,
    ImportFormat,
    AuditEvent,
    AuditChain,
    KeyChange,
    KeyRevision,
    Instance,
    KeyUsage,
    QuotaUse,
    RevokedSession,
    SigningKey,
    IdempotencyRecord,
    ExposureReport,
    ExposurePolicy,
    JobState,
    ExpiryNotice,
    IdleKey,
    Mail,
    NotificationChoice,
    WebhookEndpoint,
    WebhookDelivery,
    ConflictRow,
  ],
  migrations: [
    Initial1763683200000,
    Verification1763700000000,
    KeyLife1763740000000,
    KeyLists1763742000000,
    Oauth1763744000000,
    Idempotency1763746000000,
    Offboarding1763747000000,
    Import1763748000000,
    ExternalId1763748500000,
    Replays1763748600000,
    Exposures1763754000000,
    AuditChain1763751000000,
    Housekeeping1763756000000,
    Notifications1763757000000,
    Webhooks1763752000000,
    Responsibility1763758000000,
    RowLatches1763760000000,
  ],
  migrationsTableName: 'migration',
};

/**
 * Turns a `DATABASE_URL` into what TypeORM wants.
 *
 * @param url `sqlite:<path>`, `mysql://user:password@host:port/name` or `mariadb://…`
 */
export function dataSourceOptions(url: string): DataSourceOptions {
  if (url.startsWith('sqlite:')) {
    return {
      ...TABLES,
      type: 'better-sqlite3',
      database: url.slice('sqlite:'.length),
      enableWAL: true,
      timeout: BUSY_TIMEOUT_MS,
    };
  }
  return {
    ...TABLES,
    type: url.startsWith('mariadb:') ? 'mariadb' : 'mysql',
    url,
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    poolSize: 10,
    driver: PREPARED,
    // The stack of every statement costs as much as sending it; TypeORM's errors have one of their own.
    trace: false,
    extra: { stream: connectFor(SILENCE_MS) },
  };
}

/** How many of a pool's connections are in use and idle, and how many requests wait for one. */
export interface PoolUse {
  inUse: number;
  idle: number;
  waiting: number;
}

/** Lists of mysql2's pool, which it has no other way to tell of. */
interface Pool {
  _allConnections: { length: number };
  _freeConnections: { length: number };
  _connectionQueue: { length: number };
}

/** `null` on SQLite, which has no pool. */
export function poolUse({ options, driver }: DataSource): PoolUse | null {
  if (options.type === 'better-sqlite3') return null;
  const { pool } = driver as unknown as { pool: Pool };
  const [all, idle, waiting] = [pool._allConnections, pool._freeConnections, pool._connectionQueue].map(
    ({ length }) => length,
  ) as [number, number, number];
  return { inUse: all - idle, idle, waiting };
}

/**
 * Has every read, and every transaction when it begins, wait until its node has applied what was committed on any node of a Galera cluster before
 * (https://mariadb.com/kb/en/galera-cluster-system-variables/#wsrep_sync_wait): a key that was revoked on one node is not
 * read from another one that doesn't know yet. A MariaDB that is in no cluster does nothing for it, and MySQL doesn't know it.
 */
const SEEING_ALL = 'wsrep_sync_wait = 1';

/** mysql2, with what TypeORM would have done for each statement or transaction done once for each connection. */
const PREPARED = {
  ...mysql,
  createPool: (options: PoolOptions) =>
    mysql.createPool(options).on('connection', (connection) => {
      for (const setting of ['TRANSACTION ISOLATION LEVEL READ COMMITTED', SEEING_ALL])
        connection.query(`SET SESSION ${setting}`, (error) => {
          if (error && error.code !== 'ER_UNKNOWN_SYSTEM_VARIABLE') connection.destroy();
        });
      const promised = connection.promise();
      connection.promise = () => promised;
    }),
};

/** How mysql2 connects. A connection that is silent for too long is given up: TCP alone would wait for a quarter of an hour. */
export function connectFor(silenceMs: number): (options: { config: ConnectionOptions }) => Socket {
  return ({ config: { socketPath, host, port = 3306 } }) => {
    const socket = socketPath === undefined ? connect(port, host) : connect(socketPath);
    socket.setNoDelay(true);
    socket.setTimeout(silenceMs, () =>
      socket.destroy(Object.assign(new Error('The database is silent'), { code: 'ETIMEDOUT' })),
    );
    return socket;
  };
}
