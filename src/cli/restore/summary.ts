import type { ReplayCounts } from '../../backup/revocation-replay.js';

/** What a restore has done. */
export interface Summary {
  /** The id of the database. */
  database: string;
  /** The revision of the backup. */
  revision: number;
  /** The number of journals' files that were applied. */
  journals: number;
  counts: ReplayCounts;
  /** Why keys that were revoked since the backup may be valid again, each in a sentence. */
  gaps: string[];
  /** Where the replaced database is kept; `null` if there was none. */
  kept: string | null;
  /** What is wrong with the audit trails, compared with the heads in the backup; `null` if they weren't compared. */
  audit: string[] | null;
}

const LABELS: Record<keyof ReplayCounts, string> = {
  keysDeleted: 'keys deleted',
  keysDisabled: 'keys disabled',
  credentialsEnded: 'previous credentials ended',
  applicationsDeleted: 'applications deleted',
  applicationsDisabled: 'applications disabled',
  accountsDeleted: 'accounts deleted',
  accountsDisabled: 'accounts disabled',
  accountsLowered: 'accounts given a lower role',
  merchantsBlocked: 'merchants blocked',
  merchantsDeleted: 'merchants deleted',
};

export function printSummary(summary: Summary, isJson = false): void {
  console.log(isJson ? JSON.stringify(summary) : describe(summary));
}

function describe({ revision, journals, counts, gaps, kept, audit }: Summary): string {
  const done = (Object.entries(LABELS) as [keyof ReplayCounts, string][])
    .filter(([name]) => counts[name] > 0)
    .map(([name, label]) => `${label}: ${counts[name]}`);
  return [
    `The database has been restored as of revision ${revision}.`,
    `Taken away again, by ${journals === 1 ? 'one file' : `${journals} files`} of the journal: ${done.length > 0 ? done.join(', ') : 'nothing'}.`,
    ...gaps.map((gap) => `WARNING: ${gap}`),
    ...(kept === null ? [] : [`The replaced database is kept as ${kept}.`]),
    ...(audit === null
      ? []
      : audit.length === 0
        ? ['The audit trails are those of the backup.']
        : audit.map((problem) => `BROKEN audit trail: ${problem}`)),
  ].join('\n');
}
