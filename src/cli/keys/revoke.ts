import { KeyRevocation } from '../../api-keys/key-revocation.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { SYSTEM } from '../../platform/events/actor.js';
import { inBatches } from '../../platform/runtime/batches.js';
import { openSource, withApplication } from '../application/application.js';
import { CommandError } from '../shell/failure.js';
import { print, printable, type OutputOptions } from '../shell/output.js';
import {
  assertNoCredential,
  findByCredential,
  findById,
  readCredential,
  STANDARD_INPUT,
  type Match,
} from './key-matches.js';

/** Keys revoked in one transaction. */
const BATCH = 500;

/**
 * Revokes keys for good. When it returns, no server accepts them any longer.
 *
 * @throws {CommandError} when there is no such key; then none is revoked
 */
export async function revokeKeys(ids: string[], options: OutputOptions): Promise<void> {
  assertNoCredential(ids);
  const text = ids.includes(STANDARD_INPUT) ? await readCredential() : null;
  await withApplication(async (use) => {
    const presented = text === null ? [] : await findByCredential(use, text);
    if (text !== null && presented.length === 0)
      throw new CommandError('The text on standard input is no key of this server. No key has been revoked.');
    const named = ids.filter((id) => id !== STANDARD_INPUT);
    const matches = [...presented, ...(await findById(openSource(use), named))];
    assertFound(named, matches);
    const keys = [...new Map(matches.map(({ key }) => [key.id, key])).values()];
    const revoked: string[] = [];
    for (const batch of inBatches(
      keys.filter(({ deletedAt }) => deletedAt === null).map(({ id }) => id),
      BATCH,
    )) {
      const { changed } = await use(Transactions).run((tx) =>
        use(KeyRevocation).revokeMany(tx, SYSTEM, batch, 'deleted'),
      );
      revoked.push(...changed.map(({ id }) => id));
    }
    const wasDeleted = keys.filter(({ id }) => !revoked.includes(id)).map(({ id }) => id);
    print({ revoked, alreadyDeleted: wasDeleted }, options, () =>
      keys
        .map(
          ({ id, name }) =>
            `${id}  ${revoked.includes(id) ? 'revoked' : 'had been deleted before'}  ${printable(name)}`,
        )
        .join('\n'),
    );
  });
}

function assertFound(named: string[], matches: Match[]): void {
  const known = new Set(matches.flatMap(({ key }) => [key.id, key.publicId, key.previousPublicId]));
  const unknown = named.filter((id) => !known.has(id) && !known.has(id.toLowerCase()));
  if (unknown.length > 0)
    throw new CommandError(`There is no key ${unknown.map(printable).join(', ')}. No key has been revoked.`);
}
