import { getDataSourceToken } from '@nestjs/typeorm';
import { IsNull, Not, type DataSource } from 'typeorm';
import { OneTimeLink } from '../../accounts/links/one-time-link.entity.js';
import { FactorChallenge } from '../../accounts/second-factors/factor-challenge.entity.js';
import { LoginSession } from '../../accounts/sessions/login-session.entity.js';
import { assembleApp } from '../../app.js';
import { RevocationReplay, type ReplayCounts } from '../../backup/revocation-replay.js';
import { TABLES } from '../../entities.js';
import { loadConfig, type Config } from '../../platform/config/config.js';
import { DatabaseIdentity } from '../../platform/database/database-identity.entity.js';
import { openDatabase } from '../../platform/database/open-database.js';
import { migrate } from '../../platform/database/schema.js';
import type { Revocation } from '../../verification/journal/revocation.js';
import { KeyRevision } from '../../verification/key-change.entity.js';
import { Warnings } from './warnings.js';

/** What to take away from a restored database. */
export interface Replay {
  /** @param since the revision of the backup */
  choose: (since: number, source: DataSource) => Revocation[] | Promise<Revocation[]>;
  /** The highest revision that was ever taken, as far as it is known. Those to come are higher. */
  latest: number;
  /** The environment of the application: secrets that are not in that of the process. */
  environment: Record<string, string>;
  /** When the backup was taken; `null` if it is unknown. */
  takenAt: string | null;
}

export interface Replayed {
  counts: ReplayCounts;
  /** The revision of the backup. */
  since: number;
}

/**
 * Takes away from a restored database what was revoked since, with the application's own services, so that it is in the audit trails. It sends
 * nothing. When it is interrupted, no server starts on the database, and it can be repeated.
 */
export async function replay(url: string, { choose, latest, environment, takenAt }: Replay): Promise<Replayed> {
  const source = await openDatabase(url, TABLES);
  let since: number;
  let revocations: Revocation[];
  try {
    await migrate(source);
    since = await begin(source, latest);
    revocations = await choose(since, source);
  } finally {
    await source.destroy();
  }
  const { app } = await assembleApp(readConfigApart(url, environment), new Warnings());
  try {
    const replaying = app.get(RevocationReplay, { strict: false });
    const counts = await replaying.apply(revocations);
    await replaying.record({ takenAt, revision: since, ...counts });
    await app
      .get<DataSource>(getDataSourceToken())
      .manager.update(DatabaseIdentity, { id: 1 }, { restoredRevision: null });
    return { counts, since };
  } finally {
    await app.close();
  }
}

/** Marks the database as one that is being restored. @returns the revision of the backup, also when this is a repetition */
async function begin(source: DataSource, latest: number): Promise<number> {
  return source.transaction(async (manager) => {
    const { restoredRevision } = await manager.findOneByOrFail(DatabaseIdentity, { id: 1 });
    const { value } = await manager.findOneByOrFail(KeyRevision, { id: 1 });
    const since = restoredRevision ?? value;
    await manager.update(DatabaseIdentity, { id: 1 }, { restoredRevision: since });
    // Sessions that have ended, and links that have been used, must not come back. Whoever needs one logs in, or asks for a new link.
    await manager.delete(LoginSession, { id: Not(IsNull()) });
    await manager.delete(FactorChallenge, { id: Not(IsNull()) });
    await manager.delete(OneTimeLink, { id: Not(IsNull()) });
    // The gap in the revisions tells verifiers that have known the database before to forget what they know.
    await manager.update(KeyRevision, { id: 1 }, { value: Math.max(value, latest) + 1 });
    return since;
  });
}

/** The configuration of an application that works on a database for itself: it keeps no house, sends nothing and writes no journal. */
function readConfigApart(url: string, environment: Record<string, string>): Config {
  const config = loadConfig({ ...process.env, ...environment, DATABASE_URL: url, REVOCATION_JOURNAL: 'off' });
  return Object.assign(config, { HOUSEKEEPING: false, METRICS_PORT: undefined, sendsMessages: () => false });
}
