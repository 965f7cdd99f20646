import { existsSync } from 'node:fs';
import { createHmac, randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { ConfigError } from '../config/config-error.js';
import { SECRETS_FILE } from '../config/generated-secrets.js';
import { isDuplicate, isRetryable } from '../database/engine-errors.js';
import { countDependents, sum, type DependentColumn, type RowCounts } from './needed-secrets.js';
import { SecretFingerprint, type SecretSetting } from './secret-fingerprint.entity.js';

/** A setting with secrets, and the columns that need them. */
export interface ConfiguredSecrets {
  setting: SecretSetting;
  /** Newest first. */
  secrets: string[];
  /** The id by which rows name a secret; only where rows do. */
  computeId?: (secret: string) => string;
  dependents: DependentColumn[];
}

/** How often the check is made again because another instance has recorded its secrets meanwhile. */
const ATTEMPTS = 10;

/** What a check has found about one setting. */
interface Finding {
  /** Why the start is refused; `null` when the secrets are those of the database. */
  problem: string | null;
  /** What is lost without being a reason to refuse the start. */
  warning: string | null;
  added: SecretFingerprint[];
  retired: SecretFingerprint[];
}

/**
 * Checks that the secrets are those of the database.
 *
 * @throws {ConfigError} when the secrets of a setting are all unknown to the database, or rows need one that is missing
 */
export async function requireOwnSecrets(source: DataSource, configured: ConfiguredSecrets[]): Promise<void> {
  const problems = (await inspect(source, configured)).flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) throw refusal(problems);
}

/** Returns the settings whose newest secret no server of the database has started with yet. */
export async function findUnused(source: DataSource, configured: ConfiguredSecrets[]): Promise<SecretSetting[]> {
  const recorded = await source.getRepository(SecretFingerprint).find();
  return configured
    .filter(
      ({ setting, secrets: [newest = ''] }) => !recorded.some((one) => one.setting === setting && isOf(one, newest)),
    )
    .map(({ setting }) => setting);
}

/**
 * Checks that the secrets are those of the database, and records new ones. The first server of a database records all of its secrets.
 *
 * @param acceptsNew records the secrets whatever the check finds
 * @returns what has been lost, in sentences
 * @throws {ConfigError} as {@link requireOwnSecrets}
 */
export async function claimSecrets(
  source: DataSource,
  configured: ConfiguredSecrets[],
  acceptsNew: boolean,
): Promise<string[]> {
  for (let attempt = 1; ; attempt += 1) {
    const findings = await inspect(source, configured);
    const problems = findings.flatMap(({ problem }) => problem ?? []);
    if (problems.length > 0 && !acceptsNew) throw refusal(problems);
    const added = findings.flatMap((finding) => finding.added);
    const retired = findings.flatMap((finding) => finding.retired);
    try {
      if (added.length + retired.length > 0)
        await source.transaction(async (manager) => {
          for (const { setting, ordinal } of retired) await manager.delete(SecretFingerprint, { setting, ordinal });
          if (added.length > 0) await manager.insert(SecretFingerprint, added);
        });
      return [
        ...problems.map((problem) => `Going on with new secrets, although ${problem}.`),
        ...findings.flatMap(({ warning }) => warning ?? []),
      ];
    } catch (error) {
      if (attempt === ATTEMPTS || !(isDuplicate(error) || isRetryable(error))) throw error;
    }
  }
}

const refusal = (problems: string[]): ConfigError => {
  const place = existsSync(SECRETS_FILE) ? ` (they may be in ${SECRETS_FILE})` : '';
  return new ConfigError(
    `Keywright cannot start: ${problems.join('; ')}. Start it with the secrets that the other instances of this database have, or that it had ` +
      `when the backup was made${place}. What to do when they are lost or meant to change is in docs/operations.md under "Replacing secrets".`,
  );
};

async function inspect(source: DataSource, configured: ConfiguredSecrets[]): Promise<Finding[]> {
  const recorded = await source.getRepository(SecretFingerprint).find({ order: { ordinal: 'ASC' } });
  const findings: Finding[] = [];
  for (const one of configured) {
    const own = recorded.filter(({ setting }) => setting === one.setting);
    findings.push(await inspectSetting(source, one, own));
  }
  return findings;
}

async function inspectSetting(
  source: DataSource,
  { setting, secrets, computeId, dependents }: ConfiguredSecrets,
  recorded: SecretFingerprint[],
): Promise<Finding> {
  const isRecorded = (secret: string): boolean => recorded.some((one) => isOf(one, secret));
  const known = recorded.filter((one) => secrets.some((secret) => isOf(one, secret)));
  const missing = recorded.filter((one) => !known.includes(one));
  const last = recorded.at(-1)?.ordinal ?? 0;
  const added = [...new Set(secrets)]
    .filter((secret) => !isRecorded(secret))
    .reverse()
    .map((secret, index) => fingerprint(setting, secret, last + 1 + index, computeId?.(secret) ?? null));

  const isUnknown = recorded.length > 0 && known.length === 0;
  // An instance whose list is older than another's lacks the newest secrets; they stay recorded.
  const newest = added.length > 0 ? Infinity : Math.max(...known.map(({ ordinal }) => ordinal));
  const finding = { added, retired: missing.filter(({ ordinal }) => ordinal < newest), problem: null, warning: null };
  const unknown = `${setting} is not that of this database`;
  if (!computeId || (recorded.length > 0 && missing.length === 0))
    return isUnknown ? { ...finding, problem: unknown } : finding;

  const counts = await countDependents(source, dependents);
  const ids = secrets.map(computeId);
  const lost = [...counts].filter(([id]) =>
    recorded.length > 0 ? missing.some(({ secretId }) => secretId === id) : isSecretId(id) && !ids.includes(id),
  );
  if (lost.length === 0) return isUnknown ? { ...finding, problem: unknown } : finding;
  const rows = describe(sum(lost.map(([, count]) => count)));
  const text = `${setting} lacks ${lost.length === 1 ? 'an entry' : `${lost.length} entries`} that rows need (${rows})`;
  if (isUnknown) return { ...finding, problem: `${unknown}, and rows need it (${rows})` };
  // Before secrets were recorded, an entry could be removed while rows needed it. If others work, the start goes on.
  const isPartly = recorded.length === 0 && ids.some((id) => counts.has(id));
  return isPartly ? { ...finding, warning: `${text}.` } : { ...finding, problem: text };
}

const describe = (counts: RowCounts): string => [...counts].map(([rows, number]) => `${rows}: ${number}`).join(', ');

/** Whether the beginning of a value is the id of a secret, and not the name of an algorithm. */
const isSecretId = (text: string): boolean => /^[\da-f]{8}$/.test(text);

const isOf = ({ setting, salt, fingerprint: stored }: SecretFingerprint, secret: string): boolean =>
  compute(setting, secret, salt) === stored;

function fingerprint(
  setting: SecretSetting,
  secret: string,
  ordinal: number,
  secretId: string | null,
): SecretFingerprint {
  const salt = randomBytes(16).toString('hex');
  return { setting, ordinal, salt, fingerprint: compute(setting, secret, salt), secretId };
}

const compute = (setting: SecretSetting, secret: string, salt: string): string =>
  createHmac('sha256', secret).update(`keywright fingerprint ${setting} ${salt}`).digest('hex').slice(0, 16);
