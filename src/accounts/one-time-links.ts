import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, MoreThan, type FindOptionsWhere, type Repository } from 'typeorm';
import { DomainError } from '../platform/events/domain-error.js';
import { Clock } from '../platform/runtime/clock.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { OneTimeLink, type LinkPurpose } from './one-time-link.entity.js';

interface NewLink {
  purpose: LinkPurpose;
  ttlSeconds: number;
  accountId?: number;
  email?: string;
}

/** Links that are valid once. Only the hash of a token is stored. */
@Injectable()
export class OneTimeLinks {
  constructor(
    @InjectRepository(OneTimeLink) private readonly links: Repository<OneTimeLink>,
    private readonly clock: Clock,
  ) {}

  /** Generates a token. */
  newToken(): string {
    return randomBytes(24).toString('hex');
  }

  /** Creates a link whose token may be used once. */
  async issue(
    tx: Transaction,
    token: string,
    { purpose, ttlSeconds, accountId, email }: NewLink,
  ): Promise<OneTimeLink> {
    const link = tx.manager.create(OneTimeLink, {
      id: randomUUID(),
      tokenHash: hashToken(token),
      purpose,
      accountId: accountId ?? null,
      email: email ?? null,
      createdAt: this.clock.now(),
      expiresAt: this.clock.in(ttlSeconds),
      usedAt: null,
    });
    await tx.manager.insert(OneTimeLink, link);
    return link;
  }

  /**
   * Makes sure that a valid link has the token, before work is done that only its use needs. It may be used by another meanwhile.
   *
   * @throws {DomainError} `link.gone`
   */
  async assertValid(token: string, purpose: LinkPurpose): Promise<void> {
    if (!(await this.links.existsBy(this.valid(token, purpose)))) throw new DomainError('link.gone');
  }

  /** Uses a link, unless the transaction fails; returns `null` when no valid link has the token. Two callers cannot both use it. */
  async use(tx: Transaction, token: string, purpose: LinkPurpose): Promise<OneTimeLink | null> {
    const good = this.valid(token, purpose);
    const { affected } = await tx.manager.update(OneTimeLink, good, { usedAt: this.clock.now() });
    return affected === 1 ? tx.manager.findOneByOrFail(OneTimeLink, { tokenHash: hashToken(token) }) : null;
  }

  /** Withdraws the unused links of an account for this purpose, because a newer one replaces them. */
  async withdraw(tx: Transaction, accountId: number, purpose: LinkPurpose): Promise<void> {
    await tx.manager.update(OneTimeLink, { accountId, purpose, usedAt: IsNull() }, { usedAt: this.clock.now() });
  }

  private valid(token: string, purpose: LinkPurpose): FindOptionsWhere<OneTimeLink> {
    return { tokenHash: hashToken(token), purpose, usedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
  }
}

const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
