import { assembleApp, composeApp } from '../app.js';
import { Housekeeper, type JobResult } from '../housekeeping/housekeeper.js';
import type { Job } from '../platform/jobs/job.js';
import { requireMigrated } from '../platform/database/schema.js';
import { Clock } from '../platform/runtime/clock.js';
import { requireOwnSecrets } from '../platform/secrets/secret-check.js';
import { configuredSecrets } from '../secrets.js';
import { readConfigBesideServers } from './application/command-config.js';
import { UsageError } from './shell/failure.js';
import { assertDatabase } from './shell/location.js';
import { assertSecrets } from './restore/own-secrets.js';
import { Warnings } from './restore/warnings.js';

const LOGGER = new Warnings();

/**
 * Runs jobs now: those that are named, or all that have a schedule.
 *
 * @param json whether one JSON document is printed at the end, in place of a line for each job
 * @returns whether none of them failed
 */
export async function keepHouse(names: string[], isDry: boolean, json: boolean): Promise<boolean> {
  assertDatabase();
  assertSecrets();
  const done = isDry ? await dryRun(names, json) : await run(names, json);
  if (json) console.log(JSON.stringify(done, null, 2));
  return done.every(({ outcome }) => outcome !== 'failed');
}

async function run(names: string[], json: boolean): Promise<Done[]> {
  const { app } = await assembleApp(readConfigBesideServers(), LOGGER);
  try {
    const housekeeper = app.get(Housekeeper, { strict: false });
    const done: Done[] = [];
    for (const job of chosen(housekeeper, names)) {
      const result = await housekeeper.run(job);
      if (!json) console.log(report(job, result, false));
      done.push(present(job, result));
    }
    return done;
  } finally {
    await app.close();
  }
}

/** Starts nothing that would do what waits to be done, and leaves the database as it is. */
async function dryRun(names: string[], json: boolean): Promise<Done[]> {
  const config = readConfigBesideServers();
  const { app } = await composeApp(config, LOGGER, new Clock(), async (database) => {
    await requireMigrated(database);
    await requireOwnSecrets(database, configuredSecrets(config));
  });
  const housekeeper = app.get(Housekeeper, { strict: false });
  housekeeper.findJobs();
  const done: Done[] = [];
  for (const job of chosen(housekeeper, names)) {
    const result = await housekeeper.dryRun(job);
    if (!json) console.log(report(job, result, true));
    done.push(present(job, result));
  }
  return done;
}

/** What a job has done. */
type Done = ReturnType<typeof present>;

const present = ({ name }: Job, result: JobResult | null) => ({
  job: name,
  outcome: result?.outcome ?? ('running elsewhere' as const),
  counts: result?.counts ?? {},
  examples: result?.examples ?? {},
});

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
