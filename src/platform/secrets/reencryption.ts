import { In, MoreThan, Not, Like, IsNull, And, type DataSource, type ObjectLiteral } from 'typeorm';
import { isRetryable } from '../database/engine-errors.js';
import type { DependentColumn } from './needed-secrets.js';

/** A column of encrypted values. */
export interface EncryptedColumn extends DependentColumn {
  /** What the value of a row is bound to, by the row's id. */
  ownerOf: (id: string) => string;
  /** Whether nothing is lost when a value cannot be decrypted. */
  isReplaceable?: boolean;
}

/** Encrypts and decrypts values, each of which names its encryption key. */
export interface Cipher {
  /** The id of the encryption key that encrypts. */
  readonly newestId: string;
  encrypt(secret: string, owner: string): string;
  /** @throws {Error} when the encryption key is missing */
  decrypt(encrypted: string, owner: string): string;
}

/** Rows in one transaction. */
const BATCH = 200;

/** How often a batch is tried again that conflicts with other transactions. */
const ATTEMPTS = 10;

type Row = Record<string, string>;

/**
 * Encrypts the values of a column with the newest encryption key, in transactions of bounded length and beside running servers. A value that
 * a server changes meanwhile is left as it is: the server encrypts with the newest key as well.
 *
 * @returns how many values were encrypted anew, and how many can't be decrypted
 */
export async function reencrypt(
  source: DataSource,
  { entity, property, until, ownerOf }: EncryptedColumn,
  cipher: Cipher,
): Promise<{ changed: number; unreadable: number }> {
  const repository = source.getRepository<ObjectLiteral>(entity);
  const isOld = And(Not(Like(`${cipher.newestId}.%`)), Not(IsNull()));
  let changed = 0;
  let unreadable = 0;
  for (let last = ''; ;) {
    const rows = (await repository.find({
      select: { id: true, [property]: true },
      where: { [property]: isOld, id: MoreThan(last), ...(until !== undefined && { [until]: MoreThan(new Date()) }) },
      order: { id: 'ASC' },
      take: BATCH,
    })) as Row[];
    const updates = rows.flatMap(({ id = '', [property]: old = '' }) => {
      const renewed = renew(cipher, old, ownerOf(id));
      return renewed === null ? [] : [{ id, old, renewed }];
    });
    unreadable += rows.length - updates.length;
    changed += await retried(() =>
      source.transaction(async (manager) => {
        let count = 0;
        for (const { id, old, renewed } of updates) {
          const { affected } = await manager.update(entity, { id, [property]: In([old]) }, { [property]: renewed });
          count += affected ?? 0;
        }
        return count;
      }),
    );
    if (rows.length < BATCH) return { changed, unreadable };
    last = rows.at(-1)?.id ?? '';
  }
}

function renew(cipher: Cipher, old: string, owner: string): string | null {
  try {
    return cipher.encrypt(cipher.decrypt(old, owner), owner);
  } catch {
    return null;
  }
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isRetryable(error)) throw error;
    }
  }
}
