import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type EntityManager, type Repository } from 'typeorm';
import type { Caller } from '../../../../access/caller.js';
import { assertTenantAccess, type Action } from '../../../../access/tenant-access.js';
import { Merchant } from '../../../../accounts/merchant.entity.js';
import type { KeyFormat } from '../../../credentials/imported/imported-credential.js';
import { ImportFormat } from '../../../credentials/imported/import-format.entity.js';
import { SecretCipher } from '../../../../platform/secrets/secret-cipher.js';
import { lockRow } from '../../../../platform/database/row-locks.js';
import type { Transaction } from '../../../../platform/database/transactions/transaction.js';
import { Transactions } from '../../../../platform/database/transactions/transactions.js';
import type { Actor } from '../../../../platform/events/actor.js';
import { DomainError } from '../../../../platform/events/domain-error.js';
import { sliceOf, type PageQuery } from '../../../../platform/http/paging/page.dto.js';
import { Clock } from '../../../../platform/runtime/clock.js';
import { hasKeys } from './format-keys.js';

/** The number of formats is limited, because every instance holds them all in memory. */
const PER_MERCHANT_MAX = 20;

/** What the keys of a format look like. */
export type Shape = Omit<KeyFormat, 'id' | 'merchantId'>;

/** The formats of a merchant's imported keys, which are stored with encrypted peppers. */
@Injectable()
export class ImportFormats {
  constructor(
    @InjectRepository(ImportFormat) private readonly stored: Repository<ImportFormat>,
    private readonly cipher: SecretCipher,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {}

  list({ merchantId }: Caller, query: PageQuery): Promise<[ImportFormat[], number]> {
    const order = { createdAt: 'ASC', id: 'ASC' } as const;
    return this.stored.findAndCount({ where: { merchantId }, order, ...sliceOf(query) });
  }

  /** @throws {DomainError} `import_format.not_found`, or `access.other_owner` for another merchant's format */
  async find(caller: Caller, id: string, action: Action): Promise<ImportFormat> {
    const format = await this.stored.findOneBy({ id });
    if (!format) throw new DomainError('import_format.not_found');
    assertTenantAccess(caller, format.merchantId, action);
    return format;
  }

  /** @throws {DomainError} `import_format.in_use` if a key has the format, `import_format.not_found` */
  async delete(actor: Actor, { id }: ImportFormat): Promise<void> {
    await this.transactions.run(async (tx) => {
      const format = await lockRow(tx.manager, ImportFormat, id);
      if (!format) throw new DomainError('import_format.not_found');
      if (!(await this.deleteUnused(tx, actor, format))) throw new DomainError('import_format.in_use');
    });
  }

  /** Deletes a format that no key has. The format must be locked. Returns whether it was deleted. */
  async deleteUnused(tx: Transaction, actor: Actor, format: ImportFormat): Promise<boolean> {
    const { id, merchantId } = format;
    if (await hasKeys(tx.manager, format)) return false;
    await tx.manager.delete(ImportFormat, { id });
    await tx.publish({
      name: 'import_format.deleted',
      actor,
      merchantId,
      targetType: 'import_format',
      targetId: id,
      details: { ...shapeWithoutPepper(format) },
      invalidates: [{ kind: 'import', id, revokes: 'nothing' }],
    });
    return true;
  }

  /** Returns the merchant's format of this shape, or `null` if there is none. */
  async findByShape(
    merchantId: string,
    shape: Shape,
    manager: EntityManager = this.stored.manager,
  ): Promise<ImportFormat | null> {
    const formats = await manager.findBy(ImportFormat, { merchantId });
    return formats.find((format) => this.isOfShape(format, shape)) ?? null;
  }

  /**
   * Does the same, but creates the format if there is none. When the call returns, every instance knows the format.
   *
   * @throws {DomainError} `import.too_many_formats`
   */
  ensure(actor: Actor, importId: string, merchantId: string, shape: Shape): Promise<ImportFormat> {
    return this.transactions.run(async (tx) => {
      await lockRow(tx.manager, Merchant, merchantId);
      const already = await this.findByShape(merchantId, shape, tx.manager);
      if (already !== null) return already;
      if ((await tx.manager.countBy(ImportFormat, { merchantId })) >= PER_MERCHANT_MAX)
        throw new DomainError('import.too_many_formats');
      const format = this.draft(merchantId, shape);
      const { id } = format;
      await tx.manager.insert(ImportFormat, format);
      await tx.publish({
        name: 'import_format.created',
        actor,
        merchantId,
        targetType: 'import',
        targetId: importId,
        details: { ...shapeWithoutPepper(shape) },
        invalidates: [{ kind: 'import', id, revokes: 'nothing' }],
      });
      return format;
    });
  }

  /** Returns a format that is not stored. */
  draft(merchantId: string, { pepper, ...rest }: Shape): ImportFormat {
    const id = randomUUID();
    const encryptedPepper = pepper && this.cipher.encrypt(pepper.toString('base64'), id);
    return { ...rest, id, merchantId, encryptedPepper, createdAt: this.clock.now() };
  }

  /** Whether a key of the format may also be another merchant's, who has had a format of such keys for longer. */
  async isShared({ merchantId, prefix, length, createdAt }: ImportFormat): Promise<boolean> {
    const older = await this.stored.find({
      select: { merchantId: true, prefix: true, length: true },
      where: { createdAt: LessThan(createdAt) },
    });
    return older.some(
      (other) =>
        other.merchantId !== merchantId &&
        (other.prefix.startsWith(prefix) || prefix.startsWith(other.prefix)) &&
        (other.length === null || length === null || other.length === length),
    );
  }

  private isOfShape({ encryptedPepper, ...format }: ImportFormat, shape: Shape): boolean {
    const { kind, prefix, length, lookupLength, pepper } = shape;
    const isEqual =
      format.kind === kind &&
      format.prefix === prefix &&
      format.length === length &&
      format.lookupLength === lookupLength;
    if (!isEqual || encryptedPepper === null || pepper === null) return isEqual;
    try {
      return this.cipher.decrypt(encryptedPepper, format.id) === pepper.toString('base64');
    } catch {
      // The encryption key has been removed, which makes the format unusable.
      return false;
    }
  }
}

const shapeWithoutPepper = ({ kind, prefix, length, lookupLength }: Omit<Shape, 'pepper'>): Omit<Shape, 'pepper'> => ({
  kind,
  prefix,
  length,
  lookupLength,
});
