import { parseArgs } from 'node:util';
import { ConsoleLogger } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { assembleApp, composeApp } from '../app.js';
import { ConfigError, loadConfig, type Config } from '../platform/config/config.js';
import { errorMessage } from '../platform/runtime/error-message.js';
import { Housekeeper, type JobResult } from '../housekeeping/housekeeper.js';
import type { Job } from '../platform/jobs/job.js';
import { requireMigrated } from '../platform/database/schema.js';

const LOGGER = new ConsoleLogger({ prefix: 'Keywright', logLevels: ['warn', 'error'] });

const USAGE = 'npm run housekeeping -- [--dry-run] [job…]';

/** The command can't be carried out as it was given. */
class UsageError extends Error {}

/** Runs jobs now, beside the servers or instead of them: those that are named, or all that have a schedule. */
async function main(): Promise<boolean> {
  process.umask(0o077);
  const { isDry, names } = readCommand();
  // It is an instance like any: key changes pass its barrier. But it does what it was told, nothing by the clock, and listens to nobody.
  const config = Object.assign(loadConfig(process.env), { HOUSEKEEPING: false, METRICS_PORT: undefined });
  return isDry ? dryRun(config, names) : run(config, names);
}

async function run(config: Config, names: string[]): Promise<boolean> {
  const { app } = await assembleApp(config, LOGGER);
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

/** Nothing is started that would do what waits to be done, and the database is left as it is. */
async function dryRun(config: Config, names: string[]): Promise<boolean> {
  const { app } = await composeApp(config, LOGGER);
  await requireMigrated(app.get<DataSource>(getDataSourceToken()));
  const housekeeper = app.get(Housekeeper, { strict: false });
  housekeeper.findJobs();
  for (const job of chosen(housekeeper, names)) console.log(report(job, await housekeeper.dryRun(job), true));
  return true;
}

function readCommand(): { isDry: boolean; names: string[] } {
  try {
    const { values, positionals } = parseArgs({
      options: { 'dry-run': { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    return { isDry: values['dry-run'], names: positionals };
  } catch (error) {
    throw new UsageError(errorMessage(error));
  }
}

function chosen({ jobs }: Housekeeper, names: string[]): Job[] {
  if (names.length === 0) return [...jobs.values()].filter(({ schedule }) => schedule !== undefined);
  return names.map((name) => {
    const job = jobs.get(name);
    if (!job) throw new UsageError(`There is no job ${name}. There are ${[...jobs.keys()].join(', ')}.`);
    return job;
  });
}

function report({ name }: Job, result: JobResult | null, isDry: boolean): string {
  if (!result) return `${name}: another instance is at it`;
  const parts = Object.entries(result.counts).map(([what, count]) => {
    const ids = result.examples[what] ?? [];
    return `${what} ${count} (${ids.join(', ')}${count > ids.length ? ', …' : ''})`;
  });
  const done = parts.length > 0 ? parts.join('; ') : 'nothing';
  return `${name}: ${isDry ? 'would have ' : ''}${result.outcome === 'completed' ? '' : `${result.outcome}, `}${done}`;
}

main().then(
  (isGood) => process.exit(isGood ? 0 : 1),
  (error: unknown) => {
    if (error instanceof UsageError) console.error(`${error.message}\n${USAGE}`);
    // The stack and no more: a failed query carries its parameters along.
    else console.error(error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : error);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
