import type { DataSource } from 'typeorm';
import { SECRETS, type Config } from '../../platform/config/config.js';
import {
  generateSecret,
  readSecretsFile,
  replaceSecrets,
  SECRETS_FILE,
} from '../../platform/config/generated-secrets.js';
import { findUnused } from '../../platform/secrets/secret-check.js';
import { configuredSecrets } from '../../secrets.js';
import { CommandError, UsageError } from '../shell/failure.js';
import { findNeeds, withSecrets } from './status.js';

type Setting = (typeof SECRETS)[number];

/**
 * Puts a new entry in front of settings in `data/secrets.json`, or removes the older entries of them.
 *
 * @throws {CommandError} when a setting is not in that file, no server has started with its newest entry yet, or rows need what would be removed;
 *   then nothing is changed
 */
export async function rotateSecrets(names: string[], { retire = false }: { retire?: boolean }): Promise<void> {
  const settings = names.map(assertSetting);
  assertStored(settings, retire);
  await withSecrets(async (source, config) => {
    await assertInUse(source, config, settings, retire);
    if (retire) await assertNotNeeded(source, config, settings);
    const stored = readSecretsFile() ?? {};
    const replaced = settings.map((setting) => [
      setting,
      (retire ? config[setting].slice(0, 1) : [generateSecret(), ...config[setting]]).join(','),
    ]);
    replaceSecrets({ ...stored, ...(Object.fromEntries(replaced) as Record<string, string>) });
    for (const setting of settings) console.log(describe(setting, retire));
    console.log(`Restart the server: it reads ${SECRETS_FILE} at its start.`);
  });
}

function assertSetting(name: string): Setting {
  const setting = SECRETS.find((each) => each === name.toUpperCase());
  if (setting) return setting;
  throw new UsageError(`There are no secrets ${name}. Name ${SECRETS.join(', ')}.`);
}

/** @throws {CommandError} with what to set, when a setting comes from the environment */
function assertStored(settings: Setting[], retire: boolean): void {
  const isProduction = process.env.NODE_ENV === 'production';
  const given = settings.filter((name) => isProduction || (process.env[name] ?? '') !== '');
  if (given.length === 0) return;
  const what = given.map((name) =>
    retire ? `${name}=<its first entry>` : `${name}=${generateSecret()},<its present value>`,
  );
  throw new CommandError(
    `${given.join(', ')}: set in the environment or in .env, and not in ${SECRETS_FILE}. Set there, on all instances: ${what.join(' ')}`,
  );
}

/** A server that has not read the newest entry yet still uses the one behind it. */
async function assertInUse(source: DataSource, config: Config, settings: Setting[], retire: boolean): Promise<void> {
  const unused = (await findUnused(source, configuredSecrets(config))).filter((name) => settings.includes(name));
  if (unused.length > 0)
    throw new CommandError(
      `No server has started with the newest entry of ${unused.join(', ')} yet. Restart the server, then ${retire ? 'remove the older ones' : 'rotate again'}.`,
    );
}

async function assertNotNeeded(source: DataSource, config: Config, settings: Setting[]): Promise<void> {
  for (const one of configuredSecrets(config).filter(({ setting }) => settings.includes(setting))) {
    const { setting, entries } = await findNeeds(source, one);
    const needed = entries.slice(1).flatMap((rows) => [...(rows ?? [])]);
    if (needed.length === 0) continue;
    const rows = needed.map(([what, number]) => `${what}: ${number}`).join(', ');
    throw new CommandError(
      setting === 'ENCRYPTION_KEYS'
        ? `Rows need an older entry of ${setting} (${rows}). Run keywright secrets reencrypt first.`
        : `Rows need an older entry of ${setting} (${rows}). A key moves to the newest one when it is used; rotate or revoke the others.`,
    );
  }
}

const describe = (setting: Setting, retire: boolean): string =>
  retire
    ? `${setting}: its older entries have been removed from ${SECRETS_FILE}.`
    : `${setting}: a new entry has been put in front of it in ${SECRETS_FILE}; the former one is still accepted.`;
