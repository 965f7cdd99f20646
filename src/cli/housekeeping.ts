import { assembleApp, composeApp } from '../app.js';
import { Housekeeper, type JobResult } from '../housekeeping/housekeeper.js';
import type { Job } from '../platform/jobs/job.js';
import { requireMigrated } from '../platform/database/schema.js';
import { LineLogger } from '../platform/observability/logs/line-logger.js';
import { Clock } from '../platform/runtime/clock.js';
import { requireOwnSecrets } from '../platform/secrets/secret-check.js';
import { configuredSecrets } from '../secrets.js';
import { readConfigBesideServers } from './command-config.js';
import { UsageError } from './failure.js';
import { assertDatabase } from './location.js';
import { assertSecrets } from './restore/own-secrets.js';

const LOGGER = new LineLogger(['warn', 'error']);

/**
 * Runs jobs now: those that are named, or all that have a schedule.
 *
 * @returns whether none of them failed
 */
export async function keepHouse(names: string[], isDry: boolean): Promise<boolean> {
  assertDatabase();
  assertSecrets();
  return isDry ? dryRun(names) : run(names);
}

async function run(names: string[]): Promise<boolean> {
  const { app } = await assembleApp(readConfigBesideServers(), LOGGER);
  try {
    const housekeeper = app.get(Housekeeper, { strict: false });
    let isGood = true;
    for (const job of chosen(housekeeper, names)) {
      const result = await housekeeper.run(job);
      console.log(report(job, result, false));
      if (result?.outcome === 'failed') isGood = false;
    }
    return isGood;
  } finally {
    await app.close();
  }
}

/** Starts nothing that would do what waits to be done, and leaves the database as it is. */
async function dryRun(names: string[]): Promise<boolean> {
  const config = readConfigBesideServers();
  const { app } = await composeApp(config, LOGGER, new Clock(), async (database) => {
    await requireMigrated(database);
    await requireOwnSecrets(database, configuredSecrets(config));
  });
  const housekeeper = app.get(Housekeeper, { strict: false });
  housekeeper.findJobs();
  for (const job of chosen(housekeeper, names)) console.log(report(job, await housekeeper.dryRun(job), true));
  return true;
}

function chosen({ jobs }: Housekeeper, names: string[]): Job[] {
  if (names.length === 0) return [...jobs.values()].filter(({ schedule }) => schedule !== undefined);
  return names.map((name) => {
    const job = jobs.get(name);
    if (!job) throw new UsageError(`There is no job ${name}. The jobs are ${[...jobs.keys()].join(', ')}.`);
    return job;
  });
}

function report({ name }: Job, result: JobResult | null, isDry: boolean): string {
  if (!result) return `${name}: another instance runs it`;
  const parts = Object.entries(result.counts).map(([what, count]) => {
    const ids = result.examples[what] ?? [];
    return `${what} ${count} (${ids.join(', ')}${count > ids.length ? ', …' : ''})`;
  });
  const done = parts.length > 0 ? parts.join('; ') : 'nothing';
  return `${name}: ${isDry ? 'would have ' : ''}${result.outcome === 'completed' ? '' : `${result.outcome}, `}${done}`;
}
