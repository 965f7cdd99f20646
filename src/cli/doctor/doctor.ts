import 'reflect-metadata';
import { ConfigError } from '../../platform/config/config-error.js';
import type { Config } from '../../platform/config/config.js';
import { redact } from '../../platform/observability/logs/redaction.js';
import { errorMessage } from '../../platform/runtime/error-message.js';
import { databaseFile } from '../shell/location.js';
import { print, type OutputOptions } from '../shell/output.js';
import { readSettings } from './configuration.js';
import {
  compareClocks,
  countServers,
  describeServer,
  inspectAdministrators,
  inspectSchema,
  inspectSecrets,
  inspectWebhooks,
  openExisting,
  type DatabaseCheck,
} from './database.js';
import { problem, warning, type Check, type Finding } from './finding.js';
import { inspectDisk, reachMailServer, reachRedis } from './surroundings.js';

/** The longest time that a part has for its answer, and all parts together, because they are asked at the same time. */
const LIMIT_MS = 1700;

/** The same for a database file, which no network delays: on a busy machine, the command itself is slow. */
const FILE_LIMIT_MS = 10_000;

/**
 * Looks at everything that a server needs, and changes nothing.
 *
 * @returns whether there is no problem
 */
export async function examine(options: OutputOptions): Promise<boolean> {
  const { config, hasSecrets, findings } = readSettings();
  const settings = findings.map((finding) => ({ name: 'settings', ...finding }));
  const found = [...settings, ...(config ? await lookAround(config, hasSecrets) : [])];
  const isWell = found.every(({ verdict }) => verdict !== 'problem');
  print({ isWell, checks: found }, options, () => describe(found));
  return isWell;
}

async function lookAround(config: Config, hasSecrets: boolean): Promise<Finding[]> {
  const [database, ...others] = await Promise.all([
    lookAtDatabase(config, hasSecrets),
    ...[reachMailServer(config, LIMIT_MS), reachRedis(config, LIMIT_MS), inspectDisk(config)].map((check) =>
      look(check, LIMIT_MS),
    ),
  ]);
  return [...database, ...others.flat()];
}

async function lookAtDatabase(config: Config, hasSecrets: boolean): Promise<Finding[]> {
  const isFile = databaseFile(config.DATABASE_URL) !== null;
  const endsAtMs = performance.now() + (isFile ? FILE_LIMIT_MS : LIMIT_MS);
  const leftMs = (): number => Math.max(1, endsAtMs - performance.now());
  const opening = openExisting(config.DATABASE_URL);
  const opened = await look(
    {
      name: 'database',
      look: async () =>
        (await opening) === null
          ? [warning(`There is none at ${config.DATABASE_URL} yet. The first start creates it.`)]
          : [],
    },
    leftMs(),
  );
  if (opened.length > 0) return opened;
  const database = await opening;
  if (database === null) return [];
  const ask = ({ name, look: asked }: DatabaseCheck): Promise<Finding[]> =>
    look({ name, look: () => asked(database) }, leftMs());
  const [schema, ...rest] = await Promise.all([ask(inspectSchema), ask(describeServer), ask(compareClocks)]);
  const first = [...rest[0], ...schema, ...rest[1]];
  // The tables can be read only if they are of this version.
  if (schema.some(({ verdict }) => verdict !== 'ok')) return first;
  const others = [
    ...(hasSecrets ? [inspectSecrets(config)] : []),
    countServers,
    inspectAdministrators,
    inspectWebhooks,
  ];
  return [...first, ...(await Promise.all(others.map(ask))).flat()];
}

/** Carries a check out. One that fails, or takes too long, has found a problem. */
async function look({ name, look: asked }: Check, limitMs: number): Promise<Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ReturnType<typeof problem>[]>((resolve) => {
    timer = setTimeout(
      () => resolve([problem('There was no answer in time. Check the network, and whether it is overloaded.')]),
      limitMs,
    );
  });
  const found = await Promise.race([asked().catch((error: unknown) => [problem(reasonOf(error))]), late]);
  clearTimeout(timer);
  return found.map((finding) => ({ name, ...finding }));
}

const reasonOf = (error: unknown): string => {
  const message = redact(errorMessage(error)).replaceAll(/\s*\n\s*/g, ' ');
  return error instanceof ConfigError ? message : `It could not be looked at: ${message}`;
};

function describe(found: Finding[]): string {
  const width = Math.max(...found.map(({ name }) => name.length));
  const lines = found.map(({ name, verdict, message }) => `${verdict.padEnd(7)}  ${name.padEnd(width)}  ${message}`);
  const count = (one: Finding['verdict']): number => found.filter(({ verdict }) => verdict === one).length;
  return [...lines, '', `${count('problem')} problems, ${count('warning')} warnings`].join('\n');
}
