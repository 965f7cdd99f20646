import { MerchantDeletion } from '../../erasure/merchant-deletion.service.js';
import { Housekeeper } from '../../housekeeping/housekeeper.js';
import { SYSTEM } from '../../platform/events/actor.js';
import { withApplication } from '../application/application.js';
import { CommandError } from '../shell/failure.js';
import { print, printable, type OutputOptions } from '../shell/output.js';

/** The jobs that finish a deletion, in their order. */
const JOBS = ['merchant_deletions', 'audit_traces'];

/**
 * Deletes a merchant for good.
 *
 * @throws {CommandError} when there is no such merchant or its members run the server, or when a job fails
 */
export async function deleteMerchant(id: string, options: OutputOptions & { dryRun?: boolean }): Promise<void> {
  const { dryRun = false } = options;
  await withApplication(async (use) => {
    const deleted = await use(MerchantDeletion).delete(SYSTEM, id.toLowerCase(), dryRun);
    const housekeeper = use(Housekeeper);
    const waiting: string[] = [];
    for (const name of dryRun ? [] : JOBS) {
      const job = housekeeper.jobs.get(name);
      const result = job && (await housekeeper.run(job));
      if (result?.outcome === 'failed') throw new CommandError(`The job ${name} has failed: see the log.`);
      if (!result) waiting.push(name);
    }
    print({ ...deleted, waiting }, options, () => {
      const { name, keys, applications, members, webhooks } = deleted;
      const count = `${keys} keys, ${applications} applications, ${members} members, ${webhooks} webhooks`;
      const rest = waiting.length > 0 ? `\nA running server does the rest: ${waiting.join(', ')}.` : '';
      return `${printable(name)}: ${count} ${dryRun ? 'would be deleted.' : 'deleted.'}${rest}`;
    });
  });
}
