import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Merchant } from '../../../accounts/merchant.entity.js';
import type { KeyFormat, LookupKind } from '../../credentials/imported/imported-credential.js';
import { ImportFormat } from '../../credentials/imported/import-format.entity.js';
import { SecretCipher } from '../../../platform/secrets/secret-cipher.js';
import { lockRow } from '../../../platform/database/row-locks.js';
import type { Actor } from '../../../platform/events/actor.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { Transactions } from '../../../platform/database/transactions/transactions.js';
import type { ImportFormatBody } from './import.dto.js';

/** The number of formats is limited, because every instance loads them all and tries each that fits a presented text. */
const PER_MERCHANT_MAX = 20;
const ALL_MAX = 100;

export type Shape = Omit<KeyFormat, 'id'>;

/** Stores the formats of imported keys, with encrypted peppers. */
@Injectable()
export class ImportFormats {
  constructor(
    @InjectRepository(ImportFormat) private readonly stored: Repository<ImportFormat>,
    private readonly cipher: SecretCipher,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {}

  /** Returns the id of the merchant's format of this shape, or `null` if there is none. */
  async find(merchantId: string, shape: Shape, manager: EntityManager = this.stored.manager): Promise<string | null> {
    const formats = await manager.findBy(ImportFormat, { merchantId });
    return formats.find((format) => this.isOfShape(format, shape))?.id ?? null;
  }

  /**
   * Does the same, but creates the format if there is none. When the call returns, every instance knows the format.
   *
   * @throws {DomainError} `import.too_many_formats`
   */
  ensure(actor: Actor, importId: string, merchantId: string, shape: Shape): Promise<string> {
    return this.transactions.run(async (tx) => {
      await lockRow(tx.manager, Merchant, merchantId);
      const already = await this.find(merchantId, shape, tx.manager);
      if (already !== null) return already;
      const isFull =
        (await tx.manager.countBy(ImportFormat, { merchantId })) >= PER_MERCHANT_MAX ||
        (await tx.manager.count(ImportFormat)) >= ALL_MAX;
      if (isFull) throw new DomainError('import.too_many_formats');
      const id = randomUUID();
      const { pepper, ...rest } = shape;
      const encryptedPepper = pepper && this.cipher.encrypt(pepper.toString('base64'), id);
      await tx.manager.insert(ImportFormat, { ...rest, id, merchantId, encryptedPepper, createdAt: this.clock.now() });
      await tx.publish({
        name: 'import_format.created',
        actor,
        merchantId,
        targetType: 'import',
        targetId: importId,
        details: { ...shapeWithoutPepper(shape) },
        invalidates: [{ kind: 'import', id: importId, revokes: 'nothing' }],
      });
      return id;
    });
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

/**
 * Returns the shape of a format's keys of one kind.
 *
 * @throws {DomainError} `request.invalid` for an HMAC without a pepper
 */
export function readShape(
  { prefix, length, pepper, pepperEncoding }: ImportFormatBody,
  kind: LookupKind,
  lookupLength: number | null,
): Shape {
  const shape = { kind, prefix: prefix ?? '', length: length ?? null, lookupLength, pepper: null };
  if (kind !== 'hmac-sha256') return shape;
  if (pepper == null) throw DomainError.invalid('algorithm', 'algorithm hmac-sha256 requires format.pepper');
  return { ...shape, pepper: Buffer.from(pepper, pepperEncoding ?? 'utf8') };
}

const shapeWithoutPepper = ({ kind, prefix, length, lookupLength }: Shape): Omit<Shape, 'pepper'> => ({
  kind,
  prefix,
  length,
  lookupLength,
});
